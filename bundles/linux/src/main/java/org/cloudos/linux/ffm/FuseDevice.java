package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseQueues;

/** {@code /dev/fuse}. */
final class FuseDevice implements FuseChannel {
    static final String PATH = "/dev/fuse";
    private static final int ENOENT = 2, ENODEV = 19, ENOTCONN = 107, O_RDWR_CLOEXEC = 02000002, IOVEC = 16;
    private static final long CLONE = 0x8004e500L; // _IOR(229, 0, uint32_t)
    private static final short POLLIN = 1;
    private static final int POLLFD = 8, REVENTS = 6; // struct pollfd: 0 fd(4) · 4 events(2) · 6 revents(2)
    private static final MethodHandle POLL = Libc.link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = Libc.link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = Libc.link("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITEV = Libc.link("writev", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final ThreadLocal<MemorySegment> VECTORS = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(2 * IOVEC, 8));

    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();
    private EventFd waker; // null until somebody needs it; guarded by this

    FuseDevice(int fd) {
        this.fd = fd;
    }

    static FuseDevice open() throws LinuxException {
        return new FuseDevice(FileCalls.open(PATH, O_RDWR_CLOEXEC));
    }

    int descriptor() {
        return fd;
    }

    @Override public int receive(MemorySegment buffer) throws LinuxException {
        MemorySegment state = Libc.state();
        long size = buffer.byteSize();
        while (true) {
            long read;
            try {
                read = (long) READ.invokeExact(state, fd, buffer, size);
            } catch (Throwable e) {
                throw Libc.threw(e);
            }
            if (read >= 0) {
                return (int) read;
            }
            int errno = Libc.errno(state);
            switch (errno) {
                case ENODEV, ENOTCONN -> {
                    return -1;
                }
                case Libc.EINTR, Libc.EAGAIN, ENOENT -> { } // ENOENT: the request was interrupted before it was read
                default -> throw Libc.failure("read of " + PATH, errno);
            }
        }
    }

    @Override public boolean send(MemorySegment head, long headLength, MemorySegment data, long dataLength) throws LinuxException {
        MemorySegment state = Libc.state();
        long written;
        try {
            if (data == null || dataLength == 0) {
                written = (long) WRITE.invokeExact(state, fd, head, headLength);
            } else {
                MemorySegment vectors = VECTORS.get();
                vectors.set(JAVA_LONG, 0, head.address());
                vectors.set(JAVA_LONG, 8, headLength);
                vectors.set(JAVA_LONG, 16, data.asSlice(0, dataLength).address());
                vectors.set(JAVA_LONG, 24, dataLength);
                written = (long) WRITEV.invokeExact(state, fd, vectors, 2);
            }
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
        if (written >= 0) {
            return true;
        }
        int errno = Libc.errno(state);
        if (errno == ENOENT || errno == ENODEV || errno == ENOTCONN) {
            return false;
        }
        throw Libc.failure("write to " + PATH, errno);
    }

    @Override public FuseQueues queues(int threads, int largest, String name) throws LinuxException {
        return new FuseRings(fd, threads, largest, name);
    }

    private synchronized EventFd waker() throws LinuxException {
        if (waker == null) {
            waker = new EventFd();
        }
        return waker;
    }

    @Override public boolean await() throws LinuxException {
        EventFd wake = waker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(2 * POLLFD, 4);
            both.set(JAVA_INT, 0, fd);
            both.set(JAVA_SHORT, 4, POLLIN);
            both.set(JAVA_INT, POLLFD, wake.descriptor());
            both.set(JAVA_SHORT, POLLFD + 4, POLLIN);
            long ready = Descriptor.call(state -> (int) POLL.invokeExact(state, both, 2L, -1));
            if (ready < 0) {
                throw Libc.failure("poll of " + PATH, (int) -ready);
            }
            if (both.get(JAVA_SHORT, POLLFD + REVENTS) != 0) {
                wake.take(0);
                return false;
            }
            return true;
        }
    }

    @Override public void wake() throws LinuxException {
        waker().add();
    }

    @Override public FuseChannel another() throws LinuxException {
        FuseDevice made = open();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(JAVA_INT, fd);
            long result = Descriptor.call(state -> (int) States.IOCTL.invokeExact(state, made.fd, CLONE, number));
            if (result < 0) {
                made.close();
                throw Libc.failure("clone of " + PATH, (int) -result);
            }
            return made;
        }
    }

    @Override public void close() {
        if (closed.compareAndSet(false, true)) {
            Descriptor.closeNow(fd);
            closeWaker();
        }
    }

    private synchronized void closeWaker() {
        if (waker != null) {
            waker.close();
        }
    }
}
