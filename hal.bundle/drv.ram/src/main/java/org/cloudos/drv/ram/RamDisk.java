package org.cloudos.drv.ram;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/**
 * A block device in memory, which is taken where blocks are written and given back where they are discarded: one of 16 TiB may be small.
 * Reading what was never written gives zeros. Memory on the heap does too.
 */
public final class RamDisk implements BlockDevice, AutoCloseable {
    private static final int MAX_TRANSFER = 1 << 24;

    private final String name;
    private final BlockGeometry geometry;
    private final SparseMemory memory;

    /** @param limit bytes of memory at most; writes fail with {@link BlockStatus#NO_SPACE} at it */
    public RamDisk(String name, int blockSize, long blocks, long limit) {
        this.name = name;
        geometry = new BlockGeometry(blockSize, Math.max(blockSize, 4096), blocks, MAX_TRANSFER, 1, false, false, true, true, false);
        memory = new SparseMemory(geometry.bytes(), limit);
    }

    /** Without a limit but the machine's. */
    public RamDisk(String name, int blockSize, long blocks) {
        this(name, blockSize, blocks, Long.MAX_VALUE);
    }

    @Override public String name() {
        return name;
    }

    @Override public BlockGeometry geometry() {
        return geometry;
    }

    /** Bytes of memory in use. */
    public long used() {
        return memory.used();
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        transfer(BlockQueue.Op.READ, block, into);
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        transfer(BlockQueue.Op.WRITE, block, from);
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        transfer(BlockQueue.Op.WRITE, block, from);
    }

    private void transfer(BlockQueue.Op op, long block, MemorySegment segment) throws BlockException {
        if (segment.byteSize() % geometry.blockSize() != 0) {
            throw new IllegalArgumentException("memory: expected a multiple of " + geometry.blockSize() + " bytes, found " + segment.byteSize());
        }
        check(op, block, segment.byteSize() / geometry.blockSize(), segment);
    }

    @Override public void flush() { }

    @Override public void discard(long block, long count) throws BlockException {
        check(BlockQueue.Op.DISCARD, block, count, null);
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        check(BlockQueue.Op.WRITE_ZEROES, block, count, null);
    }

    private void check(BlockQueue.Op op, long block, long count, MemorySegment segment) throws BlockException {
        BlockStatus status = run(op, block, count, segment);
        if (status != BlockStatus.OK) {
            throw new BlockException(name, op + " of " + count + " blocks at " + block, status);
        }
    }

    /** Does a request at once. */
    BlockStatus run(BlockQueue.Op op, long block, long count, MemorySegment segment) {
        if (block < 0 || count < 0 || block > geometry.blocks() - count) {
            return BlockStatus.OUT_OF_RANGE;
        }
        long offset = block * geometry.blockSize();
        return switch (op) {
            case READ -> memory.read(offset, segment);
            case WRITE, WRITE_THROUGH -> memory.write(offset, segment);
            case DISCARD, WRITE_ZEROES -> memory.clear(offset, count * geometry.blockSize());
            case FLUSH -> BlockStatus.OK;
        };
    }

    @Override public BlockQueue queue(int depth) {
        if (depth < 1 || depth > 4096) {
            throw new IllegalArgumentException("depth: expected 1 to 4096, found " + depth);
        }
        return new RamQueue(this, depth);
    }

    /** Frees the memory; later requests fail with {@link BlockStatus#GONE}. */
    @Override public void close() {
        memory.close();
    }
}
