package org.cloudos.fs.vfs;

/**
 * A lock that is held.
 *
 * @param kind   of lock
 * @param owner  process or, of FLOCK and OPEN_FILE, the first number of the open file
 * @param length bytes; {@code Long.MAX_VALUE} to any end
 */
public record LockInfo(Kind kind, String volume, long node, long owner, boolean exclusive, long offset, long length) {
    /** Kinds of locks. */
    public enum Kind {
        /** flock(2): a whole file, owned by the open file. */
        FLOCK,
        /** fcntl(2), F_SETLK: a range, owned by the process, gone when it closes any number of the file. */
        PROCESS,
        /** fcntl(2), F_OFD_SETLK: a range, owned by the open file. */
        OPEN_FILE
    }
}
