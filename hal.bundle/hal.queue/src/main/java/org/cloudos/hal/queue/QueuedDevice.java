package org.cloudos.hal.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;

/**
 * The blocking face of a device that has queues: each call borrows one, splits what is too large, keeps as much under way as the queue
 * takes, and waits for all. More callers than queues take turns.
 */
public final class QueuedDevice implements BlockDevice, AutoCloseable {
    /** Requests that one call keeps under way. */
    private static final int DEPTH = 32;
    private static final long FOREVER = TimeUnit.DAYS.toNanos(1);

    /** What the driver gives. */
    public interface Hardware {
        BlockGeometry geometry();

        /** A queue of its own for whoever opens it. */
        BlockQueue open(int depth) throws BlockException;

        /** Why the last request failed, in the device's own words; or empty. */
        default String words() {
            return "";
        }
    }

    private final String name;
    private final Hardware hardware;
    private final Semaphore turns;
    private final ArrayDeque<BlockQueue> idle = new ArrayDeque<>(); // guarded by itself
    private volatile boolean closed;

    /** @param queues that blocking calls may open; they are opened when they are needed */
    public QueuedDevice(String name, int queues, Hardware hardware) {
        this.name = name;
        this.hardware = hardware;
        this.turns = new Semaphore(queues);
    }

    @Override public String name() {
        return name;
    }

    @Override public BlockGeometry geometry() {
        return hardware.geometry();
    }

    @Override public BlockQueue queue(int depth) throws BlockException {
        if (depth < 1 || depth > 4096) {
            throw new IllegalArgumentException("depth: expected 1 to 4096, found " + depth);
        }
        return hardware.open(depth);
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        transfer(Op.READ, block, into);
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        transfer(Op.WRITE, block, from);
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        if (geometry().fua() || !geometry().volatileCache()) {
            transfer(Op.WRITE_THROUGH, block, from);
        } else {
            transfer(Op.WRITE, block, from);
            flush();
        }
    }

    @Override public void flush() throws BlockException {
        if (geometry().volatileCache()) {
            pieces(Op.FLUSH, 0, 0, null, 1);
        }
    }

    @Override public void discard(long block, long count) throws BlockException {
        if (geometry().discard()) {
            ranges(Op.DISCARD, block, count);
        }
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        ranges(Op.WRITE_ZEROES, block, count);
    }

    private void transfer(Op op, long block, MemorySegment memory) throws BlockException {
        BlockGeometry g = geometry();
        if (memory.byteSize() % g.blockSize() != 0) {
            throw new IllegalArgumentException(name + ": expected a multiple of " + g.blockSize() + " bytes, found " + memory.byteSize());
        }
        if (!memory.isNative()) {
            throw new IllegalArgumentException(name + ": expected native memory, found an array's");
        }
        long count = memory.byteSize() / g.blockSize();
        if (count > 0) {
            inside(g, op, block, count);
            pieces(op, block, count, memory, g.maxTransfer() / g.blockSize());
        }
    }

    private void ranges(Op op, long block, long count) throws BlockException {
        if (count > 0) {
            inside(geometry(), op, block, count);
            pieces(op, block, count, null, Requests.MOST_OF_A_RANGE);
        }
    }

    private void inside(BlockGeometry g, Op op, long block, long count) throws BlockException {
        if (block < 0 || count < 0 || block > g.blocks() - count) {
            throw new BlockException(name, Requests.describe(op, block, count), BlockStatus.OUT_OF_RANGE, "it has " + g.blocks(), null);
        }
        BlockStatus refusal = Requests.refusal(g, op);
        if (refusal != BlockStatus.OK) {
            throw new BlockException(name, Requests.describe(op, block, count), refusal);
        }
    }

    private void pieces(Op op, long block, long count, MemorySegment memory, long most) throws BlockException {
        BlockQueue queue = borrow();
        try {
            if (memory == null || !SharedQueue.isShare(queue) || SharedQueue.isForAll(memory)) {
                pieces(queue, op, block, count, memory, most);
                return;
            }
            try (Arena arena = Arena.ofShared()) {
                MemorySegment copy = arena.allocate(memory.byteSize(), 8).copyFrom(memory);
                pieces(queue, op, block, count, copy, most);
                if (op == Op.READ) {
                    memory.copyFrom(copy);
                }
            }
        } finally {
            giveBack(queue);
        }
    }

    private void pieces(BlockQueue queue, Op op, long block, long count, MemorySegment memory, long most) throws BlockException {
        Outcome outcome = new Outcome();
        boolean whole = false;
        try {
            long size = geometry().blockSize();
            long done = 0;
            do {
                long n = Math.min(most, count - done);
                MemorySegment part = memory == null ? null : memory.asSlice(done * size, n * size);
                while (!queue.submit(op, block + done, n, part, 0)) {
                    queue.complete(1, FOREVER, outcome);
                }
                done += n;
            } while (done < count);
            whole = true;
        } catch (InterruptedException e) {
            outcome.interrupted = true;
        } finally {
            drain(queue, outcome);
        }
        if (outcome.interrupted) {
            Thread.currentThread().interrupt();
        }
        if (outcome.worst != BlockStatus.OK || !whole) {
            throw new BlockException(name, Requests.describe(op, block, count), whole ? outcome.worst : BlockStatus.DEVICE_ERROR,
                    whole ? hardware.words() : "interrupted", null);
        }
    }

    /** The memory is the device's until all ended: no interrupt ends that wait. */
    private static void drain(BlockQueue queue, Outcome outcome) {
        while (queue.underWay() > 0) {
            try {
                queue.complete(queue.underWay(), FOREVER, outcome);
            } catch (InterruptedException e) {
                outcome.interrupted = true;
            }
        }
    }

    private static final class Outcome implements BlockQueue.Completion {
        private BlockStatus worst = BlockStatus.OK;
        private boolean interrupted;

        @Override public void done(long tag, BlockStatus status) {
            if (worst == BlockStatus.OK) {
                worst = status;
            }
        }
    }

    private BlockQueue borrow() throws BlockException {
        turns.acquireUninterruptibly();
        synchronized (idle) {
            BlockQueue queue = idle.poll();
            if (queue != null) {
                return queue;
            }
        }
        try {
            if (closed) {
                throw new BlockException(name, "request", BlockStatus.GONE);
            }
            return hardware.open(DEPTH);
        } catch (BlockException | RuntimeException e) {
            turns.release();
            throw e;
        }
    }

    private void giveBack(BlockQueue queue) {
        synchronized (idle) {
            if (closed) {
                queue.close();
            } else {
                idle.push(queue);
            }
        }
        turns.release();
    }

    /** Closes the queues that blocking calls used; calls under way end first. */
    @Override public void close() {
        synchronized (idle) {
            closed = true;
            idle.forEach(BlockQueue::close);
            idle.clear();
        }
    }
}
