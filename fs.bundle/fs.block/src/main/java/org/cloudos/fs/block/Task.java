package org.cloudos.fs.block;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.block.IoPolicy;

/** A request that waits for its turn, and who waits for it. */
final class Task implements IoPolicy.Request {
    final MemorySegment memory;
    final long tag;
    private final Op op;
    private final long block;
    private final long count;
    private final long since = System.nanoTime();
    private final DispatchQueue owner; // null: a caller that waits on ended
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile BlockStatus status;

    Task(Op op, long block, long count, MemorySegment memory, long tag, DispatchQueue owner) {
        this.op = op;
        this.block = block;
        this.count = count;
        this.memory = memory;
        this.tag = tag;
        this.owner = owner;
    }

    @Override public Op op() {
        return op;
    }

    @Override public long block() {
        return block;
    }

    @Override public long count() {
        return count;
    }

    @Override public long since() {
        return since;
    }

    void end(BlockStatus how) {
        status = how;
        ended.countDown();
        if (owner != null) {
            owner.ended(this);
        }
    }

    BlockStatus status() {
        return status;
    }

    /** Waits for the end; an interrupt does not end a request. */
    BlockStatus await() {
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return status;
    }
}
