package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/**
 * Writes files: small pieces into slots, that are written back together later; from 256 KiB on whole blocks go from the caller's memory to
 * the device at once. Preconditions of all: the inode's lock is held alone.
 */
public final class Writer {
    private static final int DIRECT = 256 << 10;
    private static final int PIECE = Layout.EXTENT_BLOCKS << Layout.BLOCK_SHIFT;
    private static final int PATIENCE = 30_000;
    /** Blocks that one who finds no slot writes back of others. */
    private static final int AT_ONCE = 64;
    private final Volume volume;
    private final Reader reader;
    private final Placement placement;
    private final Writeback writeback;

    Writer(Volume volume, Reader reader, Placement placement, Writeback writeback) {
        this.volume = volume;
        this.reader = reader;
        this.placement = placement;
        this.writeback = writeback;
    }

    /** Whole blocks that are on their way to the medium before the inode's lock is taken, so that several writers of a file wait for the device at once. */
    static final class Ahead {
        private final int bytes;
        private List<Extent> extents;

        private Ahead(int bytes, List<Extent> extents) {
            this.bytes = bytes;
            this.extents = extents;
        }
    }

    /** Places the first piece of a large write. Without locks. @return null when it is not large, or has no room at once */
    Ahead ahead(Inode inode, long offset, MemorySegment from) throws FsException {
        if (from.byteSize() < DIRECT || offset < 0 || (offset & Layout.BLOCK - 1) != 0 || offset > Layout.MAX_FILE - from.byteSize()
                || inode.subvolume.readOnly || inode.gone()) {
            return null;
        }
        int bytes = (int) Math.min(PIECE, from.byteSize() & -Layout.BLOCK);
        try {
            inode.subvolume.quotas.check(inode.data.quota, bytes >> Layout.BLOCK_SHIFT, 0);
            return new Ahead(bytes, placement.writeNew(inode, offset >> Layout.BLOCK_SHIFT, from.asSlice(0, bytes)));
        } catch (FsException.Refused e) {
            return null; // with the lock it is tried in smaller pieces, and what can't be is said
        }
    }

    /** Gives back what was not written after all. */
    void abandon(Ahead ahead) throws FsException {
        if (ahead != null && ahead.extents != null && volume.failure() == null) {
            placement.abandon(ahead.extents);
            ahead.extents = null;
        }
    }

    /** @return bytes written; fewer only when space ended */
    public long write(Inode inode, long offset, MemorySegment from, Ahead ahead) throws FsException {
        long length = from.byteSize();
        if (offset < 0 || offset > Layout.MAX_FILE - length) {
            throw new FsException.Refused(offset < 0 ? Errno.EINVAL : Errno.EFBIG, "write at " + offset + " of node " + inode.number());
        }
        if (length == 0) {
            return 0;
        }
        volume.writable();
        if (offset > inode.data.size) {
            zeroTail(inode);
        }
        long done = 0;
        boolean large = true;
        try {
            while (done < length) {
                long at = offset + done;
                if (large && (at & Layout.BLOCK - 1) == 0 && length - done >= DIRECT) {
                    long n = direct(inode, at, from.asSlice(done), done == 0 ? ahead : null);
                    large = n > 0;
                    done += n;
                } else {
                    done += block(inode, at, from.asSlice(done));
                }
                extend(inode, offset + done);
            }
        } catch (FsException.Refused e) {
            if (done == 0) {
                throw e;
            }
        }
        touch(inode);
        return done;
    }

    private void extend(Inode inode, long end) {
        synchronized (inode.data) {
            inode.data.size = Math.max(inode.data.size, end);
        }
    }

    /** The times of a change of contents. */
    void touch(Inode inode) {
        synchronized (inode.data) {
            inode.data.modified = inode.data.changed = volume.now();
        }
        inode.unsaved = true;
        if (inode.since == 0 && !inode.blocks.isEmpty()) {
            inode.since = volume.now();
        }
    }

    /** @return 0 when so much at once has no room: less may have */
    private long direct(Inode inode, long at, MemorySegment from, Ahead ahead) throws FsException {
        try {
            return directly(inode, at, from, ahead);
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.ENOSPC && e.errno() != Errno.EDQUOT) {
                throw e;
            }
            return 0;
        }
    }

    private long directly(Inode inode, long at, MemorySegment from, Ahead ahead) throws FsException {
        int bytes = ahead != null ? ahead.bytes : (int) Math.min(PIECE, from.byteSize() & -Layout.BLOCK);
        long first = at >> Layout.BLOCK_SHIFT, blocks = bytes >> Layout.BLOCK_SHIFT;
        inode.subvolume.quotas.check(inode.data.quota, blocks, 0);
        if (!inode.logged.isEmpty() || !inode.blocks.isEmpty() && inode.blocks.firstKey() < first) {
            writeback.run(inode); // the log would bring back what this replaces; and no size is saved that is ahead of the contents
        }
        List<Extent> placed = ahead != null ? ahead.extents : placement.writeNew(inode, first, from.asSlice(0, bytes));
        if (ahead != null) {
            ahead.extents = null;
        }
        try {
            Subvolume s = inode.subvolume;
            volume.change(s, change -> {
                Extents.punch(change, s, inode.data, first, first + blocks);
                for (Extent e : placed) {
                    change.use(e.address(), e.stored());
                    Extents.put(change, inode.data, e);
                }
                synchronized (inode.data) {
                    inode.data.size = Math.max(inode.data.size, at + bytes);
                    inode.data.savedSize = Math.max(inode.data.savedSize, at + bytes);
                    inode.data.modified = inode.data.changed = volume.now();
                }
                change.put(inode.data);
                return null;
            });
        } catch (FsException e) {
            if (volume.failure() == null) {
                placement.abandon(placed);
            }
            throw e;
        }
        writeback.drop(inode, first, first + blocks);
        return bytes;
    }

    private long block(Inode inode, long at, MemorySegment from) throws FsException {
        long n = at >> Layout.BLOCK_SHIFT;
        int skip = (int) (at & Layout.BLOCK - 1);
        int bytes = (int) Math.min(Layout.BLOCK - skip, from.byteSize());
        Inode.Block block = inode.blocks.get(n);
        if (block == null) {
            block = slot(inode, n, bytes < Layout.BLOCK);
        }
        MemorySegment.copy(from, 0, block.memory, skip, bytes);
        dirty(block, skip, skip + bytes);
        return bytes;
    }

    private static void dirty(Inode.Block block, int low, int high) {
        if (block.high == 0) {
            block.low = low;
            block.high = high;
        } else {
            block.low = Math.min(block.low, low);
            block.high = Math.max(block.high, high);
        }
    }

    /** A slot for a block of the file, with its contents where they are wanted. */
    private Inode.Block slot(Inode inode, long n, boolean contents) throws FsException {
        inode.subvolume.quotas.check(inode.data.quota, 1, 0);
        hold(inode);
        MemorySegment memory = null;
        try {
            memory = take(inode);
            if (contents) {
                reader.block(inode, n, memory);
            }
        } catch (FsException e) {
            if (memory != null) {
                volume.slots.give(memory);
            }
            volume.release(1);
            throw e;
        }
        inode.subvolume.quotas.pending(inode.data.quota, 1);
        Inode.Block block = new Inode.Block(memory);
        inode.blocks.put(n, block);
        if (inode.since == 0) {
            inode.since = volume.now();
        }
        return block;
    }

    private void hold(Inode inode) throws FsException {
        try {
            volume.hold(1);
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.ENOSPC || inode.blocks.isEmpty()) {
                throw e;
            }
            writeback.run(inode); // what is overwritten comes back, and packed blocks need fewer
            volume.hold(1);
        }
    }

    /** All files that nobody uses now. */
    void relieve() throws FsException {
        for (int left = volume.slots.taken(); left > 0 && others(); left--) { // those who go on writing meanwhile don't keep it here
            volume.writable();
        }
    }

    /** Back-pressure: whoever finds no slot writes something back. */
    private MemorySegment take(Inode inode) throws FsException {
        for (int i = 0; i < PATIENCE; i++) {
            MemorySegment memory = volume.slots.take();
            if (memory != null) {
                return memory;
            }
            if (inode.blocks.size() >= 64 || i > 2) {
                writeback.run(inode);
            }
            if (volume.slots.taken() >= volume.slots.limit() && !others()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        throw new FsException.Refused(Errno.EAGAIN, "memory for writes");
    }

    /**
     * Writes back the oldest files that nobody uses now: some at once, as finding them looks at all.
     *
     * @return whether there was one
     */
    private boolean others() throws FsException {
        int blocks = 0;
        for (Subvolume s : volume.subvolumes()) {
            for (Inode other : s.inodes.unwritten()) {
                if (!other.lock.isWriteLockedByCurrentThread() && other.lock.writeLock().tryLock()) {
                    try {
                        if (!other.blocks.isEmpty()) {
                            blocks += other.blocks.size();
                            writeback.run(other);
                        }
                    } finally {
                        other.lock.writeLock().unlock();
                    }
                    if (blocks >= AT_ONCE) {
                        return true;
                    }
                }
            }
        }
        return blocks > 0;
    }

    /** What is behind the end in the last block becomes zeros, before the end moves away from it. */
    void zeroTail(Inode inode) throws FsException {
        int skip = (int) (inode.data.size & Layout.BLOCK - 1);
        if (skip != 0) {
            long n = inode.data.size >> Layout.BLOCK_SHIFT;
            Inode.Block block = inode.blocks.get(n);
            if (block == null) {
                block = slot(inode, n, true);
            }
            block.memory.asSlice(skip).fill((byte) 0);
            dirty(block, skip, Layout.BLOCK);
        }
    }

    /** Contents from the log, as they were acknowledged. */
    public void replay(Inode inode, long offset, byte[] bytes) throws FsException {
        MemorySegment from = MemorySegment.ofArray(bytes);
        for (long done = 0; done < bytes.length;) {
            done += block(inode, offset + done, from.asSlice(done));
        }
        inode.unsaved = true;
    }

    /** The file ends here. */
    public void resize(Inode inode, long size) throws FsException {
        if (size < 0 || size > Layout.MAX_FILE) {
            throw new FsException.Refused(size < 0 ? Errno.EINVAL : Errno.EFBIG, "size " + size + " of node " + inode.number());
        }
        long old = inode.data.size;
        if (size > old) {
            zeroTail(inode);
            extend(inode, size);
        } else if (size < old) {
            if (!inode.logged.isEmpty()) {
                writeback.run(inode);
            }
            shrink(inode, size);
        }
        boolean tail = !inode.blocks.isEmpty();
        synchronized (inode.data) {
            // What stands in slots alone, zeros behind an earlier end too, must not come into a size that is saved.
            inode.data.savedSize = tail ? Math.min(size, inode.data.savedSize) : size;
            inode.data.modified = inode.data.changed = volume.now();
        }
        inode.unsaved = true;
    }

    /** From the end on, in changes that leave the size true, so that a cut finds a file that is whole up to its end. */
    private void shrink(Inode inode, long size) throws FsException {
        long end = size + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT;
        writeback.drop(inode, end, Long.MAX_VALUE);
        Inode.Block last = inode.blocks.get(size >> Layout.BLOCK_SHIFT);
        if (last != null && (size & Layout.BLOCK - 1) != 0) {
            last.memory.asSlice(size & Layout.BLOCK - 1).fill((byte) 0);
        }
        Subvolume s = inode.subvolume;
        boolean[] more = {true};
        while (more[0]) {
            volume.reserve(0, true);
            volume.change(s, change -> {
                List<Extent> extents = Extents.last(s, inode.number(), end, 128);
                long from = extents.isEmpty() ? end : Math.max(end, extents.getLast().from());
                Extents.punch(change, s, inode.data, from, Extents.END);
                more[0] = extents.size() == 128;
                synchronized (inode.data) {
                    inode.data.size = more[0] ? Math.max(size, Math.min(inode.data.size, from << Layout.BLOCK_SHIFT)) : size;
                    inode.data.savedSize = Math.min(inode.data.savedSize, inode.data.size);
                    inode.data.changed = volume.now();
                }
                change.put(inode.data);
                return null;
            });
        }
    }
}
