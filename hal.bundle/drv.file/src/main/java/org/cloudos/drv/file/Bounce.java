package org.cloudos.drv.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.cloudos.hal.block.BlockException;
import org.cloudos.linux.LinuxException;

/** Aligned memory for requests whose own is not: a few buffers, made when needed; who finds none waits. */
final class Bounce implements AutoCloseable {
    static final int SIZE = 1 << 20;
    private static final int BUFFERS = 4;

    private final int alignment;
    private final Arena arena = Arena.ofAuto(); // requests may still run when the device is closed
    private final ConcurrentLinkedQueue<MemorySegment> free = new ConcurrentLinkedQueue<>();
    private final Semaphore permits = new Semaphore(BUFFERS);

    /** What is done with a buffer. */
    @FunctionalInterface
    interface Use {
        void of(MemorySegment memory) throws BlockException, LinuxException;
    }

    Bounce(int alignment) {
        this.alignment = alignment;
    }

    /** Whether memory can go to the device as it is. */
    boolean fits(MemorySegment memory) {
        return memory.isNative() && (memory.address() & alignment - 1) == 0;
    }

    /** Lends the first {@code bytes} of a buffer. */
    void with(long bytes, Use use) throws BlockException, LinuxException {
        permits.acquireUninterruptibly();
        try {
            MemorySegment buffer = free.poll();
            if (buffer == null) {
                buffer = arena.allocate(SIZE, Math.max(alignment, 8));
            }
            try {
                use.of(buffer.asSlice(0, bytes));
            } finally {
                free.add(buffer);
            }
        } finally {
            permits.release();
        }
    }

    @Override public void close() {
        free.clear();
    }
}
