package org.cloudos.fs.vfs.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.core.PageBudget.Frame;

/**
 * The pages of one file. Its lock guards them, and what the file's size is with what waits to be written. Methods want it entered unless
 * they say otherwise.
 */
final class CachedFile {
    private static final int PAGE = PageBudget.PAGE, AHEAD = 8, RUN = 64;

    /** What is done to the file below while nobody uses its pages. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws FsException;
    }

    final long node;
    private final PageCache cache;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<Long, Frame> pages = new HashMap<>();
    /** -1: not asked for yet. */
    private long size = -1;
    private boolean ended;
    private int dirty;
    private long since;
    private volatile long written;
    /** Where a reader that reads on would go on. */
    private volatile long next;
    private FsException failed;

    CachedFile(PageCache cache, long node) {
        this.cache = cache;
        this.node = node;
    }

    /**
     * Takes the lock for whatever changes the file, so that its size is known to all of them.
     *
     * @return false when another one took this one's place; then nothing is locked
     */
    boolean enter() throws FsException {
        lock.writeLock().lock();
        boolean good = false;
        try {
            if (!ended && size < 0) {
                size = below().attributes(node).size();
            }
            good = !ended;
        } finally {
            if (!good) {
                endIfEmpty();
                lock.writeLock().unlock();
            }
        }
        return good;
    }

    void leave() {
        endIfEmpty();
        lock.writeLock().unlock();
    }

    private void endIfEmpty() {
        if (pages.isEmpty() && failed == null && lock.getWriteHoldCount() == 1) {
            ended = true;
            cache.ended(this);
        }
    }

    private FileSystem below() {
        return cache.below();
    }

    /** Without entering. */
    Attributes overlay(Attributes a) {
        lock.readLock().lock();
        try {
            return dirty == 0 ? a : new Attributes(a.node(), a.generation(), a.type(), a.mode(), a.links(), a.uid(), a.gid(), a.device(), size,
                    a.allocated(), a.accessed(), Math.max(a.modified(), written), Math.max(a.changed(), written), a.born(), a.flags());
        } finally {
            lock.readLock().unlock();
        }
    }

    // ---- reading

    long read(long offset, MemorySegment into) throws FsException {
        long wanted = Math.max(0, Math.min(into.byteSize(), size - offset)), done = fromPages(offset, into, 0, wanted);
        while (done < wanted) {
            if (!load(offset + done, offset + wanted)) {
                return done + readPast(offset + done, into.asSlice(done, wanted - done));
            }
            done = fromPages(offset, into, done, wanted);
        }
        next = offset + done;
        return done;
    }

    /** Without entering. @return bytes read, or -1 when not all of it is kept */
    long readKept(long offset, MemorySegment into) {
        lock.readLock().lock();
        try {
            long wanted = Math.max(0, Math.min(into.byteSize(), size - offset));
            if (ended || size < 0 || fromPages(offset, into, 0, wanted) < wanted) {
                return -1;
            }
            next = offset + wanted;
            return wanted;
        } finally {
            lock.readLock().unlock();
        }
    }

    private long fromPages(long offset, MemorySegment into, long from, long wanted) {
        long done = from;
        while (done < wanted) {
            Frame frame = pages.get((offset + done) / PAGE);
            if (frame == null) {
                break;
            }
            long in = (offset + done) % PAGE, part = Math.min(PAGE - in, wanted - done);
            MemorySegment.copy(frame.memory, in, into, done, part);
            frame.used = true;
            done += part;
        }
        return done;
    }

    /** Reads missing pages of a range, and some behind it for who reads on. @return false when there is no memory */
    private boolean load(long from, long to) throws FsException {
        long first = from / PAGE, last = (to - 1) / PAGE + (from == next ? AHEAD : 0);
        try (Arena arena = Arena.ofConfined()) {
            last = Math.min(last, (size - 1) / PAGE);
            int count = 0;
            while (count < RUN && first + count <= last && !pages.containsKey(first + count)) {
                count++;
            }
            if (count == 0) {
                return true;
            }
            MemorySegment run = arena.allocate((long) count * PAGE, 4096);
            below().read(node, first * PAGE, run);
            for (int i = 0; i < count; i++) {
                Frame frame = cache.frame();
                if (frame == null) {
                    return i > 0;
                }
                put(first + i, frame);
                MemorySegment.copy(run, (long) i * PAGE, frame.memory, 0, PAGE);
            }
            return true;
        }
    }

    private void put(long index, Frame frame) {
        frame.index = index;
        frame.file = this;
        frame.used = true;
        pages.put(index, frame);
    }

    long readPast(long offset, MemorySegment into) throws FsException {
        flushLocked();
        return below().read(node, offset, into);
    }

    // ---- writing

    long write(long offset, MemorySegment from) throws FsException {
        long length = from.byteSize(), done = 0;
        while (done < length) {
            long in = (offset + done) % PAGE, part = Math.min(PAGE - in, length - done);
            Frame frame = forWriting((offset + done) / PAGE, part == PAGE);
            if (frame == null) {
                return done + writePast(offset + done, from.asSlice(done));
            }
            MemorySegment.copy(from, done, frame.memory, in, part);
            frame.used = true;
            done += part;
            size = Math.max(size, offset + done);
        }
        Instant now = Instant.now();
        written = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        if (cache.budget().isPressed()) {
            flushLocked();
        }
        return done;
    }

    private Frame forWriting(long index, boolean whole) throws FsException {
        Frame frame = pages.get(index);
        if (frame == null) {
            frame = cache.frame();
            if (frame == null) {
                return null;
            }
            if (!whole) {
                frame.memory.fill((byte) 0);
                try {
                    if (index * PAGE < size) {
                        below().read(node, index * PAGE, frame.memory);
                    }
                } catch (FsException e) {
                    cache.budget().give(frame);
                    throw e;
                }
            }
            put(index, frame);
        }
        if (!frame.dirty) {
            since = dirty == 0 ? System.nanoTime() : since;
            dirty++;
            cache.budget().dirtied(frame, true);
        }
        return frame;
    }

    long writePast(long offset, MemorySegment from) throws FsException {
        flushLocked();
        drop(offset / PAGE, (offset + from.byteSize() - 1) / PAGE);
        long done = below().write(node, offset, from);
        size = Math.max(size, offset + done);
        return done;
    }

    private void drop(long first, long last) {
        if (last - first > pages.size()) {
            pages.values().removeIf(f -> {
                boolean in = f.index >= first && f.index <= last;
                if (in) {
                    give(f);
                }
                return in;
            });
            return;
        }
        for (long i = first; i <= last; i++) {
            Frame frame = pages.remove(i);
            if (frame != null) {
                give(frame);
            }
        }
    }

    private void give(Frame frame) {
        dirty -= frame.dirty ? 1 : 0;
        cache.budget().give(frame);
    }

    // ---- writing back

    /** Without entering. */
    boolean isOlder(long nanos) {
        lock.readLock().lock();
        try {
            return dirty > 0 && System.nanoTime() - since >= nanos || failed != null;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Writes what waits, and tells what failed since this was asked last. */
    void flush() throws FsException {
        flushLocked();
        FsException told = failed;
        failed = null;
        if (told != null) {
            throw told;
        }
    }

    /** What fails is told by the next {@link #flush}. */
    void flushLater() {
        flushLocked();
    }

    private void flushLocked() {
        if (dirty == 0) {
            return;
        }
        TreeMap<Long, Frame> waiting = new TreeMap<>();
        pages.forEach((i, f) -> {
            if (f.dirty) {
                waiting.put(i, f);
            }
        });
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment run = arena.allocate((long) Math.min(RUN, waiting.size()) * PAGE, 4096);
            while (!waiting.isEmpty()) {
                writeRun(waiting, run);
            }
        } catch (FsException e) {
            failed = e.errno() == Errno.ENOENT ? failed : e; // ENOENT: it was removed, and nobody is interested any more
            for (Frame lost : waiting.values()) {
                pages.remove(lost.index);
                give(lost);
            }
        }
        cache.attributesChanged(node);
    }

    private void writeRun(TreeMap<Long, Frame> waiting, MemorySegment run) throws FsException {
        long first = waiting.firstKey();
        int count = 0;
        for (Frame f = waiting.get(first); f != null && count < run.byteSize() / PAGE; f = waiting.get(first + count)) {
            MemorySegment.copy(f.memory, 0, run, (long) count * PAGE, PAGE);
            count++;
        }
        long length = Math.min((long) count * PAGE, size - first * PAGE);
        for (long done = 0; done < length;) {
            done += below().write(node, first * PAGE + done, run.asSlice(done, length - done));
        }
        for (int i = 0; i < count; i++) {
            Frame frame = waiting.remove(first + i);
            cache.budget().dirtied(frame, false);
            dirty--;
        }
    }

    /** Does something to the file below, after what waits was written. @param contents afterwards no page is true */
    <T> T changing(boolean contents, Work<T> work) throws FsException {
        flushLocked();
        try {
            return work.run();
        } finally {
            if (contents) {
                discard();
            }
        }
    }

    /** Forgets everything; the file is as it is below. */
    void discard() {
        drop(0, Long.MAX_VALUE);
        size = -1;
    }

    /** Its node is gone. Without entering. */
    void end() {
        lock.writeLock().lock();
        try {
            failed = null;
            discard();
            endIfEmpty();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Gives a frame to others, if nobody is busy here. Without entering. */
    void giveUp(Frame frame) {
        if (!lock.writeLock().tryLock()) {
            return;
        }
        try {
            if (frame.file != this) {
                return;
            }
            if (frame.dirty) {
                flushLocked();
            }
            if (frame.file == this && pages.remove(frame.index, frame)) {
                give(frame);
            }
            endIfEmpty();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
