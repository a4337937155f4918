package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.kmsg.KernelLog;
import org.osgi.service.component.annotations.Component;

/** {@code /dev/kmsg} by {@code open}, {@code poll} and {@code read}: one read, one record. */
@Component
public final class KernelLogDevice implements KernelLog {
    private static final String DEVICE = "/dev/kmsg";

    @Override public Reader open() throws LinuxException {
        return new Device();
    }

    private static final class Device implements Reader {
        private static final MethodHandle OPEN = Libc.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        private static final MethodHandle POLL = Libc.link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        private static final MethodHandle READ = Libc.link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        private static final MethodHandle CLOSE = Libc.link("close", JAVA_INT, JAVA_INT);
        private static final int O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, EPIPE = 32, POLLFD = 8;
        private static final short POLLIN = 1;
        /** The kernel's own bound of a record, CONSOLE_EXT_LOG_MAX. */
        private static final int LONGEST = 8192;

        private final ReentrantLock reading = new ReentrantLock(); // its memory and descriptors live as long as it is held
        private final Arena arena = Arena.ofShared();
        private final MemorySegment fds = arena.allocate(2 * POLLFD, 8); // struct pollfd: 0 fd(4) · 4 events(2) · 6 revents(2)
        private final MemorySegment buffer = arena.allocate(LONGEST);
        private final EventFd wake = new EventFd();
        private final int fd;
        private volatile boolean closed;

        Device() throws LinuxException {
            MemorySegment name = arena.allocateFrom(DEVICE);
            try {
                fd = (int) OpenDevice.must(DEVICE, s -> (int) OPEN.invokeExact(s, name, O_NONBLOCK | O_CLOEXEC, 0));
            } catch (LinuxException e) {
                wake.close();
                arena.close();
                throw e;
            }
            fds.set(JAVA_INT, 0, fd);
            fds.set(JAVA_SHORT, 4, POLLIN);
            fds.set(JAVA_INT, POLLFD, wake.descriptor());
            fds.set(JAVA_SHORT, POLLFD + 4, POLLIN);
        }

        @Override public Optional<byte[]> next() throws LinuxException {
            reading.lock();
            try {
                while (!closed) {
                    MemorySegment state = Libc.state();
                    long length = (long) READ.invokeExact(state, fd, buffer, (long) LONGEST);
                    if (length > 0) {
                        return Optional.of(buffer.asSlice(0, length).toArray(JAVA_BYTE));
                    }
                    int errno = length == 0 ? Libc.EAGAIN : Libc.errno(state);
                    if (errno == Libc.EAGAIN) {
                        poll(-1);
                    } else if (errno != EPIPE && errno != Libc.EINTR) { // EPIPE: what was next is overwritten; the read after has what is left
                        throw Libc.failure("read " + DEVICE, errno);
                    }
                }
                return Optional.empty();
            } catch (LinuxException e) {
                throw e;
            } catch (Throwable e) {
                throw Libc.threw(e);
            } finally {
                reading.unlock();
            }
        }

        @Override public boolean ready() throws LinuxException {
            reading.lock();
            try {
                return !closed && poll(0);
            } finally {
                reading.unlock();
            }
        }

        private boolean poll(int milliseconds) throws LinuxException {
            MemorySegment state = Libc.state();
            try {
                int ready = (int) POLL.invokeExact(state, fds, 2L, milliseconds);
                if (ready < 0 && Libc.errno(state) != Libc.EINTR) {
                    throw Libc.failure("poll " + DEVICE, Libc.errno(state));
                }
                return ready > 0 && (fds.get(JAVA_SHORT, 6) & POLLIN) != 0;
            } catch (LinuxException e) {
                throw e;
            } catch (Throwable e) {
                throw Libc.threw(e);
            }
        }

        @Override public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                wake.add();
            } catch (LinuxException e) {
                throw new IllegalStateException("The reader of " + DEVICE + " can't be woken", e);
            }
            reading.lock();
            try {
                int result = (int) CLOSE.invokeExact(Libc.state(), fd);
                wake.close();
                arena.close();
            } catch (Throwable e) {
                throw Libc.threw(e);
            } finally {
                reading.unlock();
            }
        }
    }
}
