package org.cloudos.hal.block;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Requests under way on one device: NVMe's queue pairs, virtqueues or io_uring. For one thread at a time. Requests of a queue
 * are in no order; a {@link Op#FLUSH} covers the writes whose completion was seen before it was submitted. No method allocates.
 */
@ConsumerType
public interface BlockQueue extends AutoCloseable {
    /** What a request does. */
    enum Op { READ, WRITE, WRITE_THROUGH, FLUSH, DISCARD, WRITE_ZEROES }

    /** Gets each request's end. */
    @FunctionalInterface
    interface Completion {
        /** @param status {@link BlockStatus#OK} or why it failed */
        void done(long tag, BlockStatus status);
    }

    /** Requests that can be under way at once. */
    int depth();

    /** Requests submitted and not yet handed to a {@link Completion}. */
    int underWay();

    /**
     * Adds a request. The device may start it at once or at the next {@link #complete}.
     *
     * @param count  blocks; at most {@link BlockGeometry#maxTransfer} for reads and writes, 65,535 for discards and zeros, 0 for a flush
     * @param memory native, of an arena that all threads may use, and aligned as {@link BlockGeometry#alignment} asks; stays the
     *               device's until the completion. Ignored where nothing is transferred.
     * @param tag    the caller's own
     * @return false when {@link #depth} are under way: complete some first
     * @throws IllegalArgumentException when the memory or range can't be: nothing was submitted
     */
    boolean submit(Op op, long block, long count, MemorySegment memory, long tag);

    /**
     * Starts what was submitted, and hands ended requests to the sink. The sink may submit; that alone keeps no call from returning: more than
     * {@code least} are handed over only of those that had ended before.
     *
     * @param least waits until so many ended; 0 only looks
     * @param nanos waits at most so long
     * @return how many were handed over
     */
    int complete(int least, long nanos, Completion sink) throws InterruptedException;

    /** Waits for all that is under way, then gives the queue back. */
    @Override void close();
}
