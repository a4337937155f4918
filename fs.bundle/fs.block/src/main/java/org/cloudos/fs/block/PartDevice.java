package org.cloudos.fs.block;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/** A part of a device, as a device: no request gets out of it. */
final class PartDevice implements BlockDevice {
    private final String name;
    private final BlockDevice whole;
    private final long first;
    private final long blocks;

    PartDevice(String name, BlockDevice whole, long first, long blocks) {
        this.name = name;
        this.whole = whole;
        this.first = first;
        this.blocks = blocks;
    }

    @Override public String name() {
        return name;
    }

    @Override public BlockGeometry geometry() {
        BlockGeometry g = whole.geometry();
        return new BlockGeometry(g.blockSize(), g.physicalBlock(), blocks, g.maxTransfer(), g.alignment(), g.readOnly(), g.volatileCache(), g.fua(),
                g.discard(), g.rotational());
    }

    private long at(long block, long count) throws BlockException {
        if (block < 0 || count < 0 || block > blocks - count) {
            throw new BlockException(name, count + " blocks at " + block, BlockStatus.OUT_OF_RANGE, "it has " + blocks + " blocks", null);
        }
        return first + block;
    }

    private long count(MemorySegment memory) {
        return Math.ceilDiv(memory.byteSize(), whole.geometry().blockSize());
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        whole.read(at(block, count(into)), into);
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        whole.write(at(block, count(from)), from);
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        whole.writeThrough(at(block, count(from)), from);
    }

    @Override public void flush() throws BlockException {
        whole.flush();
    }

    @Override public void discard(long block, long count) throws BlockException {
        whole.discard(at(block, count), count);
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        whole.writeZeroes(at(block, count), count);
    }

    @Override public BlockQueue queue(int depth) throws BlockException {
        return new PartQueue(whole.queue(depth), first, blocks);
    }

    /** Ranges that don't fit are sent behind the device's end, which refuses them as it should. */
    private record PartQueue(BlockQueue queue, long first, long blocks) implements BlockQueue {
        @Override public int depth() {
            return queue.depth();
        }

        @Override public int underWay() {
            return queue.underWay();
        }

        @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
            boolean fits = op == Op.FLUSH || block >= 0 && count >= 0 && block <= blocks - count;
            return queue.submit(op, op == Op.FLUSH ? 0 : fits ? first + block : Long.MAX_VALUE - count, count, memory, tag);
        }

        @Override public int complete(int least, long nanos, Completion sink) throws InterruptedException {
            return queue.complete(least, nanos, sink);
        }

        @Override public void close() {
            queue.close();
        }
    }
}
