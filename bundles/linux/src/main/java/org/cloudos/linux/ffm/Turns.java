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

/** Reads and writes of a file that has an order instead of places, none of which waits; waiting is {@code poll(2)}'s. */
final class Turns {
    private static final MethodHandle READ = Libc.link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle WRITE = Libc.link("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle POLL = Libc.link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FCNTL = Libc.linkVariadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final int F_GETFL = 3, F_SETFL = 4, O_NONBLOCK = 0x800, ENOBUFS = 105, POLLFD = 8;
    private static final short POLLIN = 1;

    private final int fd;
    private final String name;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment waiting = arena.allocate(2 * POLLFD, 8); // struct pollfd: 0 fd(4) · 4 events(2) · 6 revents(2)
    private final EventFd wake;

    Turns(int fd, String name) throws LinuxException {
        this.fd = fd;
        this.name = name;
        int flags = (int) OpenDevice.must("flags of " + name, s -> (int) FCNTL.invokeExact(s, fd, F_GETFL, 0));
        OpenDevice.must("flags of " + name, s -> (int) FCNTL.invokeExact(s, fd, F_SETFL, flags | O_NONBLOCK));
        wake = new EventFd();
        waiting.set(JAVA_INT, 0, fd);
        waiting.set(JAVA_SHORT, 4, POLLIN);
        waiting.set(JAVA_INT, POLLFD, wake.descriptor());
        waiting.set(JAVA_SHORT, POLLFD + 4, POLLIN);
    }

    /** Its result, or 0 when it would have waited. */
    private long turn(String what, OpenDevice.Call call) throws LinuxException {
        MemorySegment state = Libc.state();
        while (true) {
            long result;
            try {
                result = call.of(state);
            } catch (Throwable e) {
                throw Libc.threw(e);
            }
            int errno = result >= 0 ? 0 : Libc.errno(state);
            if (errno == 0 || errno == Libc.EAGAIN || errno == ENOBUFS) {
                return Math.max(result, 0);
            }
            if (errno != Libc.EINTR) {
                throw Libc.failure(what + " of " + name, errno);
            }
        }
    }

    long next(MemorySegment into) throws LinuxException {
        return turn("read", s -> (long) READ.invokeExact(s, fd, into, into.byteSize()));
    }

    boolean put(MemorySegment from) throws LinuxException {
        return turn("write", s -> (long) WRITE.invokeExact(s, fd, from, from.byteSize())) > 0;
    }

    boolean await(long nanos) throws LinuxException {
        int milliseconds = Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanos), 1, Integer.MAX_VALUE);
        long ready = turn("wait", s -> (int) POLL.invokeExact(s, waiting, 2L, milliseconds));
        if (ready > 0 && waiting.get(JAVA_SHORT, POLLFD + 6) != 0) {
            wake.take(0);
        }
        return ready > 0;
    }

    void wake() throws LinuxException {
        wake.add();
    }

    void close() {
        wake.close();
        arena.close();
    }
}
