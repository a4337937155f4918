package org.cloudos.fs.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.block.IoPolicy;

/**
 * Sends requests to a device in the order that a policy gives, from one thread with one queue of the device. Small neighbours in that order
 * go as one, through memory of its own.
 */
final class Dispatcher implements AutoCloseable {
    private static final int DEPTH = 32, MERGE_BYTES = 1 << 17, MERGE_MOST = 32;
    private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(2);

    private final BlockDevice device;
    private final Meter meter;
    private final BlockQueue queue;
    private final Arena arena = Arena.ofShared();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final IoPolicy.Order order; // guarded by lock
    private boolean closed; // guarded by lock
    private final Thread thread;
    // Of the thread alone: groups under way by their tag, and memory for merged ones.
    private final List<List<Task>> groups = new ArrayList<>();
    private final MemorySegment[] buffers;
    private final int blockSize;
    private Task next; // taken from the order, but not sent yet

    Dispatcher(BlockDevice device, IoPolicy policy, Meter meter) throws BlockException {
        this.device = device;
        this.meter = meter;
        BlockGeometry g = device.geometry();
        blockSize = g.blockSize();
        order = policy.order();
        queue = device.queue(DEPTH);
        buffers = new MemorySegment[queue.depth()];
        for (int i = 0; i < buffers.length; i++) {
            groups.add(null);
        }
        thread = Thread.ofPlatform().daemon().name("block " + device.name()).start(this::run);
    }

    /** @throws IllegalArgumentException for memory that the device's thread can't use */
    void check(Task t) {
        if (t.memory != null && t.op() != Op.FLUSH && !t.memory.isAccessibleBy(thread)) {
            throw new IllegalArgumentException("memory: expected of an arena that all threads may use, found one of a single thread");
        }
    }

    boolean canTake(MemorySegment memory) {
        return memory.isNative() && memory.isAccessibleBy(thread) && (memory.address() & device.geometry().alignment() - 1) == 0;
    }

    void add(Task task) {
        lock.lock();
        try {
            if (!closed) {
                order.add(task);
                added.signal();
                return;
            }
        } finally {
            lock.unlock();
        }
        task.end(BlockStatus.GONE);
    }

    int waiting() {
        lock.lock();
        try {
            return order.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                while (queue.underWay() < queue.depth()) {
                    List<Task> group = take(queue.underWay() == 0);
                    if (group == null) {
                        return;
                    }
                    if (group.isEmpty()) {
                        break;
                    }
                    send(group);
                }
                queue.complete(1, SLICE, this::ended); // a short wait: what comes meanwhile is sent too
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            queue.close();
            arena.close();
        }
    }

    /** @return null at the end; empty when nothing waits */
    private List<Task> take(boolean wait) {
        lock.lock();
        try {
            while (next == null && order.size() == 0) {
                if (closed) {
                    return queue.underWay() == 0 ? null : List.of();
                }
                if (!wait) {
                    return List.of();
                }
                added.awaitUninterruptibly();
            }
            List<Task> group = new ArrayList<>(1);
            Task first = next != null ? next : (Task) order.next(System.nanoTime());
            next = null;
            group.add(first);
            long end = first.block() + first.count(), bytes = first.count() * blockSize;
            while (mergeable(first) && group.size() < MERGE_MOST && order.size() > 0) {
                Task t = (Task) order.next(System.nanoTime());
                if (t.op() != first.op() || t.block() != end || bytes + t.count() * blockSize > MERGE_BYTES) {
                    next = t;
                    break;
                }
                group.add(t);
                end += t.count();
                bytes += t.count() * blockSize;
            }
            return group;
        } finally {
            lock.unlock();
        }
    }

    private boolean mergeable(Task t) {
        return (t.op() == Op.READ || t.op() == Op.WRITE) && t.count() * blockSize < MERGE_BYTES;
    }

    private void send(List<Task> group) {
        int slot = groups.indexOf(null);
        Task first = group.getFirst();
        long count = group.stream().mapToLong(Task::count).sum();
        MemorySegment memory = first.memory;
        if (group.size() > 1) {
            meter.merged.add(group.size() - 1L);
            if (buffers[slot] == null) {
                buffers[slot] = arena.allocate(MERGE_BYTES, Math.max(8, device.geometry().alignment()));
            }
            memory = buffers[slot].asSlice(0, count * blockSize);
            if (first.op() == Op.WRITE) {
                copy(group, memory, true);
            }
        }
        groups.set(slot, group);
        try {
            queue.submit(first.op(), first.block(), count, memory, slot);
        } catch (IllegalArgumentException e) {
            groups.set(slot, null);
            group.forEach(t -> t.end(BlockStatus.OUT_OF_RANGE));
        }
    }

    private void copy(List<Task> group, MemorySegment memory, boolean into) {
        long at = 0;
        for (Task t : group) {
            long bytes = t.count() * blockSize;
            MemorySegment.copy(into ? t.memory : memory, into ? 0 : at, into ? memory : t.memory, into ? at : 0, bytes);
            at += bytes;
        }
    }

    private void ended(long tag, BlockStatus status) {
        List<Task> group = groups.set((int) tag, null);
        if (group.size() > 1 && status == BlockStatus.OK && group.getFirst().op() == Op.READ) {
            copy(group, buffers[(int) tag], false);
        }
        group.forEach(t -> t.end(status));
    }

    /** What waits is done; then the thread ends. */
    @Override public void close() {
        lock.lock();
        try {
            closed = true;
            added.signal();
        } finally {
            lock.unlock();
        }
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
}
