package org.cloudos.fs.fuse.server;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;

/**
 * FUSE_INIT: both sides say what they can, and what both can is used. fuse_init_in: 0 major(4) · 4 minor(4) · 8 max_readahead(4) · 12 flags(4)
 * · 16 flags2(4). fuse_init_out: 0 major(4) · 4 minor(4) · 8 max_readahead(4) · 12 flags(4) · 16 max_background(2) · 18 congestion(2)
 * · 20 max_write(4) · 24 time_gran(4) · 28 max_pages(2) · 30 map_alignment(2) · 32 flags2(4).
 */
final class Handshake {
    static final int MAJOR = 7;
    /** Of Linux 5.10: the structures as they are here, and all that Debian has had for long. */
    static final int LEAST_MINOR = 31;
    /** What this was written against. */
    static final int MINOR = 45;
    private static final int INIT_OUT = 64, BACKGROUND = 64, CONGESTED = 48;
    private static final long ASYNC_READ = 1, EXPORT_SUPPORT = 1 << 4, BIG_WRITES = 1 << 5, DONT_MASK = 1 << 6, HAS_IOCTL_DIR = 1 << 11,
            DO_READDIRPLUS = 1 << 13, READDIRPLUS_AUTO = 1 << 14, ASYNC_DIO = 1 << 15, WRITEBACK_CACHE = 1 << 16,
            PARALLEL_DIROPS = 1 << 18, POSIX_ACL = 1 << 20, MAX_PAGES = 1 << 22, CACHE_SYMLINKS = 1 << 23, NO_OPENDIR_SUPPORT = 1 << 24,
            EXPLICIT_INVAL_DATA = 1 << 25,
            HANDLE_KILLPRIV_V2 = 1 << 28, SETXATTR_EXT = 1 << 29, INIT_EXT = 1 << 30, OVER_IO_URING = 1L << 41;
    private static final long ALWAYS = ASYNC_READ | EXPORT_SUPPORT | BIG_WRITES | DONT_MASK | HAS_IOCTL_DIR | DO_READDIRPLUS | READDIRPLUS_AUTO
            | ASYNC_DIO | PARALLEL_DIROPS | MAX_PAGES | CACHE_SYMLINKS | NO_OPENDIR_SUPPORT | HANDLE_KILLPRIV_V2 | SETXATTR_EXT | INIT_EXT;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Handshake() { }

    /**
     * What both sides have agreed on.
     *
     * @param protocol the version, such as {@code 7.45}; empty when the kernel speaks a newer major version: it asks again in ours
     * @param queues   requests wait until queues over io_uring are registered, or were refused
     */
    record Agreed(String protocol, boolean queues) { }

    /**
     * Answers the kernel's first request.
     *
     * @param acls whether the volume keeps extended attributes
     * @param queues whether they are there, asked when the kernel has them
     * @throws FsException {@code EOPNOTSUPP} when the kernel is too old: it was told
     */
    static Agreed answer(Exchange x, Settings settings, boolean acls, BooleanSupplier queues) throws FsException, LinuxException {
        int major = x.inInt(0), minor = x.inInt(4);
        MemorySegment out = x.out(INIT_OUT);
        out.set(INT, 0, MAJOR);
        out.set(INT, 4, Math.min(minor, MINOR));
        if (major > MAJOR) {
            x.reply(INIT_OUT);
            return new Agreed("", false);
        }
        if (major < MAJOR || minor < LEAST_MINOR) {
            x.fail(71); // EPROTO
            throw new FsException.Refused(Errno.EOPNOTSUPP, "FUSE: expected a kernel with protocol " + MAJOR + "." + LEAST_MINOR
                    + " or newer (Linux 5.10), found " + major + "." + minor);
        }
        long offered = Integer.toUnsignedLong(x.inInt(12));
        if ((offered & INIT_EXT) != 0) {
            offered |= (long) x.inInt(16) << 32;
        }
        boolean over = (offered & OVER_IO_URING) != 0 && queues.getAsBoolean();
        long wanted = ALWAYS | (acls ? POSIX_ACL : 0) | (settings.writeBack() ? WRITEBACK_CACHE : EXPLICIT_INVAL_DATA)
                | (over ? OVER_IO_URING : 0);
        out.set(INT, 8, x.inInt(8));
        out.set(INT, 12, (int) (offered & wanted));
        out.set(SHORT, 16, (short) BACKGROUND);
        out.set(SHORT, 18, (short) CONGESTED);
        out.set(INT, 20, Exchange.LARGEST_DATA);
        out.set(INT, 24, 1); // times are whole nanoseconds
        out.set(SHORT, 28, (short) (Exchange.LARGEST_DATA / Exchange.PAGE));
        out.set(INT, 32, (int) ((offered & wanted) >>> 32));
        x.reply(INIT_OUT);
        if ((offered & SETXATTR_EXT) == 0) {
            throw new FsException.Refused(Errno.EOPNOTSUPP, "FUSE: expected a kernel that extends SETXATTR (Linux 5.12)");
        }
        return new Agreed(MAJOR + "." + Math.min(minor, MINOR), over);
    }
}
