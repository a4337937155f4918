package org.cloudos.fs.cloudfs.volume;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.cloudfs.format.Layout;

/** Memory for blocks that were written and are not yet on the medium: a bounded number of 4 KiB slots. Thread-safe. */
public final class Slots implements AutoCloseable {
    private static final int STEP = 256;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> free = new ArrayList<>(); // guarded by this
    private final int limit;
    private int made;
    private int taken;

    public Slots(int limit) {
        this.limit = limit;
    }

    /** @return null when all are taken: write some back */
    public synchronized MemorySegment take() {
        if (free.isEmpty()) {
            if (made >= limit) {
                return null;
            }
            MemorySegment step = arena.allocate((long) STEP * Layout.BLOCK, Layout.BLOCK);
            for (int i = STEP - 1; i >= 0; i--) {
                free.add(step.asSlice((long) i * Layout.BLOCK, Layout.BLOCK));
            }
            made += STEP;
        }
        taken++;
        return free.removeLast();
    }

    public synchronized void give(MemorySegment slot) {
        taken--;
        free.add(slot);
    }

    public synchronized int taken() {
        return taken;
    }

    public int limit() {
        return limit;
    }

    @Override public void close() {
        arena.close();
    }
}
