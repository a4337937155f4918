package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseQueues;

/**
 * A thread of {@link FuseRings}: one entry of a queue, by an io_uring of its own. One system call sends the reply and waits for the next request:
 * the command completes with it (linux/fuse.h, enum fuse_uring_cmd).
 */
final class FuseRing implements FuseQueues.Slot {
    private static final byte POLL_ADD = 6, URING_CMD = 46;
    private static final int POLLIN = 1;
    private static final long REQUEST = 0, END = 1; // what completions are of
    private static final int REGISTER = 1, COMMIT_AND_FETCH = 2;
    // struct io_uring_sqe: 0 opcode(1) · 4 fd(4) · 8 cmd_op(4) · 16 addr(8) · 24 len(4) · 48 struct fuse_uring_cmd_req, that:
    // 0 flags(8) · 8 commit_id(8) · 16 qid(2)
    private static final long OPCODE = 0, FD = 4, CMD_OP = 8, ADDR = 16, LEN = 24, POLL_EVENTS = 28, USER_DATA = 32, COMMIT_ID = 56, QID = 64;
    private static final int HEADERS = 288, ENTRY_COMMIT_ID = 264, ENTRY_PAYLOAD = 272, OUT_HEADER = 16, RES = 8;
    private static final int ECONNABORTED = 103, ENOTCONN = 107;
    private static final int CPU_MASK = 1024; // bytes: 8192 processors, as many as Linux can be built for
    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final MethodHandle AFFINITY = Libc.link("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

    private final FuseRings all;
    private final int device;
    private final int queue;
    private final long memorySize;
    private final Thread thread;
    private final CompletableFuture<Void> made = new CompletableFuture<>(), registered = new CompletableFuture<>();
    private MemorySegment headers, memory, vectors;
    private RingMemory ring;
    private int tail, toSubmit;
    private volatile boolean busy; // a server has the slot

    FuseRing(FuseRings all, int device, int queue, int largest, String name) {
        this.all = all;
        this.device = device;
        this.queue = queue;
        memorySize = FuseQueues.PAYLOAD + (long) largest;
        thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    @Override public MemorySegment headers() {
        return headers;
    }

    @Override public MemorySegment memory() {
        return memory;
    }

    boolean busy() {
        return busy;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /** Waits until the ring is there. */
    void made() throws LinuxException {
        result(made);
    }

    /** Waits until the kernel has taken the entry. */
    void registered() throws LinuxException {
        result(registered);
    }

    private static void result(CompletableFuture<Void> step) throws LinuxException {
        try {
            step.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LinuxException refused) {
                throw refused;
            }
            throw e;
        }
    }

    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (Arena arena = Arena.ofShared()) { // devices use it
            headers = arena.allocate(HEADERS, 8);
            memory = RingMemory.anonymous(memorySize, arena);
            vectors = arena.allocate(32, 8);
            vectors.set(JAVA_LONG, 0, headers.address());
            vectors.set(JAVA_LONG, 8, HEADERS);
            vectors.set(JAVA_LONG, 16, memory.address() + FuseQueues.PAYLOAD);
            vectors.set(JAVA_LONG, 24, memorySize - FuseQueues.PAYLOAD);
            ring = RingMemory.forCommands(2);
            try {
                tail = (int) INT.get(ring.queue(), ring.tail());
                hold();
                made.complete(null);
                if (all.mayRegister()) {
                    serve();
                }
            } finally {
                ring.close();
            }
        } catch (LinuxException | RuntimeException | Error e) {
            made.completeExceptionally(e);
            registered.completeExceptionally(e);
        } catch (InterruptedException e) {
            registered.completeExceptionally(new LinuxException("queue of FUSE", Libc.EINTR, "interrupted")); // nobody does
        }
    }

    /** The program that waits for an answer is on this processor, and goes on there. Where it may not be held, it answers from elsewhere. */
    private void hold() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(CPU_MASK);
            mask.set(JAVA_BYTE, queue / 8, (byte) (1 << queue % 8));
            Descriptor.call(state -> (int) AFFINITY.invokeExact(state, 0, (long) CPU_MASK, mask));
        }
    }

    private void serve() throws LinuxException, InterruptedException {
        MemorySegment end = entry(POLL_ADD, all.end());
        end.set(JAVA_INT, POLL_EVENTS, POLLIN);
        end.set(JAVA_LONG, USER_DATA, END);
        MemorySegment first = command(REGISTER, 0);
        first.set(JAVA_LONG, ADDR, vectors.address());
        first.set(JAVA_INT, LEN, 2);
        while (toSubmit > 0) {
            enter(0);
        }
        if (completed()) { // a request may have come, too
            int result = ring.queue().get(JAVA_INT, completion() + RES);
            if (result < 0 && -result != ENOTCONN && -result != ECONNABORTED) { // those: unmounted already
                throw Libc.failure("queue " + queue + " of FUSE over io_uring", -result);
            }
        }
        registered.complete(null);
        Function<FuseQueues.Slot, Runnable> server = null;
        Runnable answer = null;
        while (next()) {
            long id = headers.get(JAVA_LONG, ENTRY_COMMIT_ID);
            Function<FuseQueues.Slot, Runnable> wanted = server();
            if (wanted == null) {
                return;
            }
            if (wanted != server) {
                server = wanted;
                answer = wanted.apply(this);
            }
            try {
                answer.run();
            } catch (RuntimeException | Error e) {
                fail(id);
            } finally {
                busy = false;
            }
            command(COMMIT_AND_FETCH, id);
        }
    }

    /** Who answers, and {@link FuseRings#pause} waits for it; null when there will be nobody. */
    private Function<FuseQueues.Slot, Runnable> server() throws InterruptedException {
        do {
            busy = true; // before the look: pause takes the server away, and then looks for who is busy
            Function<FuseQueues.Slot, Runnable> server = all.server();
            if (server != null) {
                return server;
            }
            busy = false;
        } while (all.awaitServer());
        return null;
    }

    /** What the server left unanswered is answered with EIO: a program waits. */
    private void fail(long id) {
        headers.set(JAVA_INT, 0, OUT_HEADER);
        headers.set(JAVA_INT, 4, -Libc.EIO);
        headers.set(JAVA_LONG, 8, id);
        headers.set(JAVA_INT, ENTRY_PAYLOAD, 0);
    }

    private MemorySegment command(int what, long id) {
        MemorySegment entry = entry(URING_CMD, device);
        entry.set(JAVA_INT, CMD_OP, what);
        entry.set(JAVA_LONG, USER_DATA, REQUEST);
        entry.set(JAVA_LONG, COMMIT_ID, id);
        entry.set(JAVA_SHORT, QID, (short) queue);
        return entry;
    }

    /** The next entry of the ring, which has room for both that are ever under way; {@link #enter} hands it over. */
    private MemorySegment entry(byte operation, int fd) {
        MemorySegment entry = ring.entries().asSlice((tail & ring.submissions() - 1) * RingMemory.LARGE_SQE, RingMemory.LARGE_SQE).fill((byte) 0);
        entry.set(JAVA_BYTE, OPCODE, operation);
        entry.set(JAVA_INT, FD, fd);
        tail++;
        toSubmit++;
        return entry;
    }

    /** Sends the reply, if there is one, and waits. @return false at the end: unmounted, aborted, or closed */
    private boolean next() throws LinuxException {
        while (toSubmit > 0 || !completed()) {
            enter(1);
        }
        MemorySegment queue = ring.queue();
        long at = completion();
        boolean request = queue.get(JAVA_LONG, at) == REQUEST && queue.get(JAVA_INT, at + RES) >= 0;
        INT.setRelease(queue, ring.completionHead(), (int) INT.get(queue, ring.completionHead()) + 1);
        return request;
    }

    private void enter(int least) throws LinuxException {
        INT.setRelease(ring.queue(), ring.tail(), tail);
        int taken = ring.enter(toSubmit, least, 0);
        if (taken >= 0) {
            toSubmit -= taken;
        } else if (-taken != Libc.EINTR && -taken != Libc.EAGAIN && -taken != Libc.EBUSY) {
            throw Libc.failure("io_uring_enter for FUSE", -taken);
        }
    }

    private boolean completed() {
        return (int) INT.get(ring.queue(), ring.completionHead()) != (int) INT.getAcquire(ring.queue(), ring.completionTail());
    }

    /** Where the next completion lies: struct io_uring_cqe: 0 user_data(8) · 8 res(4). */
    private long completion() {
        return ring.completions() + ((int) INT.get(ring.queue(), ring.completionHead()) & ring.completionMask()) * RingMemory.CQE;
    }
}
