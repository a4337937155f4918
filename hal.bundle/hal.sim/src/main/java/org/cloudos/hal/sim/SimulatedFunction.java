package org.cloudos.hal.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.pci.PciIdentity;

/**
 * A device whose registers are memory that a thread watches, as hardware does. Registers whose written ones clear bits are shown with a mark, so
 * that a write is told from none: {@link #clearing}.
 */
public abstract class SimulatedFunction implements PciFunction, PciDevice {
    public final SimulatedMemory memory = new SimulatedMemory();
    protected final MemorySegment config = Arena.ofAuto().allocate(4096);
    protected final List<PciCapability> capabilities = new ArrayList<>();
    private final MemorySegment registers;
    private final int bar;
    private final List<Signal> signals;
    private final Thread thread;
    private volatile boolean vanished;
    private volatile boolean closed;
    private volatile Throwable failure;

    /** @param bar whose registers there are. The device works from {@link #begin} on. */
    protected SimulatedFunction(int bar, int bytes, int interrupts) {
        this.bar = bar;
        registers = Arena.ofAuto().allocate(bytes, 4096);
        signals = Stream.generate(Signal::new).limit(interrupts).toList();
        thread = Thread.ofPlatform().daemon().name(getClass().getSimpleName()).unstarted(this::work);
    }

    protected void begin() {
        thread.start();
    }

    /** Looks at the registers once and does what they ask for. */
    protected abstract void step();

    private void work() {
        try {
            while (!closed) {
                if (!vanished) {
                    step();
                }
                Thread.onSpinWait();
            }
        } catch (RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    /** What the driver's reads of registers give once it was pulled out. */
    public void vanish() {
        vanished = true;
        registers.fill((byte) 0xff);
    }

    public int get(long offset) {
        return (int) ValueLayout.JAVA_INT.varHandle().getAcquire(registers, offset);
    }

    public int get(Reg32 register, long base) {
        return get(base + register.offset());
    }

    public void set(long offset, int value) {
        if (!vanished) {
            ValueLayout.JAVA_INT.varHandle().setRelease(registers, offset, value);
        }
    }

    public boolean swap(long offset, int expected, int value) {
        return !vanished && ValueLayout.JAVA_INT.varHandle().compareAndSet(registers, offset, expected, value);
    }

    /** The raw registers. */
    public MemorySegment registers() {
        return registers;
    }

    protected void raise(int interrupt) {
        signals.get(interrupt).raise();
    }

    /** A register whose written ones clear bits; a reserved bit marks what the device shows. */
    protected final class Clearing {
        private final long offset;
        private final int mark;
        private int bits;

        public Clearing(long offset, int mark) {
            this.offset = offset;
            this.mark = mark;
            SimulatedFunction.this.set(offset, mark);
        }

        public void raise(int more) {
            look();
            bits |= more;
            show();
        }

        private void show() {
            int seen = get(offset);
            while (!swap(offset, seen, bits | mark)) {
                if (vanished) {
                    return;
                }
                look();
                seen = get(offset);
            }
        }

        /** Takes what the driver wrote. */
        public int look() {
            int seen = get(offset);
            if (seen != (bits | mark) && !vanished) {
                bits &= ~seen;
                if (!swap(offset, seen, bits | mark)) {
                    look();
                }
            }
            return bits;
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
        return new Mmio(registers);
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

    /** The test's end. @throws AssertionError when the driver asked for what it must not */
    public void end() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new AssertionError("the device saw what must not be", failure);
        }
    }
}
