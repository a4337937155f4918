package org.cloudos.hal.queue;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.cloudos.hal.block.BlockQueue.Op;

/** The requests that a queue has under way, by small numbers that serve as the device's command ids. Allocates nothing after it is made. */
public final class Slots {
    /** Of {@link #take} when none is free. */
    public static final int NONE = -1;
    private final Op[] ops;
    private final long[] blocks;
    private final long[] counts;
    private final MemorySegment[] memories;
    private final long[] tags;
    private final long[] deadlines;
    private final int[] free;
    private int freeCount;

    public Slots(int depth) {
        ops = new Op[depth];
        blocks = new long[depth];
        counts = new long[depth];
        memories = new MemorySegment[depth];
        tags = new long[depth];
        deadlines = new long[depth];
        free = new int[depth];
        for (int i = 0; i < depth; i++) {
            free[i] = depth - 1 - i;
        }
        freeCount = depth;
    }

    public int depth() {
        return free.length;
    }

    public int underWay() {
        return free.length - freeCount;
    }

    /** @param deadline {@link System#nanoTime} when it is late. @return a slot, or {@link #NONE} */
    public int take(Op op, long block, long count, MemorySegment memory, long tag, long deadline) {
        if (freeCount == 0) {
            return NONE;
        }
        int slot = free[--freeCount];
        ops[slot] = op;
        blocks[slot] = block;
        counts[slot] = count;
        memories[slot] = memory;
        tags[slot] = tag;
        deadlines[slot] = deadline;
        return slot;
    }

    public void release(int slot) {
        if (ops[slot] == null) {
            throw new IllegalStateException("slot " + slot + " is free");
        }
        ops[slot] = null;
        memories[slot] = null;
        free[freeCount++] = slot;
    }

    public boolean isTaken(int slot) {
        return ops[slot] != null;
    }

    public Op op(int slot) {
        return ops[slot];
    }

    public long block(int slot) {
        return blocks[slot];
    }

    public long count(int slot) {
        return counts[slot];
    }

    public MemorySegment memory(int slot) {
        return memories[slot];
    }

    public long tag(int slot) {
        return tags[slot];
    }

    /** It gets more time. */
    public void extend(int slot, long deadline) {
        deadlines[slot] = deadline;
    }

    public boolean isLate(int slot, long now) {
        return ops[slot] != null && now - deadlines[slot] >= 0;
    }

    /** A slot that is late, or {@link #NONE}. */
    public int late(long now) {
        if (underWay() == 0) {
            return NONE;
        }
        for (int slot = 0; slot < ops.length; slot++) {
            if (isLate(slot, now)) {
                return slot;
            }
        }
        return NONE;
    }

    @Override public String toString() {
        return underWay() + " of " + free.length + " under way " + Arrays.toString(ops);
    }
}
