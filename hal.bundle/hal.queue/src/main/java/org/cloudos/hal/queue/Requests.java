package org.cloudos.hal.queue;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;

/** Checks of a request before a device sees it. */
public final class Requests {
    /** Blocks of one discard or write of zeros: devices count them in 16 bits. */
    public static final int MOST_OF_A_RANGE = 0xffff;

    private Requests() { }

    /** Whether memory is transferred. */
    public static boolean transfers(Op op) {
        return op == Op.READ || op == Op.WRITE || op == Op.WRITE_THROUGH;
    }

    /** @throws IllegalArgumentException as {@link org.cloudos.hal.block.BlockQueue#submit} says */
    public static void check(BlockGeometry g, Op op, long block, long count, MemorySegment memory) {
        if (op == Op.FLUSH) {
            return;
        }
        if (block < 0 || count < 0 || block > g.blocks() - count) {
            throw new IllegalArgumentException("expected blocks 0 to " + (g.blocks() - 1) + ", found " + count + " from " + block);
        }
        if (!transfers(op)) {
            if (count > MOST_OF_A_RANGE) {
                throw new IllegalArgumentException("expected up to " + MOST_OF_A_RANGE + " blocks of a range, found " + count);
            }
            return;
        }
        if (count == 0 || count * g.blockSize() > g.maxTransfer()) {
            throw new IllegalArgumentException("expected 1 to " + g.maxTransfer() / g.blockSize() + " blocks, found " + count);
        }
        if (memory == null || memory.byteSize() != count * g.blockSize()) {
            throw new IllegalArgumentException("memory: expected " + count * g.blockSize() + " bytes, found "
                    + (memory == null ? "none" : memory.byteSize()));
        }
        if (!memory.isNative() || op == Op.READ && memory.isReadOnly()) {
            throw new IllegalArgumentException("memory: expected native" + (op == Op.READ ? " and writable" : "") + " memory");
        }
    }

    /** Why a device of this geometry can't do it at all, or OK. */
    public static BlockStatus refusal(BlockGeometry g, Op op) {
        return g.readOnly() && op != Op.READ && op != Op.FLUSH ? BlockStatus.READ_ONLY : BlockStatus.OK;
    }

    /** As a message names it. */
    public static String describe(Op op, long block, long count) {
        String name = op.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        return op == Op.FLUSH ? name : name + " of blocks " + block + " to " + (block + count - 1);
    }
}
