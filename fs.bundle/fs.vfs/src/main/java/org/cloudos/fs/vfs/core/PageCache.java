package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;

/**
 * Contents of files, kept in pages. Small reads are answered from them, with some more read ahead where somebody reads on and on; small
 * writes wait in them until a page's worth goes down at once. Large ones pass by: a copy would cost more than it saves. What waits is
 * written by {@link #sync}, by the last {@link #drop}, when it is five seconds old, and by who writes when half of the memory waits.
 */
final class PageCache extends Forwarding {
    /** Bytes from which on a read, or a write, passes by. */
    static final int LARGE_READ = 128 << 10, LARGE_WRITE = 64 << 10;
    private static final long ROOM = 16L << 20;
    private static final int ROOM_CHECKS = 64;

    private final FileSystem below;
    private final PageBudget budget;
    private final LongConsumer changed;
    private final Map<Long, CachedFile> files = new ConcurrentHashMap<>();
    private volatile boolean roomy;
    private int writes;

    /** @param changed told of a node whose attributes changed without a call */
    PageCache(FileSystem below, PageBudget budget, LongConsumer changed) {
        this.below = below;
        this.budget = budget;
        this.changed = changed;
    }

    @Override FileSystem below() {
        return below;
    }

    PageBudget budget() {
        return budget;
    }

    private interface Use<T> {
        T by(CachedFile file) throws FsException;
    }

    /** All that changes a file goes through its lock, whether pages are kept or not: so its size is never guessed. */
    private <T> T using(long node, Use<T> use) throws FsException {
        while (true) {
            CachedFile file = files.computeIfAbsent(node, n -> new CachedFile(this, n));
            if (file.enter()) {
                try {
                    return use.by(file);
                } finally {
                    file.leave();
                }
            }
        }
    }

    private <T> void ifKept(long node, Use<T> use) throws FsException {
        if (files.containsKey(node)) {
            using(node, use);
        }
    }

    private boolean isFile(long node) throws FsException {
        return files.containsKey(node) || below.attributes(node).type() == NodeType.FILE;
    }

    void ended(CachedFile file) {
        files.remove(file.node, file);
    }

    private Attributes overlaid(Attributes attributes) {
        CachedFile file = attributes == null ? null : files.get(attributes.node());
        return file == null ? attributes : file.overlay(attributes);
    }

    @Override public Attributes attributes(long node) throws FsException {
        return overlaid(below.attributes(node));
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        return overlaid(below.lookup(folder, name));
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        return overlaid(below.link(node, folder, name));
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        return fresh(below.create(folder, name, what));
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        return fresh(below.createNameless(folder, what));
    }

    /** A number may have been another file's. */
    private Attributes fresh(Attributes made) throws FsException {
        ifKept(made.node(), f -> {
            f.discard();
            return null;
        });
        return made;
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        return change.size() == null && change.modified() == null ? overlaid(below.set(node, change))
                : using(node, f -> f.changing(change.size() != null, () -> below.set(node, change)));
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        CachedFile kept = files.get(node);
        long read = kept == null || offset < 0 || into.byteSize() >= LARGE_READ ? -1 : kept.readKept(offset, into);
        if (read >= 0) {
            return read;
        }
        if (offset < 0 || !isFile(node)) {
            return below.read(node, offset, into);
        }
        return using(node, f -> into.byteSize() >= LARGE_READ ? f.readPast(offset, into) : f.read(offset, into));
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        long length = from.byteSize();
        if (offset < 0 || length == 0 || offset > below.info().maxFileSize() - length || below.info().readOnly() || !isFile(node)) {
            return below.write(node, offset, from);
        }
        boolean past = length >= LARGE_WRITE || !hasRoom();
        return using(node, f -> past ? f.writePast(offset, from) : f.write(offset, from));
    }

    /** Whether what waits will find space below: else a write must fail at once, not later. */
    private boolean hasRoom() throws FsException {
        if (writes++ % ROOM_CHECKS == 0) {
            roomy = below.space().available() > 2 * budget.limit() + ROOM;
        }
        return roomy;
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        return through(node, () -> below.append(node, from));
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        through(node, () -> {
            below.allocate(node, offset, length, mode);
            return null;
        });
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        flush(node);
        return through(toNode, () -> below.copy(node, offset, toNode, toOffset, length));
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        flush(node);
        through(toNode, () -> {
            below.share(node, offset, toNode, toOffset, length);
            return null;
        });
    }

    private <T> T through(long node, CachedFile.Work<T> work) throws FsException {
        return using(node, f -> f.changing(true, work));
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        flush(node);
        return below.seek(node, offset, mode);
    }

    /** Writes what waits, and tells of what failed since this was asked last. */
    void flush(long node) throws FsException {
        ifKept(node, f -> {
            f.flush();
            return null;
        });
    }

    long readDirect(long node, long offset, MemorySegment into) throws FsException {
        return using(node, f -> f.changing(false, () -> below.read(node, offset, into)));
    }

    long writeDirect(long node, long offset, MemorySegment from) throws FsException {
        return through(node, () -> below.write(node, offset, from));
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        flush(node);
        below.sync(node, dataOnly);
    }

    @Override public void sync() throws FsException {
        flushAll(0);
        below.sync();
    }

    /** @param age nanoseconds since the first write that waits; younger ones stay */
    void flushAll(long age) throws FsException {
        FsException failed = null;
        for (CachedFile file : files.values()) {
            try {
                if (file.isOlder(age)) {
                    flush(file.node);
                }
            } catch (FsException e) {
                failed = e.errno() == Errno.ENOENT ? failed : e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    @Override public void drop(long node, long count) {
        try {
            ifKept(node, f -> {
                f.flushLater();
                return null;
            });
        } catch (FsException e) {
            // It is gone, or its provider is: nothing can be written.
        }
        below.drop(node, count);
        discardIfGone(node);
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        Attributes node = folderWanted ? null : below.lookup(folder, name);
        below.remove(folder, name, folderWanted);
        if (node != null) {
            discardIfGone(node.node());
        }
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        Attributes there = below.lookup(toFolder, toName);
        below.rename(folder, name, toFolder, toName, mode);
        if (there != null) {
            discardIfGone(there.node());
        }
    }

    /** Pages of what nobody can reach any more. */
    private void discardIfGone(long node) {
        if (!files.containsKey(node)) {
            return;
        }
        try {
            below.attributes(node);
        } catch (FsException e) {
            CachedFile file = files.get(node);
            if (file != null && e.errno() == Errno.ENOENT) {
                file.end();
            }
        }
    }

    /** Somebody else changed it. */
    void changedElsewhere(long node) {
        try {
            ifKept(node, f -> {
                f.flushLater();
                f.discard();
                return null;
            });
        } catch (FsException e) {
            // It is gone, and its pages with it.
        }
    }

    /** A frame, someone else's if it must be; null when all are busy. Preconditions: the caller holds no file's lock but its own for writing. */
    PageBudget.Frame frame() {
        for (int i = 0; i < ROOM_CHECKS; i++) {
            PageBudget.Frame frame = budget.take();
            if (frame != null) {
                return frame;
            }
            PageBudget.Frame victim = budget.victim();
            CachedFile owner = victim == null ? null : victim.file;
            if (owner != null) {
                owner.giveUp(victim);
            }
        }
        return null;
    }

    void attributesChanged(long node) {
        changed.accept(node);
    }
}
