package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.DeviceState;
import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciDevice;

/**
 * Which driver has which device. All changes are made under one lock, attaching too: a driver that comes finds its devices attached
 * when its registration returns.
 */
public final class DeviceTable implements Drivers {
    private static final int NETWORK = 0x02; // base class

    /** What of a driver is shown. */
    private record Known(PciDriver driver, String version) { }

    private static final class Entry {
        private final PciDevice device;
        private Known driver;
        private Attachment attachment;
        private String failure = "";
        private boolean left; // taken from its driver by a person

        private Entry(PciDevice device) {
            this.device = device;
        }
    }

    private final boolean automatic;
    private final BiConsumer<String, Throwable> log;
    private final Map<PciAddress, Entry> entries = new TreeMap<>(); // guarded by this, as all below
    private final List<Known> drivers = new ArrayList<>();

    /** @param automatic whether devices that Linux does not use are attached by themselves */
    public DeviceTable(boolean automatic, BiConsumer<String, Throwable> log) {
        this.automatic = automatic;
        this.log = log;
    }

    synchronized void deviceCame(PciDevice device) {
        Entry entry = new Entry(device);
        entries.put(device.address(), entry);
        attachBest(entry);
    }

    synchronized void deviceWent(PciDevice device) {
        Entry entry = entries.remove(device.address());
        if (entry != null) {
            detach(entry);
        }
    }

    synchronized void driverCame(PciDriver driver, String version) {
        drivers.add(new Known(driver, version));
        entries.values().forEach(this::attachBest);
    }

    synchronized void driverWent(PciDriver driver) {
        drivers.removeIf(k -> k.driver == driver);
        for (Entry entry : entries.values()) {
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
        if (!automatic || entry.left || entry.attachment != null || isLinuxNetwork(entry.device)) {
            return;
        }
        Known best = best(entry.device);
        if (best == null) {
            return;
        }
        try {
            attach(entry, best);
        } catch (DeviceException e) {
            if (e.reason() == Reason.BUSY) {
                entry.failure = ""; // Linux's: that is no failure
            } else {
                log.accept(entry.device.address() + " stays without " + best.driver.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /** The way in may lead over it, and be set up only in a moment. */
    private static boolean isLinuxNetwork(PciDevice device) {
        return device.identity().classCode() >>> 16 == NETWORK && !device.linuxDriver().isEmpty();
    }

    private Known best(PciDevice device) {
        return drivers.stream().filter(k -> k.driver.match(device) > PciDriver.NONE)
                .max(Comparator.comparingInt(k -> k.driver.match(device))).orElse(null);
    }

    private void attach(Entry entry, Known known) throws DeviceException {
        try {
            entry.attachment = known.driver.attach(entry.device);
            entry.driver = known;
            entry.failure = "";
        } catch (DeviceException | RuntimeException e) {
            entry.failure = known.driver.name() + ": " + e.getMessage();
            giveBack(entry.device);
            throw e instanceof DeviceException d ? d : new DeviceException(Reason.FAILED, entry.failure, e);
        }
    }

    private void giveBack(PciDevice device) {
        if (!device.linuxDriver().isEmpty()) {
            return; // it never left
        }
        try {
            device.release();
        } catch (DeviceException e) {
            log.accept(device.address() + " can't be given back to Linux: " + e.getMessage(), e);
        }
    }

    private void detach(Entry entry) {
        Attachment attachment = entry.attachment;
        entry.attachment = null;
        entry.driver = null;
        if (attachment != null) {
            try {
                attachment.close();
            } catch (RuntimeException e) {
                log.accept(entry.device.address() + ": its driver failed when it was detached", e);
            }
        }
    }

    @Override public synchronized List<DeviceState> devices() {
        return entries.values().stream().map(DeviceTable::state).toList();
    }

    @Override public synchronized DeviceState bind(String address, String driver) throws DeviceException {
        Entry entry = find(address);
        if (entry.attachment != null) {
            throw new DeviceException(Reason.BUSY, address + " is " + entry.driver.driver.name() + "'s; hal:unbind takes it away");
        }
        Known known = driver == null ? best(entry.device)
                : drivers.stream().filter(k -> k.driver.name().equals(driver)).findFirst().orElse(null);
        if (known == null) {
            List<String> names = drivers.stream().map(k -> k.driver.name()).sorted().toList();
            throw new DeviceException(Reason.ABSENT, driver == null ? "no driver suits " + address + "; there are " + names
                    : "expected a driver of " + names + ", found " + driver);
        }
        attach(entry, known);
        entry.left = false;
        return state(entry);
    }

    @Override public synchronized DeviceState giveBack(String address) throws DeviceException {
        Entry entry = find(address);
        entry.left = true;
        detach(entry);
        entry.device.release();
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

    private Entry find(String address) throws DeviceException {
        Entry entry = entries.get(PciAddress.parse(address));
        if (entry == null) {
            throw new DeviceException(Reason.ABSENT, "expected one of " + entries.keySet() + ", found " + address);
        }
        return entry;
    }

    private static DeviceState state(Entry e) {
        String linux = e.device.linuxDriver();
        boolean ours = e.attachment != null;
        String state = ours ? "attached" : !e.failure.isEmpty() ? "failed" : linux.isEmpty() ? "free" : "linux";
        if (ours && !e.attachment.condition().equals("ok")) {
            state = e.attachment.condition();
        }
        return new DeviceState(e.device.address().toString(),
                String.format("%04x:%04x", e.device.identity().vendor(), e.device.identity().device()),
                PciClasses.name(e.device.identity().classCode()), ours ? e.driver.driver.name() : linux.isEmpty() ? "" : "linux:" + linux,
                ours ? e.driver.version : "", state, ours ? e.attachment.offers() : "", ours ? e.attachment.description() : e.failure,
                ours ? e.attachment.counters() : Map.of());
    }
}
