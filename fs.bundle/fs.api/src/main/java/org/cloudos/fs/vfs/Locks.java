package org.cloudos.fs.vfs;

import java.util.List;
import org.cloudos.fs.FsException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Advisory locks. A call waits in slices, so that a swap of the provider is never held up by a waiter: it returns false when it has
 * waited {@code nanos} or the slice ended ({@link #SLICE}), and the caller asks again, as {@link OpenFile} does.
 */
@ProviderType
public interface Locks {
    /** Nanoseconds that one call waits at most. */
    long SLICE = 200_000_000;
    /** A length that reaches to any end. */
    long TO_END = Long.MAX_VALUE;

    /**
     * Locks a range, or changes the lock that the owner has there.
     *
     * @param kind      FLOCK and OPEN_FILE belong to the open file, PROCESS to {@link Caller#process}; FLOCK and ranges don't know each other
     * @param exclusive needs the file open for writing, else for reading: {@code EBADF} (not FLOCK)
     * @return false when somebody else has it
     * @throws FsException {@code EDEADLK} when waiting would never end (PROCESS), {@code EINVAL} a range that can't be
     */
    boolean lock(Caller caller, long handle, LockInfo.Kind kind, boolean exclusive, long offset, long length, long nanos) throws FsException;

    /** Gives back what the owner has in a range. */
    void unlock(Caller caller, long handle, LockInfo.Kind kind, long offset, long length) throws FsException;

    /** Who is in the way of a lock, or null. */
    LockInfo conflict(Caller caller, long handle, LockInfo.Kind kind, boolean exclusive, long offset, long length) throws FsException;

    /** All locks that are held. */
    List<LockInfo> locks();
}
