package org.cloudos.fs;

/** setxattr(2). */
public enum ExtendedMode {
    SET,
    /** {@code EEXIST} when it is there. */
    CREATE,
    /** {@code ENODATA} when it is not there. */
    REPLACE
}
