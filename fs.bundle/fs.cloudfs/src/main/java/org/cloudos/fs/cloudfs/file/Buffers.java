package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import org.cloudos.fs.cloudfs.format.Layout;

/** Native buffers of 1 MiB that are used again. Thread-safe; never waits. */
public final class Buffers {
    public static final int BYTES = Layout.EXTENT_BLOCKS * Layout.BLOCK;
    private final ArrayBlockingQueue<MemorySegment> idle = new ArrayBlockingQueue<>(4);

    public MemorySegment take() {
        MemorySegment buffer = idle.poll();
        return buffer != null ? buffer : Arena.ofAuto().allocate(BYTES, Layout.BLOCK);
    }

    public void give(MemorySegment buffer) {
        if (!idle.offer(buffer)) {
            return; // more at once than usual: the collector takes it
        }
    }
}
