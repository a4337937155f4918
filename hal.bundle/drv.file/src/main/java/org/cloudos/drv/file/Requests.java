package org.cloudos.drv.file;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/** What queues have in common. */
final class Requests {
    private Requests() { }

    static void check(BlockGeometry geometry, BlockQueue.Op op, long count, MemorySegment segment) {
        if (count < 1 || count > geometry.maxTransfer() / geometry.blockSize() || segment.byteSize() < count * geometry.blockSize()) {
            throw new IllegalArgumentException(op + " of " + count + " blocks: expected at most " + geometry.maxTransfer()
                    + " bytes and memory for them, found " + segment.byteSize());
        }
        if (!segment.isNative() || (segment.address() & geometry.alignment() - 1) != 0) {
            throw new IllegalArgumentException("memory: expected native and aligned to " + geometry.alignment() + ", found " + segment);
        }
    }

    /** @return null when it can be */
    static BlockStatus refusal(BlockGeometry geometry, BlockQueue.Op op, long block, long count) {
        if (block < 0 || count < 0 || block > geometry.blocks() - count) {
            return BlockStatus.OUT_OF_RANGE;
        }
        return geometry.readOnly() && op != BlockQueue.Op.READ && op != BlockQueue.Op.FLUSH ? BlockStatus.READ_ONLY : null;
    }

    /** Does it, blocking. */
    static BlockStatus run(FileDevice device, BlockQueue.Op op, long block, long count, MemorySegment segment) {
        try {
            switch (op) {
                case READ -> device.read(block, segment);
                case WRITE -> device.write(block, segment);
                case WRITE_THROUGH -> device.writeThrough(block, segment);
                case FLUSH -> device.flush();
                case DISCARD -> device.discard(block, count);
                case WRITE_ZEROES -> device.writeZeroes(block, count);
            }
            return BlockStatus.OK;
        } catch (BlockException e) {
            return e.status();
        }
    }
}
