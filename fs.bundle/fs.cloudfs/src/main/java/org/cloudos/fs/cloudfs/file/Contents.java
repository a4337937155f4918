package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** What files hold. Takes the locks of inodes; thread-safe. */
public final class Contents {
    /** Up to so many bytes go into the log at an fsync; more go to their extents. */
    private static final int MOST_LOGGED = 64 << 10;
    final Volume volume;
    final Reader reader;
    final Writer writer;
    final Writeback writeback;
    final Placement placement;
    private final Buffers buffers;

    public Contents(Volume volume) {
        buffers = new Buffers();
        Packer packer = new Packer();
        this.volume = volume;
        this.reader = new Reader(volume, buffers, packer);
        this.placement = new Placement(volume, buffers, packer);
        this.writeback = new Writeback(volume, placement, buffers);
        this.writer = new Writer(volume, reader, placement, writeback);
        volume.relief(writer::relieve);
    }

    public Reader reader() {
        return reader;
    }

    /** {@code EISDIR} or {@code EINVAL}. */
    static void file(Inode inode) throws FsException {
        if (!inode.data.isFile()) {
            throw new FsException.Refused(inode.data.isFolder() ? Errno.EISDIR : Errno.EINVAL, "contents of node " + inode.number());
        }
    }

    public long read(Inode inode, long offset, MemorySegment into) throws FsException {
        file(inode);
        if (offset < 0) {
            throw new FsException.Refused(Errno.EINVAL, "read at " + offset);
        }
        inode.lock.readLock().lock();
        try {
            return reader.read(inode, offset, into);
        } finally {
            inode.lock.readLock().unlock();
        }
    }

    public long write(Inode inode, long offset, MemorySegment from) throws FsException {
        file(inode);
        volume.placing.readLock().lock();
        try {
            Writer.Ahead ahead = writer.ahead(inode, offset, from);
            inode.lock.writeLock().lock();
            try {
                alive(inode);
                return writer.write(inode, offset, from, ahead);
            } finally {
                inode.lock.writeLock().unlock();
                writer.abandon(ahead);
            }
        } finally {
            volume.placing.readLock().unlock();
        }
    }

    /** @return where it was written */
    public long append(Inode inode, MemorySegment from) throws FsException {
        file(inode);
        inode.lock.writeLock().lock();
        try {
            alive(inode);
            long end = inode.data.size, done = writer.write(inode, end, from, null);
            if (done < from.byteSize()) {
                writer.resize(inode, end); // an append that is not whole is none
                throw new FsException.Refused(Errno.ENOSPC, "append to node " + inode.number());
            }
            return end;
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    static void alive(Inode inode) throws FsException {
        if (inode.gone()) {
            throw new FsException.Refused(Errno.ENOENT, "node " + inode.number());
        }
        if (inode.subvolume.readOnly) {
            throw new FsException.Refused(Errno.EROFS, "snapshot " + inode.subvolume.entry().name());
        }
    }

    public void resize(Inode inode, long size) throws FsException {
        file(inode);
        inode.lock.writeLock().lock();
        try {
            alive(inode);
            volume.writable();
            writer.resize(inode, size);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** What was written to the file, and all changes of names before, survive a cut when this returns. */
    public void sync(Inode inode) throws FsException {
        inode.lock.writeLock().lock();
        try {
            if (!inode.gone() && !inode.subvolume.readOnly) {
                log(inode);
            }
        } finally {
            inode.lock.writeLock().unlock();
        }
        volume.sync(volume.log.position());
    }

    private boolean fits() throws FsException {
        try {
            volume.reserve(0, true);
            return true;
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.ENOSPC) {
                throw e;
            }
            return false;
        }
    }

    private void log(Inode inode) throws FsException {
        List<Map.Entry<Long, Inode.Block>> pieces = new ArrayList<>();
        int bytes = 0;
        for (Map.Entry<Long, Inode.Block> entry : inode.blocks.entrySet()) {
            if (entry.getValue().high > 0) {
                pieces.add(entry);
                bytes += entry.getValue().high - entry.getValue().low + 64;
                if (bytes > MOST_LOGGED) {
                    break;
                }
            }
        }
        if (pieces.isEmpty() && !inode.unsaved) {
            return;
        }
        if (bytes > MOST_LOGGED || !volume.log.takes(bytes)) {
            writeback.run(inode);
            if (!inode.unsaved) {
                return;
            }
            pieces.clear();
        }
        if (!fits()) { // its places are held: it needs no more than the commit that is kept free
            writeback.run(inode);
            volume.commit();
            return;
        }
        volume.change(inode.subvolume, change -> {
            synchronized (inode.data) {
                inode.data.savedSize = inode.data.size;
            }
            change.put(inode.data);
            for (Map.Entry<Long, Inode.Block> entry : pieces) {
                Inode.Block block = entry.getValue();
                byte[] copy = block.memory.asSlice(block.low, block.high - block.low).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                change.contents(inode, (entry.getKey() << Layout.BLOCK_SHIFT) + block.low, copy);
                block.low = block.high = 0;
            }
            return null;
        });
    }

    /** Brings a file's contents to its extents. */
    public void writeBack(Inode inode) throws FsException {
        inode.lock.writeLock().lock();
        try {
            writeback.run(inode);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** Forgets what is not on the medium, of a file that goes. Preconditions: its lock is held alone. */
    public void discard(Inode inode) {
        writeback.drop(inode);
    }

    /** Forgets what is not on the medium. */
    public void discardLocked(Inode inode, long before) {
        inode.lock.writeLock().lock();
        try {
            writeback.drop(inode, 0, before);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** All contents that were written more than so long ago. */
    public void writeBackAll(long olderThan) throws FsException {
        long limit = olderThan == 0 ? Long.MAX_VALUE : volume.now() - olderThan;
        for (Subvolume s : volume.subvolumes()) {
            for (Inode inode : s.inodes.unwritten()) {
                if (inode.since <= limit) {
                    writeBack(inode);
                }
            }
        }
    }

    /** All that was done before survives a cut when this returns. */
    public void syncAll() throws FsException {
        if (volume.readOnly() && volume.failure() == null) {
            return;
        }
        writeBackAll(0);
        volume.commit();
    }

    /** Contents from the log. */
    public void replay(Inode inode, long offset, byte[] bytes) throws FsException {
        inode.lock.writeLock().lock();
        try {
            writer.replay(inode, offset, bytes);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** Whole blocks, or an inline piece, of a file that comes as a stream: times and size are its inode's. */
    public void receive(Inode inode, long offset, int bytes, MemorySegment from, boolean inline) throws FsException {
        inode.lock.writeLock().lock();
        try {
            if (inline) {
                byte[] data = from.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                if (bytes > Layout.INLINE) {
                    throw new FsException.Corrupt("stream", "bytes inline", "at most " + Layout.INLINE, bytes);
                }
                place(inode, List.of(Extent.inline(data, bytes)));
            } else {
                place(inode, placement.writeNew(inode, offset >> Layout.BLOCK_SHIFT, from));
            }
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    private void place(Inode inode, List<Extent> placed) throws FsException {
        volume.change(inode.subvolume, change -> {
            for (Extent e : placed) {
                Extents.punch(change, inode.subvolume, inode.data, e.from(), e.end());
                if (e.placed()) {
                    change.use(e.address(), e.stored());
                }
                Extents.put(change, inode.data, e);
            }
            change.put(inode.data);
            return null;
        });
    }

    /** Takes blocks of a file away, and reserves others in their place where that is asked for. */
    public void range(Inode inode, long block, long blocks, boolean reserve) throws FsException {
        inode.lock.writeLock().lock();
        try {
            volume.change(inode.subvolume, change -> {
                Extents.punch(change, inode.subvolume, inode.data, block, block + blocks);
                change.put(inode.data);
                return null;
            });
            for (long at = block; reserve && at < block + blocks;) {
                long[] run = placement.runNew((int) Math.min(block + blocks - at, 16_384));
                place(inode, List.of(Extent.reserved(at, (int) run[1], run[0])));
                at += run[1];
            }
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /**
     * Writes extents again elsewhere. Preconditions: the inode's lock is held alone.
     *
     * @param which these; null: windows of 1 MiB that are in pieces and that nobody shares
     */
    public void rewrite(Inode inode, java.util.function.Predicate<Extent> which) throws FsException {
        writeback.run(inode);
        for (long at = 0; ;) {
            List<Extent> next = extents(inode, at, Extents.END);
            if (next.isEmpty()) {
                return;
            }
            long from = Math.max(at, next.getFirst().from()) & -Layout.EXTENT_BLOCKS;
            long to = from + Layout.EXTENT_BLOCKS;
            window(inode, Math.max(from, at), to, which);
            at = to;
        }
    }

    private void window(Inode inode, long from, long to, java.util.function.Predicate<Extent> which) throws FsException {
        List<Extent> all = new ArrayList<>();
        for (long at = from; at < to;) {
            List<Extent> some = extents(inode, at, to);
            all.addAll(some);
            at = some.size() < 64 ? to : some.getLast().end();
        }
        boolean wanted = which == null ? pieces(all) > 1 && !shared(all) : all.stream().anyMatch(which);
        MemorySegment buffer = wanted ? buffers.take() : null;
        try {
            for (int i = 0; wanted && i < all.size();) {
                int end = i + 1;
                while (end < all.size() && all.get(end).from() == all.get(end - 1).end()) {
                    end++;
                }
                again(inode, Math.max(from, all.get(i).from()), Math.min(to, all.get(end - 1).end()), all.subList(i, end), buffer);
                i = end;
            }
        } finally {
            if (buffer != null) {
                buffers.give(buffer);
            }
        }
    }

    private static int pieces(List<Extent> extents) {
        int count = 0;
        long next = -1;
        for (Extent e : extents) {
            count += e.kind() == Extent.INLINE || e.kind() == Extent.RESERVED || e.address() == next ? 0 : 1;
            next = e.address() + e.stored();
        }
        return count;
    }

    private boolean shared(List<Extent> extents) throws FsException {
        volume.lock.readLock().lock();
        try {
            for (Extent e : extents) {
                if (e.placed() && volume.shares.extra(e.address()) > 0) {
                    return true;
                }
            }
            return false;
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    private void again(Inode inode, long from, long to, List<Extent> old, MemorySegment buffer) throws FsException {
        if (old.getFirst().kind() == Extent.INLINE) {
            return;
        }
        if (old.stream().allMatch(e -> e.kind() == Extent.RESERVED)) {
            long[] run = placement.runNew((int) (to - from));
            writeback.change(inode, List.of(Extent.reserved(from, (int) run[1], run[0])), true);
            if (run[1] < to - from) {
                again(inode, from + run[1], to, old, buffer);
            }
            return;
        }
        MemorySegment part = buffer.asSlice(0, to - from << Layout.BLOCK_SHIFT).fill((byte) 0);
        for (Extent e : old) {
            long start = Math.max(from, e.from()), end = Math.min(to, e.end());
            reader.raw(inode, e, start, part.asSlice(start - from << Layout.BLOCK_SHIFT, end - start << Layout.BLOCK_SHIFT));
        }
        List<Extent> placed = placement.writeNew(inode, from, part);
        writeback.change(inode, placed, true);
    }

    /** lseek(2). */
    public long seek(Inode inode, long offset, SeekMode mode) throws FsException {
        file(inode);
        inode.lock.readLock().lock();
        try {
            long size = inode.data.size;
            if (offset < 0 || offset >= size) {
                throw new FsException.Refused(Errno.ENXIO, "seek to " + offset + " in node " + inode.number());
            }
            long at = offset;
            while (at < size) {
                long data = nextData(inode, at >> Layout.BLOCK_SHIFT);
                long start = data == Long.MAX_VALUE ? size : Math.max(at, data << Layout.BLOCK_SHIFT);
                if (mode == SeekMode.DATA) {
                    if (start >= size) {
                        throw new FsException.Refused(Errno.ENXIO, "data behind " + offset + " in node " + inode.number());
                    }
                    return start;
                }
                if (start > at) {
                    return at;
                }
                at = endOfData(inode, at >> Layout.BLOCK_SHIFT) << Layout.BLOCK_SHIFT;
            }
            return size;
        } finally {
            inode.lock.readLock().unlock();
        }
    }

    private long nextData(Inode inode, long block) throws FsException {
        Long slot = inode.blocks.ceilingKey(block);
        long next = slot == null ? Long.MAX_VALUE : slot;
        for (long at = block; at < next;) {
            List<Extent> extents = extents(inode, at, Math.min(next, Extents.END));
            for (Extent e : extents) {
                if (e.kind() != Extent.RESERVED) {
                    return Math.min(next, Math.max(block, e.from()));
                }
                at = e.end();
            }
            if (extents.isEmpty()) {
                break;
            }
        }
        return next;
    }

    private long endOfData(Inode inode, long block) throws FsException {
        long at = block;
        while (true) {
            if (inode.blocks.containsKey(at)) {
                at++;
                continue;
            }
            List<Extent> e = extents(inode, at, at + 1);
            if (e.isEmpty() || e.getFirst().kind() == Extent.RESERVED) {
                return at;
            }
            at = e.getFirst().end();
        }
    }

    List<Extent> extents(Inode inode, long from, long to) throws FsException {
        volume.lock.readLock().lock();
        try {
            return Extents.in(inode.subvolume, inode.number(), from, to, 64);
        } finally {
            volume.lock.readLock().unlock();
        }
    }
}
