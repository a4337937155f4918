package org.cloudos.hal.block;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device of numbered blocks: a disk, a partition, a file, memory. Registered as a service with the property
 * {@link #NAME}. Thread-safe; requests of several threads are in no order but the one their callers make by waiting.
 *
 * <p>What was written may be lost by a cut of power until {@link #flush} returned after it, or it was written with
 * {@link #writeThrough}. A cut may leave each block of a write old or new, and blocks of one write in any mixture; a single
 * block is whole, unless the device says otherwise.
 */
@ConsumerType
public interface BlockDevice {
    /** Service property: the device's name, unique on this system, such as {@code nvme0n1}. */
    String NAME = "block.name";

    /** The name, as the service property has it. */
    String name();

    /** Sizes and abilities. Changes only when the device was resized: then a new record with more or fewer blocks. */
    BlockGeometry geometry();

    /**
     * Fills the memory with blocks.
     *
     * @param block the first, from 0
     * @param into  a multiple of the block size long; aligned to {@link BlockGeometry#alignment} it is not copied. More than
     *              {@link BlockGeometry#maxTransfer} is split.
     * @throws BlockException when any part could not be read; the memory's contents are then undefined
     */
    void read(long block, MemorySegment into) throws BlockException;

    /** Writes blocks from memory; they may be in a volatile cache when this returns. As {@link #read}. */
    void write(long block, MemorySegment from) throws BlockException;

    /** Writes blocks that survive a cut when this returns (FUA; a device without it writes and flushes). As {@link #read}. */
    void writeThrough(long block, MemorySegment from) throws BlockException;

    /** All writes that returned before this call began survive a cut when this returns. */
    void flush() throws BlockException;

    /**
     * Tells that these blocks hold nothing of worth. What they read after is undefined. Does nothing where
     * {@link BlockGeometry#discard} is false.
     *
     * @param count blocks; any number
     */
    void discard(long block, long count) throws BlockException;

    /** Makes blocks read as zeros, by the device's own command where it has one. */
    void writeZeroes(long block, long count) throws BlockException;

    /**
     * A queue for requests that run while the caller goes on.
     *
     * @param depth requests under way at once, 1 to 4096; a device may give fewer, see {@link BlockQueue#depth}
     */
    BlockQueue queue(int depth) throws BlockException;
}
