package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.FileState;
import org.cloudos.linux.file.LinuxFile;

/** A file by its descriptor, which is closed when the last call that uses it has ended: its number is soon another file's. */
final class Descriptor implements LinuxFile {
    private static final int RWF_DSYNC = 2, IOVEC = 16;
    private static final int FALLOC_KEEP_SIZE = 1, FALLOC_PUNCH_HOLE = 2;
    private static final int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4;
    private static final int LARGEST = 1 << 30; // the kernel does at most 2 GiB less a page at once
    private static final int CLOSED = Integer.MIN_VALUE;
    private static final MethodHandle PREAD = Libc.link("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE = Libc.link("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITEV2 = Libc.link("pwritev2", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FDATASYNC = Libc.link("fdatasync", JAVA_INT, JAVA_INT);
    private static final MethodHandle FTRUNCATE = Libc.link("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FALLOCATE = Libc.link("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FLOCK = Libc.link("flock", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = Libc.link("close", JAVA_INT, JAVA_INT);

    private final int fd;
    private final String path;
    private final boolean direct;
    private final boolean device;
    /** Calls under way; {@link #CLOSED} is added by close. */
    private final AtomicInteger users = new AtomicInteger();

    Descriptor(int fd, String path, boolean direct) throws LinuxException {
        this.fd = fd;
        this.path = path;
        this.direct = direct;
        try {
            device = state().kind() == FileState.Kind.BLOCK_DEVICE;
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    /** A call of the kernel: below 0 it failed and left errno. */
    @FunctionalInterface
    interface Call {
        long of(MemorySegment state) throws Throwable;
    }

    /** Makes a call until no signal interrupts it. @return its result, or {@code -errno} */
    static long call(Call call) {
        MemorySegment state = Libc.state();
        try {
            while (true) {
                long result = call.of(state);
                if (result >= 0) {
                    return result;
                }
                int errno = Libc.errno(state);
                if (errno != Libc.EINTR) {
                    return -errno;
                }
            }
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    /** The descriptor, until {@link #leave}. */
    int enter(String what) throws LinuxException {
        if (users.incrementAndGet() < 0) {
            leave();
            throw Libc.failure(what + " of " + path + ", which is closed", Libc.EBADF);
        }
        return fd;
    }

    void leave() {
        if (users.decrementAndGet() == CLOSED) {
            closeNow(fd);
        }
    }

    private long use(String what, Call call) throws LinuxException {
        enter(what);
        long result;
        try {
            result = call(call);
        } finally {
            leave();
        }
        if (result < 0) {
            throw Libc.failure(what + " of " + path, (int) -result);
        }
        return result;
    }

    @Override public FileState state() throws LinuxException {
        int open = enter("statx");
        try {
            return States.of(open, path, direct);
        } finally {
            leave();
        }
    }

    @Override public long read(long offset, MemorySegment into) throws LinuxException {
        long size = into.byteSize(), done = 0;
        while (done < size) {
            long at = done, length = Math.min(size - done, LARGEST);
            long read = use("read", state -> (long) PREAD.invokeExact(state, fd, into.asSlice(at), length, offset + at));
            if (read == 0) {
                break;
            }
            done += read;
        }
        return done;
    }

    @Override public void write(long offset, MemorySegment from) throws LinuxException {
        long size = from.byteSize();
        for (long done = 0; done < size;) {
            long at = done, length = Math.min(size - done, LARGEST);
            done += written(use("write", state -> (long) PWRITE.invokeExact(state, fd, from.asSlice(at), length, offset + at)));
        }
    }

    @Override public void writeThrough(long offset, MemorySegment from) throws LinuxException {
        long size = from.byteSize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment vector = arena.allocate(IOVEC, 8);
            for (long done = 0; done < size;) {
                long at = done;
                vector.set(ADDRESS, 0, from.asSlice(at));
                vector.set(JAVA_LONG, 8, Math.min(size - at, LARGEST));
                done += written(use("write", state -> (long) PWRITEV2.invokeExact(state, fd, vector, 1, offset + at, RWF_DSYNC)));
            }
        }
    }

    private long written(long bytes) throws LinuxException {
        if (bytes == 0) {
            throw Libc.failure("write of " + path + ", which took no byte", Libc.EIO);
        }
        return bytes;
    }

    @Override public void syncData() throws LinuxException {
        use("fdatasync", state -> (int) FDATASYNC.invokeExact(state, fd));
    }

    @Override public void resize(long bytes) throws LinuxException {
        use("resize to " + bytes, state -> (int) FTRUNCATE.invokeExact(state, fd, bytes));
    }

    @Override public void reserve(long offset, long length) throws LinuxException {
        use("reserve", state -> (int) FALLOCATE.invokeExact(state, fd, 0, offset, length));
    }

    @Override public void zero(long offset, long length) throws LinuxException {
        clear("zero", States.BLKZEROOUT, offset, length);
    }

    @Override public void discard(long offset, long length) throws LinuxException {
        clear("discard", States.BLKDISCARD, offset, length);
    }

    private void clear(String what, long ioctl, long offset, long length) throws LinuxException {
        if (!device) {
            use(what, state -> (int) FALLOCATE.invokeExact(state, fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, offset, length));
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocateFrom(JAVA_LONG, offset, length);
            use(what, state -> (int) States.IOCTL.invokeExact(state, fd, ioctl, range));
        }
    }

    @Override public boolean lock(boolean shared) throws LinuxException {
        try {
            use("lock", state -> (int) FLOCK.invokeExact(state, fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB));
            return true;
        } catch (LinuxException e) {
            if (e.errno() == Libc.EAGAIN) {
                return false;
            }
            throw e;
        }
    }

    @Override public void close() {
        int before = users.getAndUpdate(n -> n < 0 ? n : n + CLOSED);
        if (before == 0) {
            closeNow(fd);
        }
    }

    static void closeNow(int fd) {
        try {
            int result = (int) CLOSE.invokeExact(Libc.state(), fd); // never again on a failure: Linux has closed it (close(2))
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    @Override public String toString() {
        return path;
    }
}
