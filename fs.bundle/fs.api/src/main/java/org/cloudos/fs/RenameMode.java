package org.cloudos.fs;

/** What {@link FileSystem#rename} does with a name that is there: rename(2), renameat2(2). */
public enum RenameMode {
    /** Takes its place. */
    REPLACE,
    /** {@code EEXIST}. */
    NO_REPLACE,
    /** The two names change places; {@code ENOENT} when one is not there. */
    EXCHANGE
}
