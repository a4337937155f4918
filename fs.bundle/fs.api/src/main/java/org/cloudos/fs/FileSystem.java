package org.cloudos.fs;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A mounted volume. Registered as a service with {@link #VOLUME} and {@link #TYPE}; callers hold the service, which a swap of the
 * provider leaves as it is, and node numbers, which stay what they are as well.
 *
 * <p>It keeps what it is told and checks no permissions: the VFS does, or Linux above FUSE. It does keep the times (POSIX.1-2024
 * XBD 4.9) except the access time, which {@link #set} brings, clears nothing by itself, and is thread-safe: operations on one
 * node are atomic to each other, {@link #rename} as a whole.
 *
 * <p>Every method may throw {@link FsException}; the errors that belong to a method's meaning are named at it, by {@link Errno}.
 * Any method may fail with {@code ENOENT} (no such node; also one deleted meanwhile), {@code EIO} (device or checksum), and the
 * changing ones with {@code ENOSPC}, {@code EDQUOT}, {@code EROFS}.
 *
 * <p>A folder's entries are names of 1 to 255 bytes of UTF-8 without {@code /} and NUL, compared byte by byte. {@code .} and
 * {@code ..} are the caller's: a folder's parent comes from {@link #parent}.
 */
@ConsumerType
public interface FileSystem {
    /** The node of the topmost folder. */
    long ROOT = 1;
    /**
     * Service property: the volume's identity, a UUID. A provider with several volumes gives it as {@code service.pid} too: by that a swap
     * tells which of the new version's services takes the place of which.
     */
    String VOLUME = "fs.volume";
    /** Service property: the format's name, such as {@code cloudfs}. */
    String TYPE = "fs.type";

    /** What the volume is and can do. */
    VolumeInfo info();

    /** Space and nodes, used and free. */
    Space space() throws FsException;

    /** A node's attributes. */
    Attributes attributes(long node) throws FsException;

    /**
     * The node of a name in a folder.
     *
     * @return null when there is no such name: this is asked too often for an exception
     * @throws FsException {@code ENOTDIR}
     */
    Attributes lookup(long folder, String name) throws FsException;

    /** The folder that holds this folder; of {@link #ROOT}, itself. {@code ENOTDIR} for other nodes. */
    long parent(long folder) throws FsException;

    /** Changes attributes; a shorter size frees what is behind it, a longer one makes a hole. {@code EFBIG}. */
    Attributes set(long node, AttributeChange change) throws FsException;

    /** Makes a node with a name. {@code EEXIST}, {@code ENOTDIR}, {@code ENAMETOOLONG}, {@code EILSEQ}, {@code EMLINK}. */
    Attributes create(long folder, String name, NewNode what) throws FsException;

    /** Makes a file without a name (open(2), O_TMPFILE), held once; {@link #link} can name it. */
    Attributes createNameless(long folder, NewNode what) throws FsException;

    /** One more name of a node that is not a folder. {@code EEXIST}, {@code EPERM} for a folder, {@code EMLINK}. */
    Attributes link(long node, long folder, String name) throws FsException;

    /**
     * Takes a name away. A node without names goes when nobody holds it.
     *
     * @param folderWanted true: rmdir(2), {@code ENOTDIR}, {@code ENOTEMPTY}; false: unlink(2), {@code EISDIR}
     */
    void remove(long folder, String name, boolean folderWanted) throws FsException;

    /**
     * Moves a name. {@code EEXIST}, {@code ENOTEMPTY}, {@code EISDIR}, {@code ENOTDIR}; {@code EINVAL} when a folder would come into
     * itself. Two names of one node: nothing happens (rename(2)).
     */
    void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException;

    /** Where a symbolic link points. {@code EINVAL} for other nodes. */
    String target(long link) throws FsException;

    /**
     * Walks a folder. An entry that is there all the time comes once; one that is made or removed meanwhile may come or not.
     *
     * @param cookie 0 to begin, or the cookie of the last entry taken
     * @param sink   gets entries in the order of cookies until it refuses one
     */
    void list(long folder, long cookie, EntrySink sink) throws FsException;

    /** Reads a file. @return bytes read: fewer than asked for only at the end of the file, 0 behind it */
    long read(long node, long offset, MemorySegment into) throws FsException;

    /** Writes a file, which grows as needed. @return bytes written: fewer than given only when space ended. {@code EFBIG} */
    long write(long node, long offset, MemorySegment from) throws FsException;

    /** Writes at the end, whatever others append. @return the offset at which it was written */
    long append(long node, MemorySegment from) throws FsException;

    /** fallocate(2). {@code EOPNOTSUPP} for a mode that the format has not. */
    void allocate(long node, long offset, long length, AllocateMode mode) throws FsException;

    /** lseek(2), SEEK_DATA or SEEK_HOLE. {@code ENXIO} at or behind the end. */
    long seek(long node, long offset, SeekMode mode) throws FsException;

    /** Copies within the volume, sharing blocks where it can (copy_file_range(2)). @return bytes copied, 0 at the source's end */
    long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException;

    /** Shares blocks (FICLONERANGE): all, or {@code EINVAL} for unaligned ranges and {@code EOPNOTSUPP}. Length 0: to the end. */
    void share(long node, long offset, long toNode, long toOffset, long length) throws FsException;

    /** All that was done to this node, and its being reachable by its names, survives a cut when this returns. */
    void sync(long node, boolean dataOnly) throws FsException;

    /** All that was done before survives a cut when this returns. */
    void sync() throws FsException;

    /** An extended attribute's value. {@code ENODATA}. */
    byte[] extended(long node, String name) throws FsException;

    /** Sets an extended attribute. {@code EEXIST} or {@code ENODATA} as the mode asks; {@code E2BIG} and {@code ERANGE} by size. */
    void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException;

    /** {@code ENODATA}. */
    void removeExtended(long node, String name) throws FsException;

    /** The names of a node's extended attributes. */
    List<String> extendedNames(long node) throws FsException;

    /** The node stays, even when its last name goes, until it was dropped as often. */
    void hold(long node) throws FsException;

    /** Gives back {@code count} holds. Unknown nodes and too many are ignored: the holder may outlive a forced unmount. */
    void drop(long node, long count);
}
