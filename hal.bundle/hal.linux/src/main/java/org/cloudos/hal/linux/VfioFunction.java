package org.cloudos.hal.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.device.EventCounter;

/** A function that VFIO gave to us, behind an I/O MMU of its own. */
final class VfioFunction implements PciFunction {
    private static final int COMMAND = 4, MEMORY = 1 << 1, MASTER = 1 << 2;

    private final SysfsDevice device;
    private final Devices devices;
    private final DeviceFile container;
    private final DeviceFile group;
    private final DeviceFile file;
    private final VfioDma dma;
    private final Vfio.Region config;
    private final Map<Integer, Mmio> registers = new HashMap<>(); // guarded by this, as all below
    private final List<EventCounter> counters = new ArrayList<>();
    private final EventCounter askedBack; // counts when the kernel wants the device, above all when it is pulled out; or null
    private int delivered = -1;
    private boolean closed;

    private VfioFunction(SysfsDevice device, Devices devices, DeviceFile container, DeviceFile group, DeviceFile file) throws IOException {
        this.device = device;
        this.devices = devices;
        this.container = container;
        this.group = group;
        this.file = file;
        config = Vfio.region(file, Vfio.CONFIG_REGION);
        dma = new VfioDma(devices, container);
        if (Vfio.canReset(file)) {
            Vfio.reset(file); // nothing of what Linux's driver had set up goes on
        }
        config(COMMAND, 2, config(COMMAND, 2) | MEMORY | MASTER);
        askedBack = watch(file, devices);
        device.given(this);
    }

    private static EventCounter watch(DeviceFile file, Devices devices) throws LinuxException {
        EventCounter counter = devices.counter();
        try {
            Vfio.deliver(file, Vfio.ASKED_BACK, new int[] {counter.descriptor()});
            return counter;
        } catch (LinuxException e) {
            counter.close(); // a kernel that does not ask
            return null;
        }
    }

    /** The kernel waits for the device: a removal ends only when we let go. */
    synchronized boolean isAskedBack() {
        try {
            return !closed && askedBack != null && askedBack.take(0) > 0;
        } catch (LinuxException e) {
            return false;
        }
    }

    /** The device must be {@code vfio-pci}'s. */
    static VfioFunction open(SysfsDevice device, String group, Devices devices) throws DeviceException {
        List<DeviceFile> files = new ArrayList<>();
        try {
            DeviceFile container = devices.open("/dev/vfio/vfio");
            files.add(container);
            DeviceFile groupFile = devices.open("/dev/vfio/" + group);
            files.add(groupFile);
            if (!Vfio.isViable(groupFile)) {
                throw new DeviceException(Reason.BUSY, device.address() + ": Linux drives others of its I/O MMU group " + group);
            }
            Vfio.contain(groupFile, container);
            files.add(Vfio.device(groupFile, device.address().toString()));
            return new VfioFunction(device, devices, container, groupFile, files.getLast());
        } catch (IOException e) {
            files.reversed().forEach(DeviceFile::close);
            throw e instanceof DeviceException d ? d : new DeviceException(Reason.UNAVAILABLE, device.address() + ": " + e.getMessage(), e);
        }
    }

    @Override public PciDevice device() {
        return device;
    }

    @Override public synchronized Mmio registers(int bar) throws DeviceException {
        live();
        Mmio known = registers.get(bar);
        if (known != null) {
            return known;
        }
        try {
            if (bar < 0 || bar > 5) {
                throw new DeviceException(Reason.ABSENT, device.address() + ": expected base address registers 0 to 5, found " + bar);
            }
            Vfio.Region region = Vfio.region(file, bar);
            if (region.size() == 0 || (region.flags() & Vfio.MAPPABLE) == 0) {
                throw new DeviceException(Reason.ABSENT, device.address() + ": base address register " + bar + " has no registers to map: "
                        + region.size() + " bytes");
            }
            Mmio mmio = new Mmio(file.map(region.offset(), region.size()));
            registers.put(bar, mmio);
            return mmio;
        } catch (LinuxException e) {
            throw failed("registers " + bar, e);
        }
    }

    @Override public Dma dma() {
        return dma;
    }

    @Override public int config(int offset, int width) throws DeviceException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(width);
            check(offset, width);
            if (file.read(config.offset() + offset, bytes) != width) {
                throw new DeviceException(Reason.GONE, device.address() + ": configuration space can't be read");
            }
            int value = 0;
            for (int i = width - 1; i >= 0; i--) {
                value = value << 8 | bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            }
            return value;
        } catch (LinuxException e) {
            throw failed("configuration space", e);
        }
    }

    @Override public void config(int offset, int width, int value) throws DeviceException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(width);
            check(offset, width);
            for (int i = 0; i < width; i++) {
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (value >>> 8 * i));
            }
            file.write(config.offset() + offset, bytes);
        } catch (LinuxException e) {
            throw failed("configuration space", e);
        }
    }

    private void check(int offset, int width) {
        if (width != 1 && width != 2 && width != 4 || offset < 0 || offset % width != 0 || offset + width > config.size()) {
            throw new IllegalArgumentException("configuration space: expected 1, 2 or 4 bytes, aligned, below " + config.size() + ", found "
                    + width + " at " + offset);
        }
    }

    /** The best kind that the device has, and how many it can send. */
    private int kind() throws LinuxException {
        for (int kind : new int[] {Vfio.MSI_X, Vfio.MSI, Vfio.LINE}) {
            if (Vfio.interrupts(file, kind) > 0) {
                return kind;
            }
        }
        return -1;
    }

    @Override public int interrupts() {
        try {
            int kind = kind();
            return kind < 0 ? 0 : Vfio.interrupts(file, kind);
        } catch (LinuxException e) {
            return 0;
        }
    }

    @Override public synchronized List<Interrupt> interrupts(int count) throws DeviceException {
        live();
        try {
            int kind = kind();
            if (count > interrupts() || delivered >= 0) {
                throw new DeviceException(Reason.ABSENT, device.address() + ": expected up to " + interrupts() + " interrupts, once, found " + count);
            }
            for (int i = 0; i < count; i++) {
                counters.add(devices.counter());
            }
            List<EventCounter> told = List.copyOf(counters);
            if (count > 0) {
                Vfio.deliver(file, kind, told.stream().mapToInt(EventCounter::descriptor).toArray());
                delivered = kind;
            }
            EventCounter unmasking = count > 0 && kind == Vfio.LINE ? unmasking() : null;
            List<Interrupt> found = new ArrayList<>();
            told.forEach(c -> found.add(new VfioInterrupt(c, unmasking)));
            return List.copyOf(found);
        } catch (LinuxException e) {
            throw failed("interrupts", e);
        }
    }

    private EventCounter unmasking() throws LinuxException {
        EventCounter counter = devices.counter();
        counters.add(counter);
        Vfio.unmaskBy(file, counter.descriptor());
        return counter;
    }

    @Override public void reset() throws DeviceException {
        try {
            if (!Vfio.canReset(file)) {
                throw new DeviceException(Reason.UNAVAILABLE, device.address() + " has no reset");
            }
            Vfio.reset(file);
            config(COMMAND, 2, config(COMMAND, 2) | MEMORY | MASTER);
        } catch (LinuxException e) {
            throw failed("reset", e);
        }
    }

    private DeviceException failed(String what, LinuxException e) {
        return new DeviceException(isPresent() ? Reason.FAILED : Reason.GONE, device.address() + ": " + what + ": " + e.getMessage(), e);
    }

    private void live() {
        if (closed) {
            throw new IllegalStateException(device.address() + " was given back");
        }
    }

    @Override public boolean isPresent() {
        return device.isPresent();
    }

    @Override public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            config(COMMAND, 2, config(COMMAND, 2) & ~MASTER);
            if (delivered >= 0) {
                Vfio.silence(file, delivered);
            }
        } catch (IOException e) {
            // it is gone: nothing left to silence
        }
        dma.close();
        counters.forEach(EventCounter::close);
        if (askedBack != null) {
            askedBack.close();
        }
        file.close();
        group.close();
        container.close();
        device.released();
    }
}
