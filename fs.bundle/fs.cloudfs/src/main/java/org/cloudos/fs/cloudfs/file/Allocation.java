package org.cloudos.fs.cloudfs.file;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** fallocate(2). */
public final class Allocation {
    /** Extents that one change moves at most. */
    private static final int MOST_MOVED = 20_000;
    private static final int RUN = 16_384;
    private final Contents contents;
    private final Volume volume;

    public Allocation(Contents contents) {
        this.contents = contents;
        this.volume = contents.volume;
    }

    public void run(Inode inode, long offset, long length, AllocateMode mode) throws FsException {
        Contents.file(inode);
        if (offset < 0 || length <= 0) {
            throw new FsException.Refused(Errno.EINVAL, "range " + offset + "+" + length);
        }
        if (offset > Layout.MAX_FILE - length) {
            throw new FsException.Refused(Errno.EFBIG, "range " + offset + "+" + length);
        }
        inode.lock.writeLock().lock();
        try {
            Contents.alive(inode);
            volume.writable();
            contents.writeback.run(inode);
            switch (mode) {
                case RESERVE, RESERVE_KEEP_SIZE -> reserve(inode, offset, length);
                case PUNCH_HOLE -> zero(inode, offset, length, false);
                case ZERO, ZERO_KEEP_SIZE -> zero(inode, offset, length, true);
                case COLLAPSE -> collapse(inode, offset, length);
                case INSERT -> insert(inode, offset, length);
            }
            if ((mode == AllocateMode.RESERVE || mode == AllocateMode.ZERO) && offset + length > inode.data.size) {
                contents.writer.resize(inode, offset + length);
            }
            contents.writer.touch(inode);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** Holes get blocks that read as zeros. */
    private void reserve(Inode inode, long offset, long length) throws FsException {
        long from = offset >> Layout.BLOCK_SHIFT, to = offset + length + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT;
        long filled = 1 + Math.min(inode.data.blocks, to - from) * Layout.UNIT_BLOCKS; // at most, packed or in its leaf
        if (to - from - filled > volume.space.freeBlocks() + volume.space.pinned()) {
            throw new FsException.Refused(Errno.ENOSPC, "range " + offset + "+" + length + " of node " + inode.number());
        }
        for (long at = from; at < to;) {
            List<Extent> there = contents.extents(inode, at, to);
            long end = there.isEmpty() ? to : there.getFirst().from();
            if (end > at) {
                hole(inode, at, end);
            }
            at = there.isEmpty() ? to : there.getFirst().end();
        }
    }

    private void hole(Inode inode, long from, long to) throws FsException {
        for (long at = from; at < to;) {
            int want = (int) Math.min(to - at, RUN);
            inode.subvolume.quotas.check(inode.data.quota, want, 0);
            long[] run = contents.placement.runNew(want);
            Extent e = Extent.reserved(at, (int) run[1], run[0]);
            volume.change(inode.subvolume, change -> {
                change.use(e.address(), e.stored());
                Extents.put(change, inode.data, e);
                change.put(inode.data);
                return null;
            });
            at += run[1];
        }
    }

    /** Whole blocks go, or become reserved; at the edges zeros are written. */
    private void zero(Inode inode, long offset, long length, boolean reserved) throws FsException {
        long end = offset + length, size = inode.data.size;
        long from = offset + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT, to = end >> Layout.BLOCK_SHIFT;
        if (end >= size && !reserved) {
            to = Math.max(to, Math.max(from, end + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT)); // nothing behind the end is worth a block
        }
        if (from > to) {
            edge(inode, offset, Math.min(end, size));
            return;
        }
        edge(inode, offset, Math.min(Math.min(from << Layout.BLOCK_SHIFT, end), size));
        edge(inode, Math.max(to << Layout.BLOCK_SHIFT, offset), Math.min(end, size));
        contents.writeback.run(inode);
        punch(inode, from, to);
        if (reserved) {
            reserve(inode, from << Layout.BLOCK_SHIFT, Math.max(1, (to - from << Layout.BLOCK_SHIFT)));
            if (end > to << Layout.BLOCK_SHIFT) {
                reserve(inode, to << Layout.BLOCK_SHIFT, end - (to << Layout.BLOCK_SHIFT));
            }
        }
    }

    private void edge(Inode inode, long from, long to) throws FsException {
        if (from >= to) {
            return;
        }
        List<Extent> there = contents.extents(inode, from >> Layout.BLOCK_SHIFT, (from >> Layout.BLOCK_SHIFT) + 1);
        if (!there.isEmpty() && there.getFirst().kind() != Extent.RESERVED) {
            contents.writer.write(inode, from, java.lang.foreign.MemorySegment.ofArray(new byte[(int) (to - from)]), null);
        }
    }

    private void punch(Inode inode, long from, long to) throws FsException {
        Subvolume s = inode.subvolume;
        for (long at = from; at < to;) {
            List<Extent> there = contents.extents(inode, at, to);
            if (there.isEmpty()) {
                return;
            }
            long end = Math.min(to, there.getLast().end()), start = at;
            volume.reserve(0, true);
            volume.change(s, change -> {
                Extents.punch(change, s, inode.data, start, end);
                change.put(inode.data);
                return null;
            });
            at = end;
        }
    }

    private static void aligned(Inode inode, long offset, long length) throws FsException {
        if ((offset & Layout.BLOCK - 1) != 0 || (length & Layout.BLOCK - 1) != 0) {
            throw new FsException.Refused(Errno.EINVAL, "range " + offset + "+" + length + " of node " + inode.number() + ", expected whole 4 KiB blocks");
        }
    }

    private void collapse(Inode inode, long offset, long length) throws FsException {
        aligned(inode, offset, length);
        if (offset + length >= inode.data.size) {
            throw new FsException.Refused(Errno.EINVAL, "range to the end of node " + inode.number());
        }
        long from = offset >> Layout.BLOCK_SHIFT, count = length >> Layout.BLOCK_SHIFT;
        shift(inode, from, from + count, -count, inode.data.size - length);
    }

    private void insert(Inode inode, long offset, long length) throws FsException {
        aligned(inode, offset, length);
        if (offset >= inode.data.size || inode.data.size > Layout.MAX_FILE - length) {
            throw new FsException.Refused(offset >= inode.data.size ? Errno.EINVAL : Errno.EFBIG, "range at " + offset + " of node " + inode.number());
        }
        long from = offset >> Layout.BLOCK_SHIFT;
        shift(inode, from, from, length >> Layout.BLOCK_SHIFT, inode.data.size + length);
    }

    /** What is in {@code from} to {@code behind} goes, what is behind moves; one change, so that a cut sees all or nothing. */
    private void shift(Inode inode, long from, long behind, long by, long size) throws FsException {
        Subvolume s = inode.subvolume;
        volume.reserve(64, false);
        volume.change(s, change -> {
            List<Extent> moved = new ArrayList<>(Extents.in(s, inode.number(), behind, Extents.END, MOST_MOVED + 1));
            if (moved.size() > MOST_MOVED || !moved.isEmpty() && moved.getFirst().kind() == Extent.INLINE && by > 0) {
                throw new FsException.Refused(Errno.EOPNOTSUPP, "to move more than " + MOST_MOVED + " extents, or one inline, of node " + inode.number());
            }
            split(change, inode, behind);
            moved = Extents.in(s, inode.number(), behind, Extents.END, MOST_MOVED + 2);
            Extents.punch(change, s, inode.data, from, behind);
            for (Extent e : moved) {
                change.delete(inode.number(), org.cloudos.fs.cloudfs.format.Key.EXTENT, e.from());
            }
            for (Extent e : moved) {
                Extent there = e.part(e.from(), e.end(), e.from() + by);
                change.put(inode.number(), org.cloudos.fs.cloudfs.format.Key.EXTENT, there.from(), there.value());
            }
            synchronized (inode.data) {
                inode.data.size = inode.data.savedSize = size;
            }
            change.put(inode.data);
            return null;
        });
    }

    /** An extent that lies over this block becomes two. */
    private void split(Change change, Inode inode, long at) throws FsException {
        List<Extent> there = Extents.in(inode.subvolume, inode.number(), at, at + 1, 1);
        if (there.isEmpty() || there.getFirst().from() == at) {
            return;
        }
        Extent e = there.getFirst();
        change.delete(inode.number(), org.cloudos.fs.cloudfs.format.Key.EXTENT, e.from());
        synchronized (inode.data) {
            inode.data.blocks -= Extents.weight(e);
        }
        Extents.put(change, inode.data, e.part(e.from(), at, e.from()));
        Extents.put(change, inode.data, e.part(at, e.end(), at));
        if (e.packed()) {
            change.share(e.address(), e.stored());
        }
    }
}
