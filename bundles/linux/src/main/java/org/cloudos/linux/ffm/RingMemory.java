package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.cloudos.linux.LinuxException;

/** A ring's descriptor and the memory that it shares with the kernel: io_uring_setup(2), io_uring_enter(2). */
final class RingMemory {
    private static final long SETUP = 425, ENTER = 426; // on all architectures
    private static final int CLAMP = 1 << 4, SUBMIT_ALL = 1 << 7, COOP_TASKRUN = 1 << 8, SQE128 = 1 << 10, SINGLE_ISSUER = 1 << 12,
            DEFER_TASKRUN = 1 << 13, PARAMS = 120;
    private static final int FEAT_SINGLE_MMAP = 1, FEAT_NODROP = 2, FEAT_EXT_ARG = 1 << 8, NEEDED = FEAT_SINGLE_MMAP | FEAT_NODROP | FEAT_EXT_ARG;
    private static final int GETEVENTS = 1, EXT_ARG = 1 << 3;
    // struct io_uring_params: 0 sq_entries · 4 cq_entries · 8 flags · 20 features · 40 sq_off · 80 cq_off
    // sq_off: 0 head · 4 tail · 8 ring_mask · 24 array; cq_off: 0 head · 4 tail · 8 ring_mask · 20 cqes
    private static final int FLAGS = 8, FEATURES = 20, SQ_TAIL = 44, SQ_ARRAY = 64, CQ_HEAD = 80, CQ_TAIL = 84, CQ_MASK = 88, CQ_CQES = 100;
    static final long CQE = 16, LARGE_SQE = 128;
    private static final long SQE = 64, OFF_SQES = 0x10000000L;
    private static final int PROT_READ_WRITE = 3, MAP_SHARED_POPULATE = 0x8001, MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final MethodHandle SYSCALL_SETUP = Libc.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);
    private static final MethodHandle SYSCALL_ENTER = Libc.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle MMAP = Libc.link("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = Libc.link("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment queue;
    private final MemorySegment entries;
    private final int submissions, tail, completionHead, completionTail, completionMask, completions;
    /** io_uring_getevents_arg: 0 sigmask(8) · 8 size(4) · 16 ts(8), and the struct timespec that ts points to. */
    private final MemorySegment wait = arena.allocate(24, 8), time = arena.allocate(16, 8);

    static RingMemory setUp(int count) throws LinuxException {
        return setUp(count, CLAMP | SUBMIT_ALL | COOP_TASKRUN, CLAMP, SQE); // the others since Linux 5.19
    }

    /** For commands of a device, whose entries are {@link #LARGE_SQE} bytes long; all calls are the calling thread's. Since Linux 6.1. */
    static RingMemory forCommands(int count) throws LinuxException {
        int flags = CLAMP | SUBMIT_ALL | SQE128;
        return setUp(count, flags | SINGLE_ISSUER | DEFER_TASKRUN, flags, LARGE_SQE);
    }

    /** @param otherwise the flags for a kernel that does not know those wanted */
    private static RingMemory setUp(int count, int wanted, int otherwise, long entry) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(PARAMS, 8);
            long fd = setUp(count, params, wanted);
            if (fd == -Libc.EINVAL) {
                fd = setUp(count, params, otherwise);
            }
            if (fd < 0) {
                throw Libc.failure("io_uring_setup", (int) -fd);
            }
            if ((params.get(JAVA_INT, FEATURES) & NEEDED) != NEEDED) {
                Descriptor.closeNow((int) fd);
                throw Libc.failure("io_uring_setup: expected the features of Linux 5.11", Libc.ENOSYS);
            }
            return new RingMemory((int) fd, params, entry);
        }
    }

    private static long setUp(int count, MemorySegment params, int flags) {
        params.fill((byte) 0).set(JAVA_INT, FLAGS, flags);
        return Descriptor.call(state -> (long) SYSCALL_SETUP.invokeExact(state, SETUP, count, params));
    }

    private RingMemory(int fd, MemorySegment params, long entry) throws LinuxException {
        this.fd = fd;
        submissions = params.get(JAVA_INT, 0);
        tail = params.get(JAVA_INT, SQ_TAIL);
        completionHead = params.get(JAVA_INT, CQ_HEAD);
        completionTail = params.get(JAVA_INT, CQ_TAIL);
        completions = params.get(JAVA_INT, CQ_CQES);
        int array = params.get(JAVA_INT, SQ_ARRAY), events = params.get(JAVA_INT, 4);
        try {
            queue = map(Math.max(array + 4L * submissions, completions + CQE * events), 0);
            entries = map(entry * submissions, OFF_SQES);
        } catch (LinuxException e) {
            close();
            throw e;
        }
        completionMask = queue.get(JAVA_INT, params.get(JAVA_INT, CQ_MASK));
        for (int i = 0; i < submissions; i++) {
            queue.set(JAVA_INT, array + 4L * i, i); // entry i of the ring is always submission i
        }
        wait.set(JAVA_LONG, 16, time.address());
    }

    private MemorySegment map(long bytes, long offset) throws LinuxException {
        return map(bytes, MAP_SHARED_POPULATE, fd, offset, arena);
    }

    /** Memory on pages that are there once they are used. */
    static MemorySegment anonymous(long bytes, Arena arena) throws LinuxException {
        return map(bytes, MAP_PRIVATE_ANONYMOUS, -1, 0, arena);
    }

    private static MemorySegment map(long bytes, int flags, int fd, long offset, Arena arena) throws LinuxException {
        MemorySegment state = Libc.state();
        MemorySegment mapped;
        try {
            mapped = (MemorySegment) MMAP.invokeExact(state, MemorySegment.NULL, bytes, PROT_READ_WRITE, flags, fd, offset);
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
        if (mapped.address() == -1) {
            throw Libc.failure("mmap for an io_uring", Libc.errno(state));
        }
        return mapped.reinterpret(bytes, arena, RingMemory::unmap);
    }

    private static void unmap(MemorySegment mapped) {
        Descriptor.call(state -> (int) MUNMAP.invokeExact(state, mapped, mapped.byteSize()));
    }

    /** @return entries taken, or {@code -errno}; {@code nanos} 0 waits as long as it takes */
    int enter(int submit, int least, long nanos) {
        time.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        time.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        boolean bounded = least > 0 && nanos > 0;
        MemorySegment state = Libc.state(), argument = bounded ? wait : MemorySegment.NULL;
        int flags = bounded ? GETEVENTS | EXT_ARG : GETEVENTS;
        long size = bounded ? wait.byteSize() : 0;
        try {
            long result = (long) SYSCALL_ENTER.invokeExact(state, ENTER, fd, submit, least, flags, argument, size);
            return result < 0 ? -Libc.errno(state) : (int) result;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    int submissions() {
        return submissions;
    }

    MemorySegment queue() {
        return queue;
    }

    MemorySegment entries() {
        return entries;
    }

    long tail() {
        return tail;
    }

    long completionHead() {
        return completionHead;
    }

    long completionTail() {
        return completionTail;
    }

    int completionMask() {
        return completionMask;
    }

    long completions() {
        return completions;
    }

    void close() {
        arena.close();
        Descriptor.closeNow(fd);
    }
}
