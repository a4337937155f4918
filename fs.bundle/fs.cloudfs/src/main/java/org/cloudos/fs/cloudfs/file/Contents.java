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

    public Contents(Volume volume) {
        Buffers buffers = new Buffers();
        Packer packer = new Packer();
        this.volume = volume;
        this.reader = new Reader(volume, buffers, packer);
        this.placement = new Placement(volume, buffers, packer);
        this.writeback = new Writeback(volume, placement, buffers);
        this.writer = new Writer(volume, reader, placement, writeback);
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
        inode.lock.writeLock().lock();
        try {
            alive(inode);
            return writer.write(inode, offset, from);
        } finally {
            inode.lock.writeLock().unlock();
        }
    }

    /** @return where it was written */
    public long append(Inode inode, MemorySegment from) throws FsException {
        file(inode);
        inode.lock.writeLock().lock();
        try {
            alive(inode);
            long end = inode.data.size, done = writer.write(inode, end, from);
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
        volume.reserve(0, true);
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
    public void discardLocked(Inode inode) {
        inode.lock.writeLock().lock();
        try {
            writeback.drop(inode);
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
