package org.cloudos.hal.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.takeover.PhysicalDma;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;

/**
 * A function on a machine without an I/O MMU: registers and configuration space through sysfs, the interrupt of its line through UIO. The
 * device reaches all memory, and only its driver's care keeps it from that.
 */
final class UioFunction implements PciFunction {
    private static final int COMMAND = 4, MEMORY = 1 << 1, MASTER = 1 << 2, INTERRUPT_PIN = 0x3d, LINE_OFF = 1 << 2; // of the command's upper byte
    private final SysfsDevice device;
    private final Devices devices;
    private final Path folder;
    private final DeviceFile config;
    private final DeviceFile interrupt;
    private final PhysicalDma dma;
    private final Map<Integer, Mmio> registers = new HashMap<>(); // guarded by this, as all below
    private final List<DeviceFile> files = new ArrayList<>();
    private boolean delivered;
    private boolean closed;

    private UioFunction(SysfsDevice device, Devices devices, Path folder, List<DeviceFile> opened, ToLongFunction<MemorySegment> translation)
            throws DeviceException {
        this.device = device;
        this.devices = devices;
        this.folder = folder;
        config = opened.get(0);
        interrupt = opened.get(1);
        files.addAll(opened);
        dma = new PhysicalDma(devices, translation);
        config(COMMAND, 2, config(COMMAND, 2) | MEMORY | MASTER);
    }

    /** The device must be {@code uio_pci_generic}'s. */
    static UioFunction open(SysfsDevice device, Path folder, Devices devices, ToLongFunction<MemorySegment> translation) throws DeviceException {
        List<DeviceFile> files = new ArrayList<>();
        try {
            files.add(devices.open(folder.resolve("config").toString()));
            try (var names = Files.list(folder.resolve("uio"))) {
                Path uio = names.findFirst().orElseThrow(() -> new IOException("expected a file of UIO, found none"));
                files.add(devices.open("/dev/" + uio.getFileName()));
            }
            return new UioFunction(device, devices, folder, files, translation);
        } catch (IOException e) {
            files.forEach(DeviceFile::close);
            throw e instanceof DeviceException d ? d : new DeviceException(Reason.UNAVAILABLE, device.address() + ": " + e.getMessage(), e);
        }
    }

    @Override public PciDevice device() {
        return device;
    }

    @Override public synchronized Mmio registers(int bar) throws DeviceException {
        if (closed) {
            throw new IllegalStateException(device.address() + " was given back");
        }
        Mmio known = registers.get(bar);
        if (known != null) {
            return known;
        }
        PciBar found = device.bars().stream().filter(b -> b.number() == bar && !b.ports()).findFirst().orElseThrow(() -> new DeviceException(Reason.ABSENT,
                device.address() + ": base address register " + bar + " has no registers to map"));
        try {
            DeviceFile file = devices.open(folder.resolve("resource" + bar).toString());
            files.add(file);
            Mmio mmio = new Mmio(file.map(0, found.size()));
            registers.put(bar, mmio);
            return mmio;
        } catch (LinuxException e) {
            throw failed("registers " + bar, e);
        }
    }

    @Override public Dma dma() {
        return dma;
    }

    private void check(int offset, int width) {
        if (width != 1 && width != 2 && width != 4 || offset < 0 || offset % width != 0 || offset + width > 4096) {
            throw new IllegalArgumentException("configuration space: expected 1, 2 or 4 bytes, aligned, below 4096, found " + width + " at " + offset);
        }
    }

    @Override public int config(int offset, int width) throws DeviceException {
        check(offset, width);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(width);
            if (config.read(offset, bytes) != width) {
                throw new DeviceException(Reason.GONE, device.address() + ": configuration space ends before " + offset);
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
        check(offset, width);
        try {
            write(offset, width, value);
        } catch (LinuxException e) {
            throw failed("configuration space", e);
        }
    }

    private void write(int offset, int width, int value) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(width);
            for (int i = 0; i < width; i++) {
                bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (value >>> 8 * i));
            }
            config.write(offset, bytes);
        }
    }

    @Override public int interrupts() {
        try {
            int pin = config(INTERRUPT_PIN, 1);
            return pin >= 1 && pin <= 4 ? 1 : 0;
        } catch (DeviceException e) {
            return 0;
        }
    }

    @Override public synchronized List<Interrupt> interrupts(int count) throws DeviceException {
        if (count > interrupts() || delivered) {
            throw new DeviceException(Reason.ABSENT, device.address() + ": expected up to " + interrupts() + " interrupts, once, found " + count
                    + "; UIO has no messages (MSI)");
        }
        if (count == 0) {
            return List.of();
        }
        delivered = true;
        int upper = config(COMMAND + 1, 1) & ~LINE_OFF;
        return List.of(new UioInterrupt(interrupt, () -> write(COMMAND + 1, 1, upper)));
    }

    @Override public void reset() throws DeviceException {
        try {
            Files.write(folder.resolve("reset"), "1".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new DeviceException(Reason.UNAVAILABLE, device.address() + " has no reset: " + e.getMessage(), e);
        }
        config(COMMAND, 2, config(COMMAND, 2) | MEMORY | MASTER);
    }

    private DeviceException failed(String what, LinuxException e) {
        return new DeviceException(isPresent() ? Reason.FAILED : Reason.GONE, device.address() + ": " + what + ": " + e.getMessage(), e);
    }

    @Override public boolean isPresent() {
        return device.isPresent();
    }

    /** Bus mastering goes first: what the device would write after, it can't. */
    @Override public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean silent = true;
        try {
            config(COMMAND, 2, config(COMMAND, 2) & ~MASTER);
        } catch (IOException e) {
            silent = !isPresent(); // pulled out, it is
        }
        if (silent) {
            dma.close(); // else its memory is better lost than shared
        }
        files.forEach(DeviceFile::close);
        device.released();
    }
}
