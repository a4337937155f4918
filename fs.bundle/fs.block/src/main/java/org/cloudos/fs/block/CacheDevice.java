package org.cloudos.fs.block;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;

/**
 * A write-back cache with read-ahead, of bounded memory. Pages are clean or dirty; who writes when half of all are dirty waits until some
 * were written. A flush writes all that is dirty, in order and in long pieces, then flushes the device. When the device fails, what is dirty
 * stays, and each flush and each write that has to wait says so.
 */
final class CacheDevice implements AutoCloseable {
    static final int LEAST_PAGES = 64;
    private static final int PAGE = 4096, PIECE_PAGES = 256, READ_AHEAD_PAGES = 64;
    private static final long AGE_SECONDS = 2;

    /** The device below; a call may take long. */
    interface Below {
        void read(long block, MemorySegment into) throws BlockException;

        void write(long block, MemorySegment from) throws BlockException;

        void flush() throws BlockException;

        BlockGeometry geometry();
    }

    private static final class Page {
        private final MemorySegment memory;
        private boolean dirty, writing;

        Page(MemorySegment memory) {
            this.memory = memory;
        }
    }

    private final Below below;
    private final int pageSize, perPage, most;
    private final Arena arena = Arena.ofShared();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    // All guarded by lock.
    private final LinkedHashMap<Long, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
    private final TreeMap<Long, Page> dirty = new TreeMap<>();
    private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
    private int made;
    private long expected = -1, hits, loadFrom, loadEnd;
    private boolean spoiled; // a page that is being loaded was written meanwhile
    private int ahead = 4;
    private BlockException failure;
    private boolean closed;
    private final MemorySegment piece; // of who holds pieces
    private final ReentrantLock pieces = new ReentrantLock(); // before lock
    private final Thread writer;

    CacheDevice(Below below, long bytes) {
        this.below = below;
        BlockGeometry g = below.geometry();
        pageSize = Math.max(PAGE, g.blockSize());
        perPage = pageSize / g.blockSize();
        most = Math.clamp(bytes / pageSize, LEAST_PAGES, 1 << 24);
        piece = arena.allocate((long) PIECE_PAGES * pageSize, Math.max(4096, g.alignment()));
        writer = Thread.ofPlatform().daemon().name("block cache").start(this::writeOften);
    }

    long bytes() {
        return (long) most * pageSize;
    }

    long dirtyBytes() {
        lock.lock();
        try {
            return (long) dirty.size() * pageSize;
        } finally {
            lock.unlock();
        }
    }

    long hits() {
        lock.lock();
        try {
            return hits;
        } finally {
            lock.unlock();
        }
    }

    private long pagesOfDevice() {
        return below.geometry().blocks() / perPage; // the rest, less than a page, is not cached
    }

    /** Whether a range lies in whole pages of the device. */
    boolean covers(long block, long count) {
        return block + count <= pagesOfDevice() * perPage;
    }

    void read(long block, MemorySegment into) throws BlockException {
        long size = below.geometry().blockSize(), from = block * size, end = from + into.byteSize();
        for (long at = from; at < end;) {
            long number = at / pageSize, in = at % pageSize, length = Math.min(end - at, pageSize - in);
            if (!hit(number, in, into, at - from, length)) {
                load(number, Math.ceilDiv(end, pageSize) - number);
                continue;
            }
            at += length;
        }
    }

    private boolean hit(long number, long in, MemorySegment into, long at, long length) {
        lock.lock();
        try {
            Page page = pages.get(number);
            if (page == null) {
                return false;
            }
            MemorySegment.copy(page.memory, in, into, at, length);
            hits++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Reads pages from the device: those that are wanted, and more when they are the next in a row. */
    private void load(long number, long wanted) throws BlockException {
        pieces.lock();
        try {
            int count;
            lock.lock();
            try {
                if (pages.containsKey(number)) {
                    return;
                }
                ahead = number == expected ? Math.min(ahead * 2, READ_AHEAD_PAGES) : 4;
                long limit = Math.min(Math.min(Math.max(wanted, number == expected ? ahead : 1), PIECE_PAGES), Math.min(pagesOfDevice() - number, most / 4));
                count = 1;
                while (count < limit && !pages.containsKey(number + count)) {
                    count++;
                }
                expected = number + count;
                loadFrom = number;
                loadEnd = expected;
                spoiled = false;
            } finally {
                lock.unlock();
            }
            below.read(number * perPage, piece.asSlice(0, (long) count * pageSize));
            keep(number, count);
        } finally {
            pieces.unlock();
        }
    }

    private void keep(long number, int count) throws BlockException {
        lock.lock();
        try {
            for (int i = 0; i < count && !spoiled; i++) { // who wrote meanwhile may have newer pages: then it is read again
                room(number + i).memory.copyFrom(piece.asSlice((long) i * pageSize, pageSize));
            }
        } finally {
            lock.unlock();
        }
    }

    /** A page for a number, the memory of the oldest clean one if need be; waits while all are dirty. Preconditions: lock. */
    private Page room(long number) throws BlockException {
        Page there = pages.get(number);
        if (there != null) {
            return there;
        }
        MemorySegment memory = free.poll();
        while (memory == null) {
            if (made < most) {
                made++;
                memory = arena.allocate(pageSize, pageSize);
            } else {
                memory = evict();
                if (memory == null) {
                    awaitWritten();
                }
            }
        }
        Page page = new Page(memory);
        pages.put(number, page);
        return page;
    }

    private MemorySegment evict() {
        for (var i = pages.entrySet().iterator(); i.hasNext();) {
            Page page = i.next().getValue();
            if (!page.dirty && !page.writing) {
                i.remove();
                return page.memory;
            }
        }
        return null;
    }

    /** Preconditions: lock. */
    private void awaitWritten() throws BlockException {
        if (failure != null) {
            throw failure;
        }
        written.awaitUninterruptibly();
    }

    void write(long block, MemorySegment from) throws BlockException {
        long size = below.geometry().blockSize(), first = block * size, end = first + from.byteSize();
        for (long at = first; at < end;) {
            long number = at / pageSize, in = at % pageSize, length = Math.min(end - at, pageSize - in);
            if (length < pageSize && !has(number)) {
                load(number, 1);
            }
            if (put(number, in, from, at - first, length)) {
                at += length;
            }
        }
    }

    private boolean has(long number) {
        lock.lock();
        try {
            return pages.containsKey(number);
        } finally {
            lock.unlock();
        }
    }

    private boolean put(long number, long in, MemorySegment from, long at, long length) throws BlockException {
        lock.lock();
        try {
            while (dirty.size() >= most / 2 && !dirty.containsKey(number)) {
                written.signalAll(); // the writer waits on it too
                awaitWritten();
            }
            Page page = length < pageSize ? pages.get(number) : room(number);
            if (page == null) {
                return false; // it went meanwhile
            }
            while (page.writing) {
                written.awaitUninterruptibly();
            }
            if (pages.get(number) != page) {
                return false;
            }
            MemorySegment.copy(from, at, page.memory, in, length);
            page.dirty = true;
            dirty.put(number, page);
            spoiled |= number >= loadFrom && number < loadEnd;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Writes all that was dirty when this began, and flushes the device. */
    void flush() throws BlockException {
        for (long from = 0; from < Long.MAX_VALUE;) {
            from = writePiece(from);
        }
        below.flush();
    }

    /** Writes the first neighbours that are dirty at or behind a page. @return where to go on; {@link Long#MAX_VALUE} at the end */
    private long writePiece(long from) throws BlockException {
        pieces.lock();
        List<Page> group = new ArrayList<>();
        long first;
        try {
            lock.lock();
            try {
                Long start = dirty.ceilingKey(from);
                if (start == null) {
                    return Long.MAX_VALUE;
                }
                first = start;
                for (Page p = dirty.get(first); p != null && group.size() < PIECE_PAGES; p = dirty.get(first + group.size())) {
                    piece.asSlice((long) group.size() * pageSize, pageSize).copyFrom(p.memory);
                    p.writing = true;
                    group.add(p);
                }
            } finally {
                lock.unlock();
            }
            BlockException failed = null;
            try {
                below.write(first * perPage, piece.asSlice(0, (long) group.size() * pageSize));
            } catch (BlockException e) {
                failed = e;
            }
            wrote(first, group, failed);
            return first + group.size();
        } finally {
            pieces.unlock();
        }
    }

    private void wrote(long first, List<Page> group, BlockException failed) throws BlockException {
        lock.lock();
        try {
            for (int i = 0; i < group.size(); i++) {
                Page p = group.get(i);
                p.writing = false;
                if (failed == null) {
                    p.dirty = false;
                    dirty.remove(first + i);
                }
            }
            failure = failed;
            written.signalAll();
        } finally {
            lock.unlock();
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** What is in a range is written, and forgotten: the device itself is about to change there. */
    void drop(long block, long count) throws BlockException {
        flush();
        lock.lock();
        try {
            long first = block / perPage, last = (block + count - 1) / perPage;
            for (var i = pages.entrySet().iterator(); i.hasNext();) {
                var e = i.next();
                if (e.getKey() >= first && e.getKey() <= last && !e.getValue().dirty && !e.getValue().writing) {
                    free.add(e.getValue().memory);
                    i.remove();
                }
            }
            spoiled = true;
        } finally {
            lock.unlock();
        }
    }

    private void writeOften() {
        while (true) {
            boolean some;
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                written.await(AGE_SECONDS, TimeUnit.SECONDS);
                some = !dirty.isEmpty();
            } catch (InterruptedException e) {
                return;
            } finally {
                lock.unlock();
            }
            if (some) {
                try {
                    for (long from = 0; from < Long.MAX_VALUE;) {
                        from = writePiece(from);
                    }
                } catch (BlockException e) {
                    continue; // kept in failure, for who waits or flushes
                }
            }
        }
    }

    /** Writes what is dirty. @throws BlockException when that fails: what was not written is lost, and the memory is given back all the same */
    @Override public void close() throws BlockException {
        try {
            flush();
        } finally {
            lock.lock();
            try {
                closed = true;
                written.signalAll();
            } finally {
                lock.unlock();
            }
            try {
                writer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            arena.close();
        }
    }
}
