package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Copies within a volume: whole blocks are shared, the rest is copied. */
public final class Copying {
    private final Contents contents;
    private final Volume volume;
    private final Buffers buffers = new Buffers();

    public Copying(Contents contents) {
        this.contents = contents;
        this.volume = contents.volume;
    }

    private void lock(Inode a, Inode b) {
        Inode first = a.number() <= b.number() ? a : b;
        first.lock.writeLock().lock();
        (first == a ? b : a).lock.writeLock().lock();
    }

    private void unlock(Inode a, Inode b) {
        a.lock.writeLock().unlock();
        b.lock.writeLock().unlock();
    }

    private void check(Inode from, long offset, Inode to, long toOffset, long length) throws FsException {
        Contents.file(from);
        Contents.file(to);
        Contents.alive(to);
        volume.writable();
        if (offset < 0 || toOffset < 0 || length < 0 || from == to && offset < toOffset + length && toOffset < offset + length) {
            throw new FsException.Refused(Errno.EINVAL, "copy of " + offset + "+" + length + " of node " + from.number() + " to " + toOffset);
        }
        if (toOffset > Layout.MAX_FILE - length) {
            throw new FsException.Refused(Errno.EFBIG, "copy to " + toOffset + " of node " + to.number());
        }
    }

    /** copy_file_range(2). @return bytes copied */
    public long copy(Inode from, long offset, Inode to, long toOffset, long length) throws FsException {
        lock(from, to);
        try {
            check(from, offset, to, toOffset, length);
            long n = Math.clamp(from.data.size - offset, 0, length);
            if (n == 0) {
                return 0;
            }
            long head = offset + Layout.BLOCK - 1 & -Layout.BLOCK;
            long whole = (offset - toOffset & Layout.BLOCK - 1) == 0 ? (offset + n & -Layout.BLOCK) - head : 0;
            if (whole <= 0) {
                return bytes(from, offset, to, toOffset, n);
            }
            bytes(from, offset, to, toOffset, head - offset);
            blocks(from, head >> Layout.BLOCK_SHIFT, to, toOffset + head - offset >> Layout.BLOCK_SHIFT, whole >> Layout.BLOCK_SHIFT,
                    toOffset + head - offset + whole);
            long done = head - offset + whole;
            bytes(from, offset + done, to, toOffset + done, n - done);
            return n;
        } finally {
            unlock(from, to);
        }
    }

    private long bytes(Inode from, long offset, Inode to, long toOffset, long length) throws FsException {
        MemorySegment buffer = buffers.take();
        try {
            for (long done = 0; done < length;) {
                MemorySegment part = buffer.asSlice(0, Math.min(length - done, Buffers.BYTES));
                contents.reader.read(from, offset + done, part);
                long n = contents.writer.write(to, toOffset + done, part, null);
                done += n;
                if (n < part.byteSize()) {
                    return done;
                }
            }
            return length;
        } finally {
            buffers.give(buffer);
        }
    }

    /** FICLONERANGE. */
    public void share(Inode from, long offset, Inode to, long toOffset, long length) throws FsException {
        lock(from, to);
        try {
            long n = length == 0 ? from.data.size - offset : length;
            check(from, offset, to, toOffset, Math.max(0, n));
            boolean toEnd = offset + n == from.data.size;
            if (((offset | toOffset) & Layout.BLOCK - 1) != 0 || (n & Layout.BLOCK - 1) != 0 && !(toEnd && toOffset + n >= to.data.size)
                    || offset + n > from.data.size) {
                throw new FsException.Refused(Errno.EINVAL, "share of " + offset + "+" + n + " of node " + from.number() + ", expected whole 4 KiB blocks");
            }
            if (n == 0) {
                return;
            }
            blocks(from, offset >> Layout.BLOCK_SHIFT, to, toOffset >> Layout.BLOCK_SHIFT, n + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT,
                    toOffset + n);
        } finally {
            unlock(from, to);
        }
    }

    /**
     * Blocks of one file become those of another too.
     *
     * @param size that the other has at least in the end: what was behind its end in its last block is replaced
     */
    private void blocks(Inode from, long block, Inode to, long toBlock, long count, long size) throws FsException {
        contents.writeback.run(from);
        contents.writeback.run(to);
        if (toBlock << Layout.BLOCK_SHIFT > to.data.size) {
            contents.writer.resize(to, toBlock << Layout.BLOCK_SHIFT);
            contents.writeback.run(to);
        }
        List<Extent> first = contents.extents(from, block, block + 1);
        if (!first.isEmpty() && first.getFirst().kind() == Extent.INLINE) {
            bytes(from, block << Layout.BLOCK_SHIFT, to, toBlock << Layout.BLOCK_SHIFT, Math.min(count << Layout.BLOCK_SHIFT, from.data.size));
            if (size > to.data.size) {
                contents.writer.resize(to, size);
            }
            return;
        }
        Subvolume s = to.subvolume;
        s.quotas.check(to.data.quota, count, 0);
        long by = toBlock - block;
        for (long at = block; at < block + count;) {
            List<Extent> extents = contents.extents(from, at, block + count);
            long start = at, end = extents.size() < 64 ? block + count : extents.getLast().end();
            volume.reserve(8, false);
            volume.change(s, change -> {
                Extents.punch(change, s, to.data, start + by, Math.min(end, block + count) + by);
                for (Extent e : extents) {
                    Extent part = e.part(Math.max(start, e.from()), Math.min(e.end(), block + count), Math.max(start, e.from()) + by);
                    change.share(part.address(), part.stored());
                    Extents.put(change, to.data, part);
                }
                synchronized (to.data) {
                    to.data.size = Math.max(to.data.size, Math.min(size, Math.min(end, block + count) + by << Layout.BLOCK_SHIFT));
                    to.data.savedSize = to.data.size;
                    to.data.modified = to.data.changed = volume.now();
                }
                change.put(to.data);
                return null;
            });
            at = end;
        }
    }
}
