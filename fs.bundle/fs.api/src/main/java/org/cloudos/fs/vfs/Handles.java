package org.cloudos.fs.vfs;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.SeekMode;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Open files, by number. Numbers are never used again. Every method fails with {@code EBADF} for a number that is not open or was
 * not opened for what is asked, and with {@code ENODEV} while the volume's provider is away.
 */
@ProviderType
public interface Handles {
    /** An offset that means the file's own position, which then moves. */
    long POSITION = -1;

    /**
     * Opens a file or folder: open(2), openat2(2).
     *
     * @param at an open folder that a relative path begins at, or 0 for the caller's own
     */
    long open(Caller caller, long at, String path, OpenHow how) throws FsException;

    /** One more number for an open file: position, flags and flock are shared (dup(2)). */
    long duplicate(long handle) throws FsException;

    /** Gives the number back; the last one ends the open file and its locks. Reports what a write-back failed with. */
    void close(long handle) throws FsException;

    /** What is behind a number. */
    HandleInfo handle(long handle) throws FsException;

    /** All open files. */
    List<HandleInfo> handles();

    /** @param offset bytes, or {@link #POSITION} */
    long read(long handle, long offset, MemorySegment into) throws FsException;

    /** @param offset bytes, or {@link #POSITION}; a file opened with APPEND takes no notice of it */
    long write(long handle, long offset, MemorySegment from) throws FsException;

    /** The file's own position. */
    long position(long handle) throws FsException;

    /** Sets the file's own position. {@code EINVAL} when negative. */
    void position(long handle, long position) throws FsException;

    /** The next data or hole, see {@code FileSystem.seek}; the position stays. */
    long seek(long handle, long offset, SeekMode mode) throws FsException;

    void allocate(long handle, long offset, long length, AllocateMode mode) throws FsException;

    /**
     * copy_file_range(2): within a volume the file system's own way, else by reading and writing.
     *
     * @return bytes copied, 0 at the end
     */
    long copy(long handle, long offset, long toHandle, long toOffset, long length) throws FsException;

    /** FICLONERANGE: {@code EXDEV} between volumes, {@code EOPNOTSUPP} where blocks can't be shared. */
    void share(long handle, long offset, long toHandle, long toOffset, long length) throws FsException;

    /** What was written is safe when this returns. */
    void sync(long handle, boolean dataOnly) throws FsException;

    /** A folder's entries without {@code .} and {@code ..}: see {@code FileSystem.list}. */
    void list(long handle, long cookie, EntrySink sink) throws FsException;

    Attributes attributes(long handle) throws FsException;

    /** Changes attributes with the rights of the caller; size with those of the handle. */
    Attributes change(Caller caller, long handle, AttributeChange change) throws FsException;

    byte[] extended(Caller caller, long handle, String name) throws FsException;

    void setExtended(Caller caller, long handle, String name, byte[] value, ExtendedMode mode) throws FsException;

    void removeExtended(Caller caller, long handle, String name) throws FsException;

    List<String> extendedNames(Caller caller, long handle) throws FsException;

    /** Gives an open file a name; one that was opened NAMELESS gets its first (linkat(2), AT_EMPTY_PATH). */
    void link(Caller caller, long handle, long at, String path) throws FsException;
}
