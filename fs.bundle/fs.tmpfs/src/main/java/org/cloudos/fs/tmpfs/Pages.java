package org.cloudos.fs.tmpfs;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file's contents: chunks of 512 pages (2 MiB) by their place, each an array of page numbers that is as long as it must be; 0 is a hole.
 * Guarded by the node's lock.
 */
record Pages(TreeMap<Long, int[]> chunks, PagePool pool, long[] f) {
    /** The largest size: where all pages end. */
    static final long MAX = Long.MAX_VALUE - PagePool.PAGE + 1;
    private static final int PAGE = PagePool.PAGE, SHIFT = 12, CHUNK = 512, CHUNK_SHIFT = 9;

    static Pages of(Node node, PagePool pool) {
        return new Pages(node.chunks(), pool, node.f());
    }

    private int page(long index) {
        int[] chunk = chunks.get(index >>> CHUNK_SHIFT);
        int at = (int) (index & CHUNK - 1);
        return chunk == null || at >= chunk.length ? 0 : chunk[at];
    }

    private void put(long index, int page) {
        long key = index >>> CHUNK_SHIFT;
        int at = (int) (index & CHUNK - 1);
        int[] chunk = chunks.get(key);
        if (chunk == null || at >= chunk.length) {
            int length = Math.min(CHUNK, Math.max(4, Integer.highestOneBit(at) << 1));
            chunk = chunk == null ? new int[length] : Arrays.copyOf(chunk, length);
            chunks.put(key, chunk);
        }
        chunk[at] = page;
        f[Node.PAGES]++;
    }

    long read(long offset, MemorySegment into) {
        long length = Math.min(into.byteSize(), f[Node.SIZE] - offset);
        for (long done = 0; done < length;) {
            int in = (int) (offset + done & PAGE - 1);
            long part = Math.min(PAGE - in, length - done);
            int page = page(offset + done >>> SHIFT);
            if (page == 0) {
                into.asSlice(done, part).fill((byte) 0);
            } else {
                MemorySegment.copy(pool.slab(page), PagePool.offset(page) + in, into, done, part);
            }
            done += part;
        }
        return Math.max(0, length);
    }

    /** @return bytes written: fewer when space ended */
    long write(long offset, MemorySegment from) {
        long length = from.byteSize(), done = 0;
        while (done < length) {
            int in = (int) (offset + done & PAGE - 1);
            long part = Math.min(PAGE - in, length - done);
            int page = wanted(offset + done >>> SHIFT, part < PAGE);
            if (page == 0) {
                break;
            }
            MemorySegment.copy(from, done, pool.slab(page), PagePool.offset(page) + in, part);
            done += part;
        }
        f[Node.SIZE] = Math.max(f[Node.SIZE], done == 0 ? 0 : offset + done);
        return done;
    }

    /** The page of that place, taken when there is a hole. @return 0 when space ended */
    private int wanted(long index, boolean zeroed) {
        int page = page(index);
        if (page == 0) {
            page = pool.take();
            if (page != 0) {
                if (zeroed) {
                    pool.slab(page).asSlice(PagePool.offset(page), PAGE).fill((byte) 0);
                }
                put(index, page);
            }
        }
        return page;
    }

    /** Takes pages for all of a range. @return false when space ended; what was taken stays */
    boolean reserve(long offset, long length) {
        for (long i = offset >>> SHIFT; i <= offset + length - 1 >>> SHIFT; i++) {
            if (wanted(i, true) == 0) {
                return false;
            }
        }
        return true;
    }

    /** Makes a range read as zeros: whole pages go, parts are zeroed. */
    void punch(long offset, long end) {
        long first = offset + PAGE - 1 >>> SHIFT, behind = end >>> SHIFT;
        if (first > behind) { // within one page
            zero(offset, end);
            return;
        }
        zero(offset, first << SHIFT);
        zero(behind << SHIFT, end);
        var keys = chunks.subMap(first >>> CHUNK_SHIFT, true, behind >>> CHUNK_SHIFT, true).entrySet().iterator();
        while (keys.hasNext()) {
            Map.Entry<Long, int[]> chunk = keys.next();
            long base = chunk.getKey() << CHUNK_SHIFT;
            int from = (int) Math.max(0, first - base), to = (int) Math.min(chunk.getValue().length, behind - base);
            free(chunk.getValue(), from, to);
            if (from == 0 && to == chunk.getValue().length) {
                keys.remove();
            }
        }
    }

    private void free(int[] chunk, int from, int to) {
        for (int i = from; i < to; i++) {
            if (chunk[i] != 0) {
                pool.give(chunk[i]);
                chunk[i] = 0;
                f[Node.PAGES]--;
            }
        }
    }

    private void zero(long from, long to) {
        int page = from < to ? page(from >>> SHIFT) : 0;
        if (page != 0) {
            pool.slab(page).asSlice(PagePool.offset(page) + (from & PAGE - 1), to - from).fill((byte) 0);
        }
    }

    void resize(long size) {
        if (size < f[Node.SIZE]) {
            punch(size, MAX);
        }
        f[Node.SIZE] = size;
    }

    /** Where the next page, or the next place without one, is; the size where there is none. */
    long seek(long offset, boolean data) {
        long size = f[Node.SIZE];
        if (!data) {
            long index = offset >>> SHIFT;
            while (index << SHIFT < size && page(index) != 0) {
                index++;
            }
            return Math.min(size, Math.max(offset, index << SHIFT));
        }
        long first = offset >>> SHIFT;
        for (Map.Entry<Long, int[]> chunk : chunks.tailMap(first >>> CHUNK_SHIFT, true).entrySet()) {
            long base = chunk.getKey() << CHUNK_SHIFT;
            for (int i = (int) Math.max(0, first - base); i < chunk.getValue().length; i++) {
                if (chunk.getValue()[i] != 0) {
                    return Math.min(size, Math.max(offset, base + i << SHIFT));
                }
            }
        }
        return size;
    }
}
