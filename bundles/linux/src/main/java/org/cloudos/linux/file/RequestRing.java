package org.cloudos.linux.file;

import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Requests under way on one file. For one thread at a time; no method allocates, but for failures. Memory must stay until the request's
 * end was handed over.
 */
@ProviderType
public interface RequestRing extends AutoCloseable {
    /** Gets each request's end. */
    @FunctionalInterface
    interface Completion {
        /** @param result bytes done, which may be fewer than asked for; or {@code -errno} */
        void done(long tag, int result);
    }

    /** Requests that can be under way at once. */
    int entries();

    /** Requests begun and not yet handed over. */
    int underWay();

    /** @return false when the ring is full. It starts at the next {@link #submit} or {@link #complete}. */
    boolean read(long offset, MemorySegment into, long tag);

    /** As {@link #read}. @param through on the medium when done */
    boolean write(long offset, MemorySegment from, boolean through, long tag);

    /** {@code fdatasync(2)}. As {@link #read}. */
    boolean syncData(long tag);

    /** A hole ({@code FALLOC_FL_PUNCH_HOLE}); files only. As {@link #read}. */
    boolean punchHole(long offset, long length, long tag);

    /** Starts what was added. */
    void submit() throws LinuxException;

    /** Starts what was added, waits until {@code least} ended or {@code nanos} passed, and hands over all that ended. */
    int complete(int least, long nanos, Completion sink) throws LinuxException, InterruptedException;

    /** Waits for all that is under way. */
    @Override void close();
}
