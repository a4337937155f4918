package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.DeviceEvent;
import org.cloudos.hal.driver.DeviceState;
import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.driver.PciDriver;

/**
 * Which driver has which device. All changes are made under one lock, attaching too: a driver that comes finds its devices attached
 * when its registration returns.
 */
public final class DeviceTable implements Drivers {
    /** What of a driver is shown. */
    private record Known(Object driver, String name, String version) { }

    /** What is registered as a device: who uses it, and what is made of something else than a device of a bus. */
    interface Offered {
        Offered NONE = new Offered() {
            @Override public int users(String offers) {
                return 0;
            }

            @Override public List<DeviceState> others(List<String> offered) {
                return List.of();
            }
        };

        /** Bundles that use one of these names. */
        int users(String offers);

        /** All but these. */
        List<DeviceState> others(List<String> offered);
    }

    private static final class Entry {
        private final Place place;
        private Known driver;
        private Attachment attachment;
        private long milliseconds; // that attaching took
        private String failure = "";
        private boolean left; // taken from its driver by a person

        private Entry(Place place) {
            this.place = place;
        }
    }

    private final boolean automatic;
    private final BiConsumer<String, Throwable> log;
    private final Happenings happenings;
    private final Offered offered;
    private final Map<String, Entry> entries = new TreeMap<>(); // guarded by this, as all below
    private final List<Known> drivers = new ArrayList<>();

    /** @param automatic whether devices that Linux does not use are attached by themselves */
    DeviceTable(boolean automatic, BiConsumer<String, Throwable> log, Happenings happenings, Offered offered) {
        this.automatic = automatic;
        this.log = log;
        this.happenings = happenings;
        this.offered = offered;
    }

    synchronized void deviceCame(Place place) {
        Entry entry = new Entry(place);
        entries.put(place.address(), entry);
        happenings.tell(place.address(), "came", place.kind() + " " + place.device());
        attachBest(entry);
    }

    synchronized void deviceWent(String address) {
        Entry entry = entries.remove(address);
        if (entry != null) {
            detach(entry);
            happenings.tell(address, "went", entry.place.kind());
        }
    }

    synchronized void driverCame(Object driver, String name, String version) {
        if (drivers.stream().anyMatch(k -> k.driver == driver)) {
            return; // one of two buses comes twice
        }
        drivers.add(new Known(driver, name, version));
        List.copyOf(entries.values()).forEach(this::attachBest);
    }

    synchronized void driverWent(Object driver) {
        drivers.removeIf(k -> k.driver == driver);
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.driver != null && entry.driver.driver == driver) {
                detach(entry);
            }
        }
    }

    /** The system ends: devices are given back before their drivers go. */
    synchronized void close() {
        entries.values().forEach(this::detach);
        entries.clear();
    }

    private void attachBest(Entry entry) {
        if (!automatic || entry.left || entry.attachment != null || entry.place.waits()) {
            return;
        }
        Known best = best(entry.place);
        if (best == null) {
            return;
        }
        try {
            attach(entry, best);
        } catch (DeviceException e) {
            if (e.reason() == Reason.BUSY) {
                entry.failure = ""; // Linux's: that is no failure
            } else {
                log.accept(entry.place.address() + " stays without " + best.name + ": " + e.getMessage(), e);
            }
        }
    }

    private Known best(Place place) {
        return drivers.stream().filter(k -> place.match(k.driver) > PciDriver.NONE)
                .max(Comparator.comparingInt(k -> place.match(k.driver))).orElse(null);
    }

    private void attach(Entry entry, Known known) throws DeviceException {
        try {
            long begin = System.nanoTime();
            entry.attachment = entry.place.attach(known.driver);
            entry.milliseconds = (System.nanoTime() - begin) / 1_000_000;
            entry.driver = known;
            entry.failure = "";
            happenings.tell(entry.place.address(), "attached", known.name + " " + known.version + ": " + entry.attachment.offers() + ", took "
                    + entry.milliseconds + " ms");
        } catch (DeviceException | RuntimeException e) {
            entry.failure = known.name + ": " + e.getMessage();
            if (!(e instanceof DeviceException d && d.reason() == Reason.BUSY)) {
                happenings.tell(entry.place.address(), "failed", entry.failure);
            }
            giveBack(entry.place);
            throw e instanceof DeviceException d ? d : new DeviceException(Reason.FAILED, entry.failure, e);
        }
    }

    private void giveBack(Place place) {
        if (!place.linuxDriver().isEmpty()) {
            return; // it never left
        }
        try {
            place.release();
        } catch (DeviceException e) {
            log.accept(place.address() + " can't be given back to Linux: " + e.getMessage(), e);
        }
    }

    private void detach(Entry entry) {
        Attachment attachment = entry.attachment;
        Known was = entry.driver;
        entry.attachment = null;
        entry.driver = null;
        if (attachment != null) {
            String offers = attachment.offers();
            try {
                attachment.close();
            } catch (RuntimeException e) {
                log.accept(entry.place.address() + ": its driver failed when it was detached", e);
            }
            happenings.tell(entry.place.address(), "detached", was.name + ": " + offers);
        }
    }

    @Override public List<DeviceState> devices() {
        List<DeviceState> all = new ArrayList<>(places());
        List<String> names = all.stream().map(DeviceState::offers).toList();
        all.addAll(offered.others(names));
        return List.copyOf(all);
    }

    private synchronized List<DeviceState> places() {
        return entries.values().stream().map(this::state).toList();
    }

    @Override public List<DeviceEvent> events() {
        return happenings.last();
    }

    @Override public synchronized DeviceState bind(String address, String driver) throws DeviceException {
        Entry entry = find(address);
        if (entry.attachment != null) {
            throw new DeviceException(Reason.BUSY, address + " is " + entry.driver.name + "'s; hal:unbind takes it away");
        }
        Known known = driver == null ? best(entry.place)
                : drivers.stream().filter(k -> k.name.equals(driver)).findFirst().orElse(null);
        if (known == null || driver != null && entry.place.match(known.driver) == PciDriver.NONE) {
            List<String> names = drivers.stream().filter(k -> known == null || entry.place.match(k.driver) > PciDriver.NONE).map(k -> k.name).sorted().toList();
            throw new DeviceException(Reason.ABSENT, driver == null ? "no driver suits " + address + "; there are " + names
                    : "expected a driver of " + names + " for " + address + ", found " + driver);
        }
        attach(entry, known);
        entry.left = false;
        return state(entry);
    }

    @Override public synchronized DeviceState giveBack(String address) throws DeviceException {
        Entry entry = find(address);
        entry.left = true;
        detach(entry);
        entry.place.release();
        return state(entry);
    }

    @Override public synchronized DeviceState unbind(String address) throws DeviceException {
        Entry entry = find(address);
        if (entry.attachment == null) {
            throw new DeviceException(Reason.ABSENT, address + " has no driver of ours");
        }
        entry.left = true;
        detach(entry);
        return state(entry);
    }

    /** By its address; one on PCI of segment 0 without the segment too. */
    private Entry find(String address) throws DeviceException {
        Entry entry = entries.getOrDefault(address, entries.get("0000:" + address));
        if (entry == null) {
            throw new DeviceException(Reason.ABSENT, "expected one of " + entries.keySet() + ", found " + address);
        }
        return entry;
    }

    private DeviceState state(Entry e) {
        String linux = e.place.linuxDriver();
        boolean ours = e.attachment != null;
        String state = ours ? "attached" : !e.failure.isEmpty() ? "failed" : linux.isEmpty() ? "free" : "linux";
        if (ours && !e.attachment.condition().equals("ok")) {
            state = e.attachment.condition();
        }
        return new DeviceState(e.place.address(), e.place.parent(), e.place.device(), e.place.kind(),
                ours ? e.driver.name : linux.isEmpty() ? "" : "linux:" + linux, ours ? e.driver.version : "", state,
                ours ? e.attachment.offers() : "", ours ? offered.users(e.attachment.offers()) : 0, ours ? e.attachment.description() : e.failure,
                ours ? counters(e) : Map.of());
    }

    private static Map<String, Long> counters(Entry e) {
        Map<String, Long> all = new LinkedHashMap<>();
        all.put("attach ms", e.milliseconds);
        all.putAll(e.attachment.counters());
        return all;
    }
}
