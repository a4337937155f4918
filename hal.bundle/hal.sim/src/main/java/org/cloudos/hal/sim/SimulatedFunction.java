package org.cloudos.hal.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.memory.Reg8;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.pci.PciIdentity;

/**
 * A device that acts when its registers are read and written, on the thread that does: tests are the same at every run. Registers are memory but for what
 * a device makes of them. One access at a time.
 */
public abstract class SimulatedFunction implements PciFunction, PciDevice {
    public final SimulatedMemory memory = new SimulatedMemory();
    protected final MemorySegment config = Arena.ofAuto().allocate(4096);
    protected final List<PciCapability> capabilities = new ArrayList<>();
    private final MemorySegment registers;
    private final int bar;
    private final List<Signal> signals;
    private volatile boolean vanished;

    /** @param bar whose registers there are */
    protected SimulatedFunction(int bar, int bytes, int interrupts) {
        this.bar = bar;
        registers = Arena.ofAuto().allocate(bytes, 8);
        signals = Stream.generate(Signal::new).limit(interrupts).toList();
    }

    /** What a read gives. @param offset in bytes, @param width 1, 2, 4 or 8 */
    protected long read(long offset, int width) {
        return switch (width) {
            case 1 -> registers.get(ValueLayout.JAVA_BYTE, offset);
            case 2 -> registers.get(ValueLayout.JAVA_SHORT, offset);
            case 4 -> registers.get(ValueLayout.JAVA_INT, offset);
            default -> registers.get(ValueLayout.JAVA_LONG, offset);
        };
    }

    /** What a write does. */
    protected void write(long offset, int width, long value) {
        switch (width) {
            case 1 -> registers.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
            case 2 -> registers.set(ValueLayout.JAVA_SHORT, offset, (short) value);
            case 4 -> registers.set(ValueLayout.JAVA_INT, offset, (int) value);
            default -> registers.set(ValueLayout.JAVA_LONG, offset, value);
        }
    }

    /** The register as memory. */
    protected final int get(long offset) {
        return registers.get(ValueLayout.JAVA_INT, offset);
    }

    protected final void set(long offset, int value) {
        registers.set(ValueLayout.JAVA_INT, offset, value);
    }

    /** It is pulled out: reads give all ones. */
    public final synchronized void vanish() {
        vanished = true;
    }

    protected final void raise(int interrupt) {
        signals.get(interrupt).raise();
    }

    private synchronized long checkedRead(long offset, int width) {
        inside(offset, width);
        long begin = Allocation.begin();
        try {
            return vanished ? -1 : read(offset, width);
        } finally {
            Allocation.end(begin);
        }
    }

    private synchronized void checkedWrite(long offset, int width, long value) {
        inside(offset, width);
        long begin = Allocation.begin();
        try {
            if (!vanished) {
                write(offset, width, value);
            }
        } finally {
            Allocation.end(begin);
        }
    }

    private void inside(long offset, int width) {
        if (offset < 0 || offset + width > registers.byteSize() || offset % width != 0) {
            throw new AssertionError("the driver reaches for " + width + " bytes at " + offset);
        }
    }

    private final class Registers extends Mmio {
        private final long base;
        private final long length;

        private Registers(long base, long length) {
            super(registers.asSlice(base, length));
            this.base = base;
            this.length = length;
        }

        @Override public Mmio slice(long offset, long bytes) {
            if (offset < 0 || bytes < 0 || offset + bytes > length) {
                throw new IndexOutOfBoundsException(bytes + " bytes at " + offset + " of " + length);
            }
            return new Registers(base + offset, bytes);
        }

        @Override public int read(Reg8 r) {
            return (int) checkedRead(base + r.offset(), 1) & 0xff;
        }

        @Override public int read(Reg16 r) {
            return (int) checkedRead(base + r.offset(), 2) & 0xffff;
        }

        @Override public int read(Reg32 r) {
            return (int) checkedRead(base + r.offset(), 4);
        }

        @Override public long read(Reg64 r) {
            return checkedRead(base + r.offset(), 8);
        }

        @Override public long readHalves(Reg64 r) {
            return checkedRead(base + r.offset(), 4) & 0xffff_ffffL | checkedRead(base + r.offset() + 4, 4) << 32;
        }

        @Override public void write(Reg8 r, int value) {
            checkedWrite(base + r.offset(), 1, value);
        }

        @Override public void write(Reg16 r, int value) {
            checkedWrite(base + r.offset(), 2, value);
        }

        @Override public void write(Reg32 r, int value) {
            checkedWrite(base + r.offset(), 4, value);
        }

        @Override public void write(Reg64 r, long value) {
            checkedWrite(base + r.offset(), 8, value);
        }

        @Override public void writeHalves(Reg64 r, long value) {
            checkedWrite(base + r.offset(), 4, (int) value);
            checkedWrite(base + r.offset() + 4, 4, (int) (value >>> 32));
        }
    }

    @Override public PciDevice device() {
        return this;
    }

    @Override public PciAddress address() {
        return new PciAddress(0, 0, 9, 0);
    }

    @Override public PciIdentity identity() {
        return new PciIdentity(0, 0, 0, 0, 0, 0);
    }

    @Override public List<PciCapability> capabilities() {
        return capabilities;
    }

    @Override public List<PciBar> bars() {
        return List.of(new PciBar(bar, 0, registers.byteSize(), false, false));
    }

    @Override public String linuxDriver() {
        return "";
    }

    @Override public Optional<PciAddress> parent() {
        return Optional.empty();
    }

    @Override public byte[] configuration() {
        return config.toArray(ValueLayout.JAVA_BYTE);
    }

    @Override public String iommuGroup() {
        return "1";
    }

    @Override public String owner() {
        return "";
    }

    @Override public PciFunction claim(String owner) {
        return this;
    }

    @Override public void release() { }

    @Override public Mmio registers(int number) throws DeviceException {
        if (number != bar) {
            throw new DeviceException(Reason.ABSENT, "no registers behind " + number);
        }
        return new Registers(0, registers.byteSize());
    }

    @Override public SimulatedMemory dma() {
        return memory;
    }

    @Override public int config(int offset, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | Byte.toUnsignedInt(config.get(ValueLayout.JAVA_BYTE, offset + (long) i));
        }
        return value;
    }

    @Override public void config(int offset, int width, int value) {
        for (int i = 0; i < width; i++) {
            config.set(ValueLayout.JAVA_BYTE, offset + (long) i, (byte) (value >>> 8 * i));
        }
    }

    @Override public int interrupts() {
        return signals.size();
    }

    @Override public List<Interrupt> interrupts(int count) {
        return List.copyOf(signals.subList(0, count));
    }

    @Override public void reset() throws DeviceException {
        throw new DeviceException(Reason.UNAVAILABLE, "none");
    }

    @Override public boolean isPresent() {
        return !vanished;
    }

    /** The driver gives it back. */
    @Override public void close() { }
}
