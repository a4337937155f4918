package org.cloudos.fs;

import java.io.IOException;

/** An operation on files failed. */
public sealed class FsException extends IOException permits FsException.Refused, FsException.Corrupt, FsException.DeviceFailed {
    private static final long serialVersionUID = 1L;
    private final Errno errno;

    private FsException(Errno errno, String message, Throwable cause) {
        super(message, cause);
        this.errno = errno;
    }

    /** For a caller that speaks errno. */
    public Errno errno() {
        return errno;
    }

    /** A stack trace costs more than the operations that most refusals answer. */
    @Override public Throwable fillInStackTrace() {
        return this instanceof Refused ? this : super.fillInStackTrace();
    }

    /** The request can't be: the caller's error or a limit. The volume is well. Has no stack trace. */
    public static final class Refused extends FsException {
        private static final long serialVersionUID = 1L;

        /** @param about what was asked for, and with what, such as {@code rename of "a" in node 17} */
        public Refused(Errno errno, String about) {
            super(errno, about + ": " + errno.meaning(), null);
        }
    }

    /** What stands on the device can't be, and no good copy is left. */
    public static final class Corrupt extends FsException {
        private static final long serialVersionUID = 1L;

        /** @param where such as {@code tree block 0x1a00 of volume data} */
        public Corrupt(String where, String field, Object expected, Object found) {
            super(Errno.EUCLEAN, where + ": " + field + ": expected " + expected + ", found " + found, null);
        }
    }

    /** The device below failed. */
    public static final class DeviceFailed extends FsException {
        private static final long serialVersionUID = 1L;

        public DeviceFailed(String about, Throwable cause) {
            super(Errno.EIO, about + ": " + cause.getMessage(), cause);
        }
    }
}
