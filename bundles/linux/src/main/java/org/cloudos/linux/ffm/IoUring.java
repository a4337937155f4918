package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.RequestRing;

/**
 * {@code io_uring(7)}. The kernel reads submissions between head and tail of one ring, and writes completions between head and tail
 * of another; each side moves its own index, with release, after what it covers was written (linux/io_uring.h).
 */
final class IoUring implements RequestRing {
    private static final byte FSYNC = 3, FALLOCATE = 17, READ = 22, WRITE = 23;
    private static final int DATASYNC = 1, RWF_DSYNC = 2, PUNCH_HOLE_KEEP_SIZE = 3;
    // struct io_uring_sqe: 0 opcode(1) · 4 fd(4) · 8 off(8) · 16 addr(8) · 24 len(4) · 28 flags of the operation(4) · 32 user_data(8)
    private static final long SQE = 64, OPCODE = 0, FD = 4, OFF = 8, ADDR = 16, LEN = 24, OP_FLAGS = 28, USER_DATA = 32;
    // struct io_uring_cqe: 0 user_data(8) · 8 res(4) · 12 flags(4)
    private static final long RES = 8;
    private static final int LARGEST = 1 << 30;
    /** An interrupt of a Java thread doesn't end a wait in the kernel: it is looked for so often. */
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(100);
    private static final VarHandle INT = JAVA_INT.varHandle();

    private final Descriptor file;
    private final int fd;
    private final RingMemory ring;
    private final int mask;
    private final long[] tags;
    private final MemorySegment[] memory; // keeps it reachable while the kernel has its address
    private final int[] freeSlots;
    private int free;
    private int tail;
    private int toSubmit;
    private boolean closed;

    IoUring(Descriptor file, int entries) throws LinuxException {
        if (entries < 1 || entries > 4096) {
            throw new IllegalArgumentException("entries: expected 1 to 4096, found " + entries);
        }
        this.file = file;
        fd = file.enter("io_uring"); // the file stays open as long as the ring
        try {
            ring = RingMemory.setUp(entries);
        } catch (LinuxException | RuntimeException | Error e) {
            file.leave();
            throw e;
        }
        int count = ring.submissions();
        mask = count - 1;
        tags = new long[count];
        memory = new MemorySegment[count];
        freeSlots = new int[count];
        while (free < count) {
            freeSlots[free] = free++;
        }
        tail = (int) INT.get(ring.queue(), ring.tail());
    }

    @Override public int entries() {
        return tags.length;
    }

    @Override public int underWay() {
        return tags.length - free;
    }

    @Override public boolean read(long offset, MemorySegment into, long tag) {
        return add(READ, offset, into, into.address(), length(into), 0, tag);
    }

    @Override public boolean write(long offset, MemorySegment from, boolean through, long tag) {
        return add(WRITE, offset, from, from.address(), length(from), through ? RWF_DSYNC : 0, tag);
    }

    @Override public boolean syncData(long tag) {
        return add(FSYNC, 0, null, 0, 0, DATASYNC, tag);
    }

    @Override public boolean punchHole(long offset, long length, long tag) {
        return add(FALLOCATE, offset, null, length, PUNCH_HOLE_KEEP_SIZE, 0, tag); // addr is the length, len the mode
    }

    private static int length(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("memory: expected native, found a segment on the heap");
        }
        return (int) Math.min(segment.byteSize(), LARGEST);
    }

    private boolean add(byte operation, long offset, MemorySegment segment, long address, int length, int flags, long tag) {
        if (closed) {
            throw new IllegalStateException("the ring of " + file + " is closed");
        }
        if (free == 0) {
            return false;
        }
        int slot = freeSlots[--free];
        tags[slot] = tag;
        memory[slot] = segment;
        MemorySegment entries = ring.entries();
        long at = (tail & mask) * SQE; // as many slots as entries: the one at tail is free
        entries.asSlice(at, SQE).fill((byte) 0);
        entries.set(JAVA_BYTE, at + OPCODE, operation);
        entries.set(JAVA_INT, at + FD, fd);
        entries.set(JAVA_LONG, at + OFF, offset);
        entries.set(JAVA_LONG, at + ADDR, address);
        entries.set(JAVA_INT, at + LEN, length);
        entries.set(JAVA_INT, at + OP_FLAGS, flags);
        entries.set(JAVA_LONG, at + USER_DATA, slot);
        INT.setRelease(ring.queue(), ring.tail(), ++tail);
        toSubmit++;
        return true;
    }

    @Override public void submit() throws LinuxException {
        while (toSubmit > 0) {
            int taken = ring.enter(toSubmit, 0, 0);
            if (taken < 0) {
                if (-taken == Libc.EAGAIN || -taken == Libc.EBUSY) {
                    return; // the next call tries again
                }
                throw Libc.failure("io_uring_enter for " + file, -taken);
            }
            toSubmit -= taken;
        }
    }

    @Override public int complete(int least, long nanos, Completion sink) throws LinuxException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        int wanted = Math.min(least, underWay()), done = hand(sink);
        if (done >= wanted) {
            submit();
            return done + (done == 0 ? hand(sink) : 0);
        }
        long end = System.nanoTime() + nanos;
        while (done < wanted) {
            long left = end - System.nanoTime();
            if (left <= 0 && nanos != Long.MAX_VALUE) {
                submit();
                return done + hand(sink);
            }
            await(wanted - done, nanos == Long.MAX_VALUE ? LONGEST_WAIT : Math.min(left, LONGEST_WAIT));
            done += hand(sink);
            if (done < wanted && Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return done;
    }

    private void await(int count, long nanos) throws LinuxException {
        int taken = ring.enter(toSubmit, count, nanos);
        if (taken >= 0) {
            toSubmit -= taken;
        } else if (-taken != Libc.ETIME && -taken != Libc.EINTR && -taken != Libc.EAGAIN && -taken != Libc.EBUSY) {
            // those come only when nothing was taken
            throw Libc.failure("io_uring_enter for " + file, -taken);
        }
    }

    private int hand(Completion sink) {
        MemorySegment queue = ring.queue();
        int head = (int) INT.get(queue, ring.completionHead()), end = (int) INT.getAcquire(queue, ring.completionTail()), done = 0;
        while (head != end) {
            long at = ring.completions() + (head & ring.completionMask()) * RingMemory.CQE;
            int slot = (int) queue.get(JAVA_LONG, at), result = queue.get(JAVA_INT, at + RES);
            long tag = tags[slot];
            memory[slot] = null;
            freeSlots[free++] = slot;
            INT.setRelease(queue, ring.completionHead(), ++head);
            done++;
            sink.done(tag, result);
        }
        return done;
    }

    @Override public void close() {
        if (closed) {
            return;
        }
        boolean interrupted = false;
        try {
            while (underWay() > 0) {
                try {
                    complete(underWay(), LONGEST_WAIT, (tag, result) -> { });
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (LinuxException e) {
            throw new IllegalStateException("requests of " + file + " can't be waited for: their memory must stay", e);
        } finally {
            closed = true;
            ring.close();
            file.leave();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
