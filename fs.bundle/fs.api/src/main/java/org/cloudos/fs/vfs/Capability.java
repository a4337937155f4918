package org.cloudos.fs.vfs;

/** What a caller may do beyond the permission bits: capabilities(7), those that files know. */
public enum Capability {
    /** Gives files to anybody. */
    CHOWN,
    /** Reads, writes and searches all; executes what anybody may execute. */
    DAC_OVERRIDE,
    /** Reads all files, lists and searches all folders. */
    DAC_READ_SEARCH,
    /** Does what only a file's owner may. */
    FOWNER,
    /** Keeps set-ID bits when a file changes. */
    FSETID,
    /** Sets and clears the immutable and append-only flags. */
    LINUX_IMMUTABLE,
    /** Makes device nodes. */
    MKNOD,
    /** Mounts, and reads and writes {@code trusted.} attributes. */
    SYS_ADMIN,
    /** Takes reserved space and passes quotas by. */
    SYS_RESOURCE
}
