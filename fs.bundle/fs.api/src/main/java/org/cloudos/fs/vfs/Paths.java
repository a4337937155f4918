package org.cloudos.fs.vfs;

import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Files by their paths: path_resolution(7). {@code at} is an open folder that a relative path begins at, or 0 for the caller's own.
 * {@code follow}: whether a link at the path's end is followed. Any method may fail with {@code ENOENT}, {@code ENOTDIR},
 * {@code EACCES}, {@code ELOOP} (more than 40 links), {@code ENAMETOOLONG} (a path over 4095 bytes, a name over 255),
 * {@code EILSEQ} (half of a surrogate pair), {@code EINVAL} (NUL).
 */
@ProviderType
public interface Paths {
    Attributes attributes(Caller caller, long at, String path, boolean follow) throws FsException;

    /** chmod(2), chown(2), truncate(2), utimensat(2), as far as the caller may. */
    Attributes change(Caller caller, long at, String path, boolean follow, AttributeChange change) throws FsException;

    /**
     * Whether the caller may: access(2).
     *
     * @param wanted 4 to read, 2 to write, 1 to execute or search; 0: whether it is there
     * @throws FsException {@code EACCES}, {@code EROFS}
     */
    void access(Caller caller, long at, String path, int wanted) throws FsException;

    /** @param mode before umask or default ACL */
    Attributes makeFolder(Caller caller, long at, String path, int mode) throws FsException;

    /** A file, FIFO, socket or device: mknod(2). */
    Attributes makeNode(Caller caller, long at, String path, NodeType type, int mode, int device) throws FsException;

    /** A symbolic link. */
    Attributes makeLink(Caller caller, String target, long at, String path) throws FsException;

    /** One more name. {@code EXDEV} for another mount. @param follow whether a link at the end of {@code path} is followed */
    void link(Caller caller, long at, String path, boolean follow, long toAt, String toPath) throws FsException;

    /** unlink(2), rmdir(2). {@code EBUSY} for what something is mounted on. */
    void remove(Caller caller, long at, String path, boolean folder) throws FsException;

    /** renameat2(2). {@code EXDEV} for another mount, {@code EBUSY} for what something is mounted on. */
    void rename(Caller caller, long at, String path, long toAt, String toPath, RenameMode mode) throws FsException;

    /** Where a symbolic link points. */
    String target(Caller caller, long at, String path) throws FsException;

    /** The path without links, {@code .} and {@code ..}, from the caller's root: realpath(3). */
    String real(Caller caller, long at, String path) throws FsException;

    /** An attribute's value: {@code user.}, {@code trusted.}, {@code security.} and {@code system.posix_acl_*}, see xattr(7). */
    byte[] extended(Caller caller, long at, String path, boolean follow, String name) throws FsException;

    void setExtended(Caller caller, long at, String path, boolean follow, String name, byte[] value, ExtendedMode mode) throws FsException;

    void removeExtended(Caller caller, long at, String path, boolean follow, String name) throws FsException;

    /** The names that the caller may know. */
    List<String> extendedNames(Caller caller, long at, String path, boolean follow) throws FsException;
}
