package org.cloudos.fs;

/** lseek(2). */
public enum SeekMode {
    /** The next data at or behind the offset. */
    DATA,
    /** The next hole at or behind the offset; there is one at the end. */
    HOLE
}
