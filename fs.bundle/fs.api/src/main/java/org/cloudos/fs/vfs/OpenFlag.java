package org.cloudos.fs.vfs;

/** open(2), openat2(2). */
public enum OpenFlag {
    READ, WRITE,
    /** Each write goes to the end, wherever that is by then. */
    APPEND,
    /** Makes the file when it is not there. */
    CREATE,
    /** With {@link #CREATE}: {@code EEXIST} when it is there, a link too. */
    EXCLUSIVE,
    TRUNCATE,
    /** {@code ENOTDIR} when it is no folder. */
    FOLDER,
    /** {@code ELOOP} when the last name is a link. */
    NO_FOLLOW,
    /** A place, not its contents (O_PATH): no permission to read is needed, and none is given. */
    PATH,
    /** A file without a name in the folder that the path names (O_TMPFILE). */
    NAMELESS,
    /** Past the page cache. */
    DIRECT,
    /** Each write is safe when it returns. */
    SYNC,
    /** As {@link #SYNC}, contents only. */
    DATA_SYNC,
    /** Reading does not change the access time. */
    NO_ACCESS_TIME,
    /** Nothing above the folder that the path begins at: {@code EXDEV} (RESOLVE_BENEATH). */
    BENEATH,
    /** No links at all: {@code ELOOP} (RESOLVE_NO_SYMLINKS). */
    NO_LINKS,
    /** No other mount: {@code EXDEV} (RESOLVE_NO_XDEV). */
    NO_MOUNTS
}
