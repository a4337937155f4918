package org.cloudos.drv.ram;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/** Requests are done when they are submitted; a ring keeps how they ended. */
final class RamQueue implements BlockQueue {
    private final RamDisk disk;
    private final long[] tags;
    private final BlockStatus[] ends;
    private int first;
    private int count;

    RamQueue(RamDisk disk, int depth) {
        this.disk = disk;
        tags = new long[depth];
        ends = new BlockStatus[depth];
    }

    @Override public int depth() {
        return tags.length;
    }

    @Override public int underWay() {
        return count;
    }

    @Override public boolean submit(Op op, long block, long blocks, MemorySegment memory, long tag) {
        BlockGeometry geometry = disk.geometry();
        boolean transfer = op == Op.READ || op == Op.WRITE || op == Op.WRITE_THROUGH;
        if (transfer && (blocks < 1 || blocks > geometry.maxTransfer() / geometry.blockSize()
                || memory.byteSize() < blocks * geometry.blockSize())) {
            throw new IllegalArgumentException(op + " of " + blocks + " blocks: expected memory for them and at most " + geometry.maxTransfer() + " bytes");
        }
        if (count == tags.length) {
            return false;
        }
        int slot = (first + count++) % tags.length;
        tags[slot] = tag;
        ends[slot] = disk.run(op, block, blocks, transfer ? slice(memory, blocks * geometry.blockSize()) : null);
        return true;
    }

    private static MemorySegment slice(MemorySegment memory, long bytes) {
        return memory.byteSize() == bytes ? memory : memory.asSlice(0, bytes);
    }

    @Override public int complete(int least, long nanos, Completion sink) {
        int done = 0;
        int most = Math.max(least, count); // what the sink submits has ended at once: there would always be one more
        while (count > 0 && done < most) {
            long tag = tags[first];
            BlockStatus end = ends[first];
            first = (first + 1) % tags.length;
            count--;
            done++;
            sink.done(tag, end);
        }
        return done;
    }

    @Override public void close() {
        count = 0;
    }
}
