package org.cloudos.drv.file;

import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.RequestRing;

/** A queue over io_uring. A transfer that the kernel did in part goes on where it ended. */
final class RingQueue implements BlockQueue {
    private final FileDevice device;
    private final boolean file;
    private final RequestRing ring;
    private final long[] tags;
    private final Op[] ops;
    private final long[] offsets;
    private final MemorySegment[] memory;
    private final int[] free;
    private int freeCount;
    /** Ends of requests that did not go through the ring. */
    private final long[] endedTags;
    private final BlockStatus[] ends;
    private int ended;
    private Completion sink;
    private int handed;
    private final RequestRing.Completion onEnd = this::end; // made once: complete allocates nothing

    RingQueue(FileDevice device, boolean file, RequestRing ring) {
        this.device = device;
        this.file = file;
        this.ring = ring;
        int depth = ring.entries();
        tags = new long[depth];
        ops = new Op[depth];
        offsets = new long[depth];
        memory = new MemorySegment[depth];
        endedTags = new long[depth];
        ends = new BlockStatus[depth];
        free = new int[depth];
        while (freeCount < depth) {
            free[freeCount] = freeCount++;
        }
    }

    @Override public int depth() {
        return tags.length;
    }

    @Override public int underWay() {
        return tags.length - freeCount + ended;
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment segment, long tag) {
        BlockGeometry geometry = device.geometry();
        boolean transfer = op == Op.READ || op == Op.WRITE || op == Op.WRITE_THROUGH;
        if (transfer) {
            Requests.check(geometry, op, count, segment);
        }
        if (underWay() == tags.length) {
            return false;
        }
        BlockStatus refused = Requests.refusal(geometry, op, block, count);
        if (refused != null) {
            return ended(tag, refused);
        }
        if (!file && (op == Op.DISCARD || op == Op.WRITE_ZEROES)) {
            return ended(tag, Requests.run(device, op, block, count, segment)); // no ring has these for devices
        }
        int slot = free[--freeCount];
        tags[slot] = tag;
        ops[slot] = op;
        offsets[slot] = block * geometry.blockSize();
        memory[slot] = transfer ? segment.asSlice(0, count * geometry.blockSize()) : null;
        if (transfer) {
            start(slot);
        } else if (op == Op.FLUSH) {
            ring.syncData(slot);
        } else {
            ring.punchHole(offsets[slot], count * geometry.blockSize(), slot);
        }
        return true;
    }

    private void start(int slot) {
        if (ops[slot] == Op.READ) {
            ring.read(offsets[slot], memory[slot], slot);
        } else {
            ring.write(offsets[slot], memory[slot], ops[slot] == Op.WRITE_THROUGH, slot);
        }
    }

    private boolean ended(long tag, BlockStatus status) {
        endedTags[ended] = tag;
        ends[ended++] = status;
        return true;
    }

    @Override public int complete(int least, long nanos, Completion to) throws InterruptedException {
        sink = to;
        handed = 0;
        long end = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : System.nanoTime() + nanos;
        try {
            do { // once more when what ended was a part only
                handEnded();
                long left = nanos == Long.MAX_VALUE ? nanos : Math.max(0, end - System.nanoTime());
                ring.complete(Math.max(0, least - handed - ended), left, onEnd);
            } while (handed < least && underWay() > 0 && (nanos == Long.MAX_VALUE || System.nanoTime() < end));
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
        return handed;
    }

    /** Those of now: the sink may submit another that ends at once. */
    private void handEnded() {
        for (int left = ended; left > 0; left--) {
            handed++;
            ended--;
            sink.done(endedTags[ended], ends[ended]);
        }
    }

    private void end(long tag, int result) {
        int slot = (int) tag;
        MemorySegment segment = memory[slot];
        if (segment != null && result > 0 && result < segment.byteSize()) {
            offsets[slot] += result;
            memory[slot] = segment.asSlice(result);
            start(slot);
            return;
        }
        memory[slot] = null;
        free[freeCount++] = slot;
        handed++;
        sink.done(tags[slot], status(slot, segment != null, result));
    }

    private BlockStatus status(int slot, boolean transfer, int result) {
        if (result < 0) {
            BlockStatus status = Failures.status(-result);
            if (ops[slot] == Op.DISCARD && status == BlockStatus.UNSUPPORTED) {
                return BlockStatus.OK; // it is advice only
            }
            return ops[slot] == Op.FLUSH ? device.flushFailed(status) : status;
        }
        if (ops[slot] == Op.FLUSH) {
            return device.flushed();
        }
        return transfer && result == 0 ? BlockStatus.DEVICE_ERROR : BlockStatus.OK;
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
        ring.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
