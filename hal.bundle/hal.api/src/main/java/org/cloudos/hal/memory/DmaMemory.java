package org.cloudos.hal.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Memory that a device reaches: pinned, at one address for us and one for the device. Little-endian. Reads acquire and writes
 * release, so that a descriptor is whole before the word that makes it valid is written, and is read after that word was.
 */
public final class DmaMemory {
    private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    private final MemorySegment memory;
    private final long address;

    /** @param address of the first byte, as the device has it */
    public DmaMemory(MemorySegment memory, long address) {
        this.memory = memory;
        this.address = address;
    }

    /** For bulk data; fields that the device changes meanwhile are for the accessors. */
    public MemorySegment memory() {
        return memory;
    }

    /** The first byte's address, for the device. */
    public long address() {
        return address;
    }

    public long size() {
        return memory.byteSize();
    }

    /** @throws IndexOutOfBoundsException when it is not inside */
    public DmaMemory slice(long offset, long length) {
        return new DmaMemory(memory.asSlice(offset, length), address + offset);
    }

    public int getShort(long offset) {
        return Short.toUnsignedInt((short) SHORT.getAcquire(memory, offset));
    }

    public int getInt(long offset) {
        return (int) INT.getAcquire(memory, offset);
    }

    public long getLong(long offset) {
        return (long) LONG.getAcquire(memory, offset);
    }

    public void putShort(long offset, int value) {
        SHORT.setRelease(memory, offset, (short) value);
    }

    public void putInt(long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    public void putLong(long offset, long value) {
        LONG.setRelease(memory, offset, value);
    }
}
