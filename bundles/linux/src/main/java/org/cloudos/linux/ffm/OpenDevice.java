package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/** A device file by its descriptor. */
final class OpenDevice implements DeviceFile {
    private static final int PROT_READ_WRITE = 3, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_POPULATE = 0x8000, MAP_HUGETLB = 0x40000;
    private static final long MAP_FAILED = -1, HUGE = 2 << 20;
    private static final MethodHandle OPEN = Libc.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = Libc.link("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL_POINTER = Libc.linkVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle IOCTL_NUMBER = Libc.linkVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PREAD = Libc.link("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PWRITE = Libc.link("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MMAP = Libc.link("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = Libc.link("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MLOCK = Libc.link("mlock", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final int O_RDWR = 2, O_CLOEXEC = 0x80000;

    private final int fd;
    private final String name;
    private final Arena mappings = Arena.ofShared();
    private Turns turns; // guarded by this: made when somebody waits first

    OpenDevice(int fd, String name) {
        this.fd = fd;
        this.name = name;
    }

    /** What a call returned; below 0 it failed. */
    @FunctionalInterface
    interface Call {
        long of(MemorySegment state) throws Throwable;
    }

    /** Repeats what a signal interrupted. */
    static long must(String what, Call call) throws LinuxException {
        MemorySegment state = Libc.state();
        while (true) {
            long result;
            try {
                result = call.of(state);
            } catch (Throwable e) {
                throw Libc.threw(e);
            }
            if (result >= 0) {
                return result;
            }
            int errno = Libc.errno(state);
            if (errno != Libc.EINTR) {
                throw Libc.failure(what, errno);
            }
        }
    }

    static OpenDevice open(String path) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(path);
            return new OpenDevice((int) must("open of " + path, s -> (int) OPEN.invokeExact(s, text, O_RDWR | O_CLOEXEC, 0)), path);
        }
    }

    @Override public int descriptor() {
        return fd;
    }

    @Override public int control(long request, MemorySegment structure) throws LinuxException {
        return (int) must(control(request), s -> (int) IOCTL_POINTER.invokeExact(s, fd, request, structure));
    }

    @Override public int control(long request, long value) throws LinuxException {
        return (int) must(control(request), s -> (int) IOCTL_NUMBER.invokeExact(s, fd, request, value));
    }

    private String control(long request) {
        return "control operation 0x" + Long.toHexString(request) + " of " + name;
    }

    @Override public DeviceFile open(long request, MemorySegment structure) throws LinuxException {
        return new OpenDevice(control(request, structure), name);
    }

    @Override public long read(long offset, MemorySegment into) throws LinuxException {
        return must("read of " + name, s -> (long) PREAD.invokeExact(s, fd, into, into.byteSize(), offset));
    }

    @Override public void write(long offset, MemorySegment from) throws LinuxException {
        long written = must("write of " + name, s -> (long) PWRITE.invokeExact(s, fd, from, from.byteSize(), offset));
        if (written != from.byteSize()) {
            throw Libc.failure("write of " + name + ", " + written + " of " + from.byteSize() + " bytes", Libc.EIO);
        }
    }

    @Override public long next(MemorySegment into) throws LinuxException {
        return turns().next(into);
    }

    @Override public boolean put(MemorySegment from) throws LinuxException {
        return turns().put(from);
    }

    @Override public boolean await(long nanos) throws LinuxException {
        return turns().await(nanos);
    }

    @Override public void wake() {
        try {
            turns().wake();
        } catch (LinuxException e) {
            throw new IllegalStateException("a thread that waits for " + name + " can't be woken", e);
        }
    }

    private synchronized Turns turns() throws LinuxException {
        if (turns == null) {
            turns = new Turns(fd, name);
        }
        return turns;
    }

    @Override public MemorySegment map(long offset, long length) throws LinuxException {
        long address = mmap("map of " + name, length, MAP_SHARED, fd, offset);
        return owned(address, length, mappings);
    }

    private static long mmap(String what, long length, int flags, int fd, long offset) throws LinuxException {
        MemorySegment state = Libc.state();
        long address;
        try {
            address = (long) MMAP.invokeExact(state, 0L, length, PROT_READ_WRITE, flags, fd, offset);
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
        if (address == MAP_FAILED) {
            throw Libc.failure(what, Libc.errno(state));
        }
        return address;
    }

    private static void unmap(long address, long length) {
        try {
            int result = (int) MUNMAP.invokeExact(Libc.state(), address, length); // fails for no mapping of ours
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    /** Anonymous, locked memory. */
    static MemorySegment pages(long bytes, Arena arena) throws LinuxException {
        long length = bytes + 4095 & -4096;
        long address;
        if (length % HUGE == 0) {
            try {
                // Shared: a process that is forked would else leave us a copy on the next write, and the device the old pages.
                address = mmap("huge pages", length, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_POPULATE, -1, 0);
                return owned(address, length, arena);
            } catch (LinuxException none) {
                // the kernel has no huge pages set aside: small ones do
            }
        }
        address = mmap("memory for a device", length, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        long at = address;
        try {
            must("lock of " + length + " bytes of memory", s -> (int) MLOCK.invokeExact(s, at, length));
        } catch (LinuxException e) {
            unmap(address, length);
            throw e;
        }
        return owned(address, length, arena);
    }

    private static MemorySegment owned(long address, long length, Arena arena) {
        return MemorySegment.ofAddress(address).reinterpret(length, arena, segment -> unmap(segment.address(), length));
    }

    @Override public synchronized void close() {
        mappings.close();
        if (turns != null) {
            turns.close();
        }
        try {
            int result = (int) CLOSE.invokeExact(Libc.state(), fd); // never again on a failure: Linux has closed it (close(2))
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }
}
