package org.cloudos.hal.memory;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** Gives one device memory that it reaches. Behind an I/O MMU it reaches nothing else. Thread-safe. */
@ProviderType
public interface Dma {
    /** Whether an I/O MMU keeps the device inside what it was given. */
    boolean isBounded();

    /**
     * Memory, zeroed, at one stretch of device addresses. It goes when the device is given back.
     *
     * @param bytes     rounded up to pages
     * @param alignment of the device's address, a power of 2
     * @throws IOException when memory or the right to pin it is short; the message names the limit
     */
    DmaMemory allocate(long bytes, long alignment) throws IOException;

    /** Takes back what {@link #allocate} gave: whole, not a slice. The device must be done with it. */
    void free(DmaMemory memory);

    /**
     * The device's address of memory that came from {@link #allocate} for this device, whoever has it now.
     *
     * @return -1 when it is other memory, or not all inside
     */
    long address(MemorySegment memory);
}
