package org.cloudos.hal.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A block of memory-mapped registers, little-endian as PCI has them. Each access is one access of the register's width; nothing is
 * merged, split, left out or copied in bulk. Thread-safe as far as the device is.
 *
 * <p>A device that is gone answers reads with all ones, which a driver must take for what it is. Not final for simulated devices alone, whose
 * registers act when they are read and written.
 */
public class Mmio {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment memory;

    /** @param memory the mapped registers; its bounds and life are this block's */
    public Mmio(MemorySegment memory) {
        this.memory = memory;
    }

    /** Bytes. */
    public long size() {
        return memory.byteSize();
    }

    /** A part, such as one capability's structure. @throws IndexOutOfBoundsException when it is not inside */
    public Mmio slice(long offset, long length) {
        return new Mmio(memory.asSlice(offset, length));
    }

    public int read(Reg8 register) {
        check(register.readable(), register);
        return Byte.toUnsignedInt((byte) BYTE.getAcquire(memory, (long) register.offset()));
    }

    public int read(Reg16 register) {
        check(register.readable(), register);
        return Short.toUnsignedInt((short) SHORT.getAcquire(memory, (long) register.offset()));
    }

    public int read(Reg32 register) {
        check(register.readable(), register);
        return (int) INT.getAcquire(memory, (long) register.offset());
    }

    /** As one access of 8 bytes; {@link #readHalves} for devices that take only 4. */
    public long read(Reg64 register) {
        check(register.readable(), register);
        return (long) LONG.getAcquire(memory, (long) register.offset());
    }

    /** The low half first. */
    public long readHalves(Reg64 register) {
        check(register.readable(), register);
        long low = Integer.toUnsignedLong((int) INT.getAcquire(memory, (long) register.offset()));
        return (long) (int) INT.getAcquire(memory, register.offset() + 4L) << 32 | low;
    }

    public void write(Reg8 register, int value) {
        check(register.writable(), register);
        order();
        BYTE.setRelease(memory, (long) register.offset(), (byte) value);
    }

    public void write(Reg16 register, int value) {
        check(register.writable(), register);
        order();
        SHORT.setRelease(memory, (long) register.offset(), (short) value);
    }

    public void write(Reg32 register, int value) {
        check(register.writable(), register);
        order();
        INT.setRelease(memory, (long) register.offset(), value);
    }

    public void write(Reg64 register, long value) {
        check(register.writable(), register);
        order();
        LONG.setRelease(memory, (long) register.offset(), value);
    }

    /** The low half first. */
    public void writeHalves(Reg64 register, long value) {
        check(register.writable(), register);
        order();
        INT.setRelease(memory, (long) register.offset(), (int) value);
        INT.setRelease(memory, register.offset() + 4L, (int) (value >>> 32));
    }

    /** Memory written before is there for the device before the register is: a release alone orders stores for other processors. */
    private static void order() {
        VarHandle.releaseFence();
    }

    private static void check(boolean allowed, Record register) {
        if (!allowed) {
            throw new IllegalArgumentException("no such access: " + register);
        }
    }
}
