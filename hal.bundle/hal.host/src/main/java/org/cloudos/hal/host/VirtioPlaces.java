package org.cloudos.hal.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.Architecture;
import org.cloudos.hal.machine.MappedRange;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.platform.PlatformDevice.Resource;
import org.cloudos.hal.takeover.LinuxUse;

/**
 * Where virtio devices may be that firmware names: a device tree ({@code virtio,mmio}) or ACPI ({@code LNRO0005}). The registers of each place say which
 * device it holds, if any; while Linux's driver keeps them, Linux says it.
 *
 * <p>Programs get registers by whole pages, and eight places of QEMU's lie in one. Linux gives none of a page while a driver of its own keeps a part
 * of it, and takes the page from the program when one comes back. So a page is ours or Linux's: who takes a place takes those beside it from
 * Linux too, and none goes back before all are free. Thread-safe.
 */
final class VirtioPlaces {
    /** Of the profile: {@code true} lets drivers, and whatever their devices do, reach all memory. */
    static final String UNBOUNDED = "cloudos.hal.unbounded";
    /** Of the profile: modules of Linux's own drivers that are loaded at the start. */
    static final String MODULES = "cloudos.hal.modules";

    /** Virtio 1.2 §4.2.2. */
    private static final Reg32 MAGIC = Reg32.ro(0), DEVICE = Reg32.ro(8), STATUS = Reg32.rw(0x70);
    private static final int THIS = 0x7472_6976, EMPTY = 0, NETWORK = 1, UNKNOWN = -1, NONE = -2;
    private static final Map<Integer, String> KINDS = Map.of(NETWORK, "virtio network card", 2, "virtio disk", 3, "virtio console", 4, "virtio random numbers",
            16, "virtio graphics", 18, "virtio input device", 19, "virtio socket", 26, "virtio file system");
    private static final Pattern TREE = Pattern.compile("(\\p{XDigit}{1,16})\\.(.+)"), ACPI = Pattern.compile("LNRO0005:\\p{XDigit}{2,4}");
    private static final String BUS = "platform", FOLDER = "sys/bus/platform/devices/", COMPATIBLE = "virtio,mmio";
    private static final long PAGE = 4096, LARGEST = 1 << 16, SILENCE_NS = 1_000_000_000L;

    /** A place. @param name Linux's of it */
    private record Site(String name, String address, List<String> ids, Resource memory) {
        boolean besides(Site other) {
            return memory.first() / PAGE <= (other.memory.first() + other.memory.count() - 1) / PAGE
                    && other.memory.first() / PAGE <= (memory.first() + memory.count() - 1) / PAGE;
        }
    }

    private final PlatformWays ways;
    private final KernelFiles files;
    private final Map<String, Integer> devices = new HashMap<>(); // virtio's numbers by Linux's names of places; guarded by this, as all below
    private final Map<String, String> drivers = new HashMap<>();  // Linux's that gave a place up
    private final Set<String> claimed = new HashSet<>();

    VirtioPlaces(PlatformWays ways) {
        this.ways = ways;
        files = ways.files();
    }

    /** Every place that holds a device, or may. */
    synchronized void devices(List<PlatformNode> found) {
        for (Site site : sites().values()) {
            int device = device(site);
            if (device != EMPTY && !(device == UNKNOWN && isLinuxThere())) { // what Linux's driver looked at and left is empty
                List<String> ids = new ArrayList<>(site.ids);
                if (device > EMPTY) {
                    ids.addFirst("virtio,device" + Integer.toHexString(device));
                }
                found.add(new PlatformNode(new PlatformNode.Facts(site.address, KINDS.getOrDefault(device, "virtio device"), List.copyOf(ids),
                        List.of(site.memory), ""), new Holding(site.name), ways));
            }
        }
    }

    /** Whether a device of the device tree is one of these. */
    static boolean isPlace(List<String> ids) {
        return ids.contains(COMPATIBLE);
    }

    private Map<String, Site> sites() {
        Map<String, Site> sites = new TreeMap<>();
        for (String name : files.names("sys/bus/platform/devices")) {
            Matcher tree = TREE.matcher(name);
            if (ACPI.matcher(name).matches()) {
                ofAcpi(name).ifPresent(memory -> sites.put(name, new Site(name, "acpi/" + name, List.of(COMPATIBLE), memory)));
            } else if (tree.matches()) {
                List<String> ids = PlatformSearch.compatible(files, FOLDER + name);
                long size = PlatformSearch.size(files.at(FOLDER + name + "/of_node/reg"));
                if (isPlace(ids) && size > 0 && size <= LARGEST) {
                    sites.put(name, new Site(name, "tree/" + tree.group(2) + "@" + tree.group(1), ids,
                            new Resource(false, Long.parseUnsignedLong(tree.group(1), 16), size)));
                }
            }
        }
        return sites;
    }

    /** Linux's map of memory names it; who may not see addresses sees zeros there. */
    private Optional<Resource> ofAcpi(String name) {
        return ways.memory().map().stream().filter(r -> r.use().equals(name) && r.first() > 0).findFirst()
                .map(r -> new Resource(false, r.first(), r.last() - r.first() + 1)).filter(r -> r.count() > 0 && r.count() <= LARGEST);
    }

    private int device(Site site) {
        int device = devices.getOrDefault(site.name, UNKNOWN);
        if (device == UNKNOWN) {
            int told = told(site.name);
            device = told == UNKNOWN ? look(site) : told;
            devices.put(site.name, device);
        }
        return device;
    }

    /** What Linux's driver found, while it has the place. */
    private int told(String name) {
        for (String below : files.names(FOLDER + name)) {
            if (below.matches("virtio\\d{1,6}")) {
                String text = files.text(FOLDER + name + "/" + below + "/device");
                return text.matches("0x\\p{XDigit}{1,4}") ? Integer.decode(text) : UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    /** What the registers say, when they can be read now. */
    private int look(Site site) {
        if (isLinuxComing() || !driver(site.name).isEmpty()) {
            return UNKNOWN;
        }
        try (MappedRange range = ways.memory().map(site.memory.first(), site.memory.count())) {
            Mmio registers = range.mmio();
            return registers.size() <= STATUS.offset() || registers.read(MAGIC) != THIS ? NONE : registers.read(DEVICE) & 0xffff;
        } catch (DeviceException e) {
            return UNKNOWN; // without the right to, or a driver of Linux has the place beside it
        }
    }

    /** The profile wants Linux's driver, which has not looked for its devices yet: it would take pages from us. */
    private boolean isLinuxComing() {
        String modules = ways.properties().apply(MODULES);
        return modules != null && List.of(modules.strip().split("[,\\s]+")).contains("virtio_mmio")
                && !isLinuxThere();
    }

    private boolean isLinuxThere() {
        return files.text("sys/module/virtio_mmio/initstate").equals("live");
    }

    private String driver(String name) {
        return files.link(FOLDER + name + "/driver");
    }

    private synchronized void take(String name) throws DeviceException {
        Map<String, Site> sites = sites();
        Site site = sites.get(name);
        if (site == null) {
            throw new DeviceException(Reason.GONE, name + " is no longer there");
        }
        if (!"true".equals(ways.properties().apply(UNBOUNDED))) {
            throw new DeviceException(Reason.UNAVAILABLE, site.address + ": expected an I/O MMU around it, found none: no virtio device on MMIO has one;"
                    + " let it reach all memory: " + UNBOUNDED + "=true");
        }
        if (isLinuxComing()) {
            throw new DeviceException(Reason.BUSY, site.address + ": Linux's driver for it is about to come");
        }
        if (Architecture.current() == Architecture.AARCH64 && !files.names(FOLDER + name + "/of_node").contains("dma-coherent")) {
            throw new DeviceException(Reason.UNAVAILABLE, site.address + ": expected a device whose accesses to memory are coherent with the processors'"
                    + " caches (dma-coherent in the device tree), found one without");
        }
        List<Site> linux = sites.values().stream().filter(site::besides).filter(s -> !driver(s.name).isEmpty()).toList();
        for (Site s : linux) {
            String use = use(s, site);
            if (!use.isEmpty()) {
                throw new DeviceException(Reason.BUSY, site.address + ": Linux uses "
                        + (s == site ? "it" : s.address + ", whose registers are in the same page") + ": " + use);
            }
        }
        for (Site s : linux) {
            drivers.put(s.name, driver(s.name));
            ways.unbind(BUS, driver(s.name), s.name);
        }
        claimed.add(name);
    }

    /** A network card goes for another device's sake only to one of its kind: the way in may lead over it, and be set up only in a moment. */
    private String use(Site site, Site wanted) throws DeviceException {
        if (site != wanted && device(site) == NETWORK && device(wanted) != NETWORK) {
            return "it is a network card; hal:bind it first";
        }
        try {
            return LinuxUse.of(files.at(FOLDER + site.name));
        } catch (IOException e) {
            throw new DeviceException(Reason.GONE, site.address + ": " + e.getMessage(), e);
        }
    }

    private synchronized void closed(String name) {
        claimed.remove(name);
    }

    private synchronized void giveBack(String name) throws DeviceException {
        Map<String, Site> sites = sites();
        Site site = sites.get(name);
        String before = drivers.getOrDefault(name, "");
        if (site == null || before.isEmpty() || !driver(name).isEmpty()) {
            drivers.remove(name);
            return;
        }
        for (Site other : sites.values()) {
            if (other != site && other.besides(site) && claimed.contains(other.name)) {
                throw new DeviceException(Reason.BUSY, site.address + ": Linux takes whole pages of registers, and those of " + other.address
                        + " in the same page are in use by a driver of ours; hal:unbind that first");
            }
        }
        ways.bind(BUS, before, name);
        drivers.remove(name);
    }

    /** The device stops: it touches no memory when this is true. Virtio 1.2 §4.2.3.1.1. */
    static boolean silence(Mmio registers) {
        registers.write(STATUS, 0);
        long begin = System.nanoTime();
        while (registers.read(STATUS) != 0) {
            if (System.nanoTime() - begin > SILENCE_NS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private final class Holding implements Hold {
        private final String name;

        private Holding(String name) {
            this.name = name;
        }

        @Override public String driver() {
            return VirtioPlaces.this.driver(name);
        }

        @Override public void take() throws DeviceException {
            VirtioPlaces.this.take(name);
        }

        @Override public void giveBack() throws DeviceException {
            VirtioPlaces.this.giveBack(name);
        }

        @Override public boolean reachesMemory() {
            return true;
        }

        @Override public boolean silence(Mmio registers) {
            return VirtioPlaces.silence(registers);
        }

        @Override public void closed() {
            VirtioPlaces.this.closed(name);
        }
    }
}
