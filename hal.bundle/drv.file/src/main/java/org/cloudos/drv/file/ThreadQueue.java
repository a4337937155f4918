package org.cloudos.drv.file;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/** A queue for kernels without io_uring: threads that make blocking calls. They are platform threads, since a system call keeps its carrier. */
final class ThreadQueue implements BlockQueue {
    private static final int MOST_THREADS = 8;

    private final FileDevice device;
    private final Slot[] slots;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition submitted = lock.newCondition();
    private final Condition ended = lock.newCondition();
    // Each slot is in one of three: free, waiting, done; or with a thread. All guarded by lock.
    private final Ring free, waiting, done;
    private final Thread[] threads;
    private boolean closed;

    private static final class Slot {
        private Op op;
        private long block, count, tag;
        private MemorySegment memory;
        private BlockStatus end;
    }

    private static final class Ring {
        private final Slot[] items;
        private int first, count;

        Ring(int size) {
            items = new Slot[size];
        }

        void put(Slot slot) {
            items[(first + count++) % items.length] = slot;
        }

        Slot take() {
            Slot slot = items[first];
            first = (first + 1) % items.length;
            count--;
            return slot;
        }
    }

    ThreadQueue(FileDevice device, int depth) {
        this.device = device;
        slots = new Slot[depth];
        free = new Ring(depth);
        waiting = new Ring(depth);
        done = new Ring(depth);
        for (int i = 0; i < depth; i++) {
            slots[i] = new Slot();
            free.put(slots[i]);
        }
        threads = new Thread[Math.min(depth, MOST_THREADS)];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().daemon().name(device.name() + " queue " + i).start(this::work);
        }
    }

    @Override public int depth() {
        return slots.length;
    }

    @Override public int underWay() {
        lock.lock();
        try {
            return slots.length - free.count;
        } finally {
            lock.unlock();
        }
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
        boolean transfer = op == Op.READ || op == Op.WRITE || op == Op.WRITE_THROUGH;
        if (transfer) {
            Requests.check(device.geometry(), op, count, memory);
            if (!memory.isAccessibleBy(threads[0])) {
                throw new IllegalArgumentException("memory: expected of an arena that all threads may use, found one of a single thread");
            }
        }
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the queue of " + device.name() + " is closed");
            }
            if (free.count == 0) {
                return false;
            }
            Slot slot = free.take();
            slot.op = op;
            slot.block = block;
            slot.count = count;
            slot.tag = tag;
            slot.memory = transfer ? memory.asSlice(0, count * device.geometry().blockSize()) : null;
            waiting.put(slot);
            submitted.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        lock.lock();
        try {
            while (true) {
                while (waiting.count == 0) {
                    if (closed) {
                        return;
                    }
                    submitted.awaitUninterruptibly();
                }
                Slot slot = waiting.take();
                lock.unlock();
                BlockStatus end = BlockStatus.DEVICE_ERROR;
                try {
                    end = Requests.run(device, slot.op, slot.block, slot.count, slot.memory);
                } finally {
                    lock.lock();
                    slot.end = end;
                    done.put(slot);
                    ended.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override public int complete(int least, long nanos, Completion sink) throws InterruptedException {
        int handed = 0;
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (true) {
                while (done.count > 0) {
                    Slot slot = done.take();
                    long tag = slot.tag;
                    BlockStatus end = slot.end;
                    slot.memory = null;
                    free.put(slot);
                    handed++;
                    sink.done(tag, end);
                }
                if (handed >= least || free.count == slots.length || left <= 0) {
                    return handed;
                }
                left = ended.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override public void close() {
        boolean interrupted = false;
        while (underWay() > 0) {
            try {
                complete(underWay(), TimeUnit.SECONDS.toNanos(1), (tag, status) -> { });
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        lock.lock();
        try {
            closed = true;
            submitted.signalAll();
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
