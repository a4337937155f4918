package org.cloudos.fs.tmpfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The pages of one volume: numbers from 1, in slabs of native memory that are taken as they are needed and kept until the volume ends.
 * Thread-safe. {@code count} also charges what is not in pages: names, targets, attributes.
 */
final class PagePool {
    static final int PAGE = 4096;
    private static final int SLAB_PAGES = 256;

    private final long limit;
    private final Arena arena;
    private final List<MemorySegment> slabs;
    private final ArrayDeque<Integer> free;
    /** 0: pages ever given. 1: bytes in use. */
    private final long[] count;

    PagePool(long limit) {
        this(limit, Arena.ofShared(), new CopyOnWriteArrayList<>(), new ArrayDeque<>(), new long[2]);
    }

    private PagePool(long limit, Arena arena, List<MemorySegment> slabs, ArrayDeque<Integer> free, long[] count) {
        this.limit = limit;
        this.arena = arena;
        this.slabs = slabs;
        this.free = free;
        this.count = count;
    }

    Object[] raw() {
        return new Object[] {limit, arena, slabs, free, count};
    }

    @SuppressWarnings("unchecked")
    static PagePool of(Object[] raw) {
        return new PagePool((Long) raw[0], (Arena) raw[1], (List<MemorySegment>) raw[2], (ArrayDeque<Integer>) raw[3], (long[]) raw[4]);
    }

    /** A page of undefined contents, or 0 when the volume is full. */
    int take() {
        synchronized (count) {
            if (!charge(PAGE)) {
                return 0;
            }
            Integer used = free.pollLast();
            if (used != null) {
                return used;
            }
            if (count[0] == (long) slabs.size() * SLAB_PAGES) {
                slabs.add(arena.allocate((long) SLAB_PAGES * PAGE, PAGE));
            }
            return (int) ++count[0];
        }
    }

    void give(int page) {
        synchronized (count) {
            free.addLast(page);
            count[1] -= PAGE;
        }
    }

    /** Takes bytes that stand elsewhere from the limit. @return false when they are not there */
    boolean charge(long bytes) {
        synchronized (count) {
            if (bytes > 0 && count[1] + bytes > limit) {
                return false;
            }
            count[1] += bytes;
            return true;
        }
    }

    long limit() {
        return limit;
    }

    long used() {
        synchronized (count) {
            return count[1];
        }
    }

    /** The slab that a page stands in; the page begins at {@link #offset}. */
    MemorySegment slab(int page) {
        return slabs.get((page - 1) / SLAB_PAGES);
    }

    static long offset(int page) {
        return (long) ((page - 1) % SLAB_PAGES) * PAGE;
    }

    /** Gives all memory back; who still uses it gets an IllegalStateException. */
    void close() {
        while (arena.scope().isAlive()) {
            try {
                arena.close();
            } catch (IllegalStateException e) {
                Thread.yield(); // somebody copies a page just now
            }
        }
    }
}
