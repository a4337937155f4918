package org.cloudos.fs.block;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/** Counts what goes through a queue. Requests get a slot's number as their tag while they are under way. */
final class MeteredQueue implements BlockQueue {
    private final BlockQueue queue;
    private final Meter meter;
    private final int blockSize;
    private final long[] tags, since, bytes;
    private final Op[] ops;
    private final int[] free;
    private int freeCount;

    MeteredQueue(BlockQueue queue, Meter meter, int blockSize) {
        this.queue = queue;
        this.meter = meter;
        this.blockSize = blockSize;
        int depth = queue.depth();
        tags = new long[depth];
        since = new long[depth];
        bytes = new long[depth];
        ops = new Op[depth];
        free = new int[depth];
        Arrays.setAll(free, i -> i);
        freeCount = depth;
    }

    @Override public int depth() {
        return queue.depth();
    }

    @Override public int underWay() {
        return queue.underWay();
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
        if (freeCount == 0) {
            return false;
        }
        int slot = free[freeCount - 1];
        if (!queue.submit(op, block, count, memory, slot)) {
            return false;
        }
        freeCount--;
        tags[slot] = tag;
        ops[slot] = op;
        bytes[slot] = count * blockSize;
        since[slot] = meter.begin();
        return true;
    }

    @Override public int complete(int least, long nanos, Completion sink) throws InterruptedException {
        return queue.complete(least, nanos, (tag, status) -> {
            int slot = (int) tag;
            meter.end(ops[slot], bytes[slot], status == BlockStatus.OK, since[slot]);
            free[freeCount++] = slot;
            sink.done(tags[slot], status);
        });
    }

    @Override public void close() {
        boolean interrupted = false;
        while (queue.underWay() > 0) {
            try {
                complete(queue.underWay(), Long.MAX_VALUE, (tag, status) -> { });
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        queue.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
