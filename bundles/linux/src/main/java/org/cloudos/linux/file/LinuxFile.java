package org.cloudos.linux.file;

import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An open file or block device. Thread-safe; a call that runs when it is closed ends as if it were not, later ones fail with
 * {@code EBADF}. Calls block in the kernel, and a virtual thread keeps its carrier meanwhile.
 */
@ProviderType
public interface LinuxFile extends AutoCloseable {
    /** What it is now. */
    FileState state() throws LinuxException;

    /** Reads until the memory is full or the file ends. @return bytes read */
    long read(long offset, MemorySegment into) throws LinuxException;

    /** Writes all of it, or fails: a part may be written then. */
    void write(long offset, MemorySegment from) throws LinuxException;

    /** As {@link #write}; the data is on the medium when this returns ({@code RWF_DSYNC}). */
    void writeThrough(long offset, MemorySegment from) throws LinuxException;

    /** {@code fdatasync(2)}. */
    void syncData() throws LinuxException;

    /** {@code ftruncate(2)}: sets a file's length. */
    void resize(long bytes) throws LinuxException;

    /** {@code fallocate(2)}: space for the range is sure. */
    void reserve(long offset, long length) throws LinuxException;

    /** The range reads as zeros and takes no space: {@code FALLOC_FL_PUNCH_HOLE}, of a block device {@code BLKZEROOUT}. */
    void zero(long offset, long length) throws LinuxException;

    /** The range's content is of no worth: {@code FALLOC_FL_PUNCH_HOLE}, of a block device {@code BLKDISCARD}. */
    void discard(long offset, long length) throws LinuxException;

    /**
     * {@code flock(2)} without waiting; ends when the file is closed or the process ends.
     *
     * @return false when another has it
     */
    boolean lock(boolean shared) throws LinuxException;

    @Override void close();
}
