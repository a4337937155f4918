package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.EventCounter;

/**
 * {@code eventfd(2)}, waited for with {@code poll(2)}: a read alone knows no limit. For one waiting thread. Drivers wait here for each request: calls that
 * keep errno take a view of its memory each, 40 bytes of heap, so that they are made only to learn why one without has failed.
 */
final class EventFd implements EventCounter {
    private static final MethodHandle EVENTFD = Libc.link("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle POLL = Libc.link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle READ = Libc.link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = Libc.link("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle PLAIN_POLL = Libc.linkPlain("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle PLAIN_READ = Libc.linkPlain("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle PLAIN_WRITE = Libc.linkPlain("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle CLOSE = Libc.link("close", JAVA_INT, JAVA_INT);
    private static final int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;
    private static final short POLLIN = 1;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment waiting = arena.allocate(8, 8); // struct pollfd: 0 fd(4) · 4 events(2) · 6 revents(2)
    private final MemorySegment value = arena.allocate(JAVA_LONG);
    private final MemorySegment one = arena.allocate(JAVA_LONG);

    EventFd() throws LinuxException {
        fd = (int) OpenDevice.must("eventfd", s -> (int) EVENTFD.invokeExact(s, 0, EFD_CLOEXEC | EFD_NONBLOCK));
        waiting.set(JAVA_INT, 0, fd);
        waiting.set(JAVA_SHORT, 4, POLLIN);
        one.set(JAVA_LONG, 0, 1);
    }

    @Override public int descriptor() {
        return fd;
    }

    @Override public long take(long nanos) throws LinuxException {
        int milliseconds = Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, Integer.MAX_VALUE);
        try {
            int ready = (int) PLAIN_POLL.invokeExact(waiting, 1L, milliseconds);
            if (ready == 0) {
                return 0;
            }
            return ready > 0 && (long) PLAIN_READ.invokeExact(fd, value, 8L) == 8 ? value.get(JAVA_LONG, 0) : again();
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    /** A signal came, another thread took it, or the descriptor is closed. */
    private long again() throws Throwable {
        MemorySegment state = Libc.state();
        int ready = (int) POLL.invokeExact(state, waiting, 1L, 0);
        if (ready == 0) {
            return 0;
        }
        if (ready > 0 && (long) READ.invokeExact(state, fd, value, 8L) == 8) {
            return value.get(JAVA_LONG, 0);
        }
        int errno = Libc.errno(state);
        if (errno == Libc.EINTR || errno == Libc.EAGAIN) {
            return 0;
        }
        throw Libc.failure("wait for an event", errno);
    }

    @Override public void add() throws LinuxException {
        long written;
        try {
            written = (long) PLAIN_WRITE.invokeExact(fd, one, 8L);
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
        if (written != 8) {
            OpenDevice.must("eventfd", s -> (long) WRITE.invokeExact(s, fd, one, 8L));
        }
    }

    @Override public void close() {
        try {
            int result = (int) CLOSE.invokeExact(Libc.state(), fd);
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
        arena.close();
    }
}
