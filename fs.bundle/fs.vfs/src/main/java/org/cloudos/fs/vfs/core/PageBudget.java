package org.cloudos.fs.vfs.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** The memory of all page caches together: frames of native memory, taken as needed, never more than the limit. Thread-safe. */
final class PageBudget {
    static final int PAGE = 16 << 10;
    private static final int SLAB = 64;

    /** A frame, and what it holds; guarded by its file's lock. */
    static final class Frame {
        final MemorySegment memory;
        CachedFile file;
        long index;
        boolean dirty;
        /** Used since the hand last came by. */
        volatile boolean used;

        Frame(MemorySegment memory) {
            this.memory = memory;
        }
    }

    private final int limit;
    private final Frame[] frames;
    private final ArrayDeque<Frame> free = new ArrayDeque<>();
    private int made, hand, dirty;

    PageBudget(long bytes) {
        limit = (int) Math.max(SLAB, Math.min(Integer.MAX_VALUE, bytes / PAGE));
        frames = new Frame[limit];
    }

    /** @return null when all are in use: {@link #victim} one */
    synchronized Frame take() {
        if (free.isEmpty() && made < limit) {
            int count = Math.min(SLAB, limit - made);
            MemorySegment slab = Arena.ofAuto().allocate((long) count * PAGE, 4096);
            for (int i = 0; i < count; i++) {
                frames[made] = new Frame(slab.asSlice((long) i * PAGE, PAGE));
                free.add(frames[made++]);
            }
        }
        return free.poll();
    }

    synchronized void give(Frame frame) {
        if (frame.dirty) {
            dirty--;
        }
        frame.file = null;
        frame.dirty = false;
        free.add(frame);
    }

    synchronized void dirtied(Frame frame, boolean now) {
        if (frame.dirty != now) {
            frame.dirty = now;
            dirty += now ? 1 : -1;
        }
    }

    /** Whether so much waits to be written that who writes must help. */
    synchronized boolean isPressed() {
        return dirty > limit / 2;
    }

    /** The next frame that was not used lately. It may be another file's by the time its lock is held. */
    synchronized Frame victim() {
        for (int i = 0; i < 2 * made; i++) {
            Frame frame = frames[hand];
            hand = (hand + 1) % made;
            if (frame.file != null && !frame.used) {
                return frame;
            }
            frame.used = false;
        }
        return null;
    }

    synchronized long used() {
        return (long) (made - free.size()) * PAGE;
    }

    synchronized long dirtyBytes() {
        return (long) dirty * PAGE;
    }

    long limit() {
        return (long) limit * PAGE;
    }
}
