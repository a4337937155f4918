package org.cloudos.hal.queue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/**
 * A queue of a device as a {@link BlockQueue}: slots, limits of time, and buffers of our own for memory that the device doesn't reach.
 * After a reset of the device all that was under way is submitted again: every request here may be done twice.
 */
public final class RequestQueue implements BlockQueue {
    private static final int PAGE = 4096;
    private static final long LOOK_NS = 500_000_000, REQUEST_NS = TimeUnit.SECONDS.toNanos(30);
    /** A request that was late before so many resets of the device ends as {@code TIMED_OUT}. */
    private static final int MOST_TRIES = 3;

    /** A device's ring of commands. Called under the queue's lock, but for {@link #await} and {@link #wake}. */
    public interface Ring {
        /** Gets each command's end. */
        @FunctionalInterface
        interface Ends {
            void ended(int slot, BlockStatus status);
        }

        /** Commands that can be under way at once. */
        int depth();

        /** Writes a command. @param address of the data for the device; 0 where nothing is transferred */
        void issue(int slot, Slots slots, long address);

        /** Hands what was issued to the device. */
        void ring();

        /** Hands over what ended; names only slots that are under way. @return how many */
        int poll(Ends ends);

        /** Before {@link #await}: the device is to interrupt at the next end. @return false when something ended meanwhile, so that nobody need wait */
        default boolean arm() {
            return true;
        }

        /** After it, and when {@link #arm} is false: no interrupts. */
        default void disarm() { }

        /** Waits for the device's interrupt. */
        void await(long nanos) throws InterruptedException;

        /** Lets the waiting thread go. */
        void wake();

        /** Memory goes; the device has forgotten the ring. */
        void free();
    }

    /** How the device is; thread-safe. */
    public interface Health {
        /** Commands may be given. */
        boolean isUsable();

        /** It will not come back: {@code GONE} or {@code DEVICE_ERROR}; else null. */
        BlockStatus end();

        /** Called now and then while a queue waits: is the device well, is a command late? */
        void look(RequestQueue queue);

        /** The queue's user is done with it. */
        void release(RequestQueue queue);

        /** Where the queues of the device count what they did: always the same. */
        Traffic traffic();
    }

    private final BlockGeometry geometry;
    private final Ring ring;
    private final Health health;
    private final Traffic traffic;
    private final Dma dma;
    /** Guards the ring, the slots and all below against the device's reset. */
    final ReentrantLock lock = new ReentrantLock();
    private final Ring.Ends ends = this::ended;
    private final Slots slots;
    private final DmaMemory[] buffers;
    private final boolean[] buffered; // the slot's transfer goes through its buffer
    private final int[] tries; // resets of the device that the slot's request was late before
    private Completion sink;
    private int handed;
    private int hopeless; // slots with MOST_TRIES
    private boolean closed;
    private long looked; // the waiting thread's, as the next
    private final Patience patience = new Patience();

    public RequestQueue(BlockGeometry geometry, Ring ring, Health health, Dma dma) {
        this.geometry = geometry;
        this.ring = ring;
        this.health = health;
        traffic = health.traffic();
        this.dma = dma;
        slots = new Slots(ring.depth());
        buffers = new DmaMemory[ring.depth()];
        buffered = new boolean[ring.depth()];
        tries = new int[ring.depth()];
    }

    BlockGeometry geometry() {
        return geometry;
    }

    @Override public int depth() {
        return slots.depth();
    }

    @Override public int underWay() {
        lock.lock();
        try {
            return slots.underWay();
        } finally {
            lock.unlock();
        }
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
        Requests.check(geometry, op, block, count, memory);
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the queue is closed");
            }
            int slot = slots.take(op, block, count, memory, tag, System.nanoTime() + REQUEST_NS);
            if (slot == Slots.NONE) {
                return false;
            }
            boolean submitted = false;
            try {
                if (health.isUsable()) {
                    issue(slot);
                }
                submitted = true;
            } finally {
                if (!submitted) {
                    slots.release(slot); // no memory for its transfer
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void issue(int slot) {
        Op op = slots.op(slot);
        long address = 0;
        if (Requests.transfers(op)) {
            MemorySegment memory = slots.memory(slot);
            address = dma.address(memory);
            buffered[slot] = address == -1 || (address & geometry.alignment() - 1) != 0;
            if (buffered[slot]) {
                DmaMemory buffer = buffer(slot);
                if (op != Op.READ) {
                    MemorySegment.copy(memory, 0, buffer.memory(), 0, memory.byteSize());
                }
                address = buffer.address();
            }
        }
        ring.issue(slot, slots, address);
    }

    private DmaMemory buffer(int slot) {
        if (buffers[slot] == null) {
            try {
                buffers[slot] = dma.allocate(geometry.maxTransfer(), PAGE);
            } catch (IOException e) {
                throw new IllegalStateException("no memory for a transfer: " + e.getMessage(), e);
            }
        }
        return buffers[slot];
    }

    @Override public int complete(int least, long nanos, Completion to) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        int found = poll(to);
        if (found >= least || underWay() == 0) {
            return found;
        }
        long begin = System.nanoTime();
        looked = begin;
        while (found < least && underWay() > 0 && pause(begin, nanos)) {
            found += poll(to);
        }
        patience.waited(System.nanoTime() - begin);
        return found;
    }

    /** Of the thread in {@link #pause}: what it waited for came. */
    void came(long begin) {
        patience.waited(System.nanoTime() - begin);
    }

    /** Spins at first, then waits for the interrupt; for one thread at a time. @return false when the time is over */
    boolean pause(long begin, long nanos) throws InterruptedException {
        long now = System.nanoTime();
        long waited = now - begin;
        if (waited >= nanos) {
            return false;
        }
        if (waited < patience.nanos()) {
            Thread.onSpinWait();
            return true;
        }
        if (arm()) {
            try {
                ring.await(Math.min(nanos - waited, LOOK_NS));
            } finally {
                disarm();
            }
        }
        if (now - looked > LOOK_NS / 2) { // a register's read takes longer than all the rest
            health.look(this);
            looked = System.nanoTime();
        }
        return true;
    }

    /** Others may be polling, and what the ring asks for must be where they are; one that is closed has no memory to say it in. */
    private boolean arm() {
        lock.lock();
        try {
            if (!health.isUsable() || ring.arm()) {
                return true;
            }
            ring.disarm();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void disarm() {
        lock.lock();
        try {
            if (health.isUsable()) {
                ring.disarm();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets the thread go that is in {@link #pause}. */
    void wake() {
        ring.wake();
    }

    int poll(Completion to) {
        lock.lock();
        try {
            sink = to;
            handed = 0;
            if (health.isUsable()) {
                ring.ring();
                ring.poll(ends);
                giveUp();
                ring.ring(); // what the sink submitted
            } else {
                BlockStatus end = health.end();
                for (int slot = 0; end != null && slot < slots.depth(); slot++) {
                    if (slots.isTaken(slot)) {
                        hand(slot, end);
                    }
                }
            }
            return handed;
        } finally {
            sink = null;
            lock.unlock();
        }
    }

    /** The device has forgotten them at its reset. */
    private void giveUp() {
        for (int slot = 0; hopeless > 0 && slot < slots.depth(); slot++) {
            if (slots.isTaken(slot) && tries[slot] >= MOST_TRIES) {
                hopeless--;
                hand(slot, BlockStatus.TIMED_OUT);
            }
        }
    }

    private void ended(int slot, BlockStatus status) {
        if (status == BlockStatus.OK && slots.op(slot) == Op.READ && buffered[slot] && !isCopied(slot)) {
            hand(slot, BlockStatus.DEVICE_ERROR);
            return;
        }
        if (status == BlockStatus.OK) {
            traffic.ended(slots.op(slot), slots.count(slot) * geometry.blockSize());
        }
        hand(slot, status);
    }

    /** @return false when its user took the memory away too early: his own trouble, not that of the ring */
    private boolean isCopied(int slot) {
        MemorySegment memory = slots.memory(slot);
        try {
            MemorySegment.copy(buffers[slot].memory(), 0, memory, 0, memory.byteSize());
            return true;
        } catch (IllegalStateException | WrongThreadException e) {
            return false;
        }
    }

    private void hand(int slot, BlockStatus status) {
        long tag = slots.tag(slot);
        slots.release(slot);
        tries[slot] = 0;
        handed++;
        if (sink != null) {
            sink.done(tag, status);
        }
    }

    /** A request that is late, or {@link Slots#NONE}. */
    public int late(long now) {
        lock.lock();
        try {
            return slots.late(now);
        } finally {
            lock.unlock();
        }
    }

    /** The request in this slot is late so many nanoseconds from now. */
    public void due(int slot, long nanos) {
        lock.lock();
        try {
            if (slots.isTaken(slot)) {
                slots.extend(slot, System.nanoTime() + nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** For the device's reset: nobody submits or polls until {@link #leave}. */
    public void enter() {
        lock.lock();
    }

    /** @param again the ring is new and empty on the device: submits all that was under way, but what was late too often */
    public void leave(boolean again) {
        try {
            if (again) {
                long now = System.nanoTime();
                for (int slot = 0; slot < slots.depth(); slot++) {
                    if (slots.isTaken(slot) && tries[slot] < MOST_TRIES) {
                        again(slot, now);
                    }
                }
                ring.ring();
            }
        } finally {
            lock.unlock();
        }
        ring.wake();
    }

    private void again(int slot, long now) {
        if (slots.isLate(slot, now) && ++tries[slot] == MOST_TRIES) {
            hopeless++;
        } else {
            slots.extend(slot, now + REQUEST_NS);
            issue(slot);
        }
    }

    @Override public void close() {
        while (underWay() > 0) {
            try {
                complete(underWay(), REQUEST_NS, (tag, status) -> { });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                poll((tag, status) -> { });
                Thread.onSpinWait();
            }
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        health.release(this);
    }

    /** For a device whose queues outlive their users: open again. */
    public RequestQueue reopened() {
        lock.lock();
        try {
            closed = false;
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** The device reaches nothing of it any more. */
    public void free() {
        ring.free();
        freeBuffers();
    }

    /** The same, where the ring outlives the queue. */
    public void freeBuffers() {
        for (int i = 0; i < buffers.length; i++) {
            if (buffers[i] != null) {
                dma.free(buffers[i]);
                buffers[i] = null;
            }
        }
    }
}
