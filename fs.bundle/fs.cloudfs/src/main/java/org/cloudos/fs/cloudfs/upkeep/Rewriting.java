package org.cloudos.fs.cloudfs.upkeep;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.file.Extents;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Writes contents again elsewhere: to have them together, or to clear a part of the device. What files or snapshots share stays shared. */
public final class Rewriting {
    private final Volume volume;
    private final Contents contents;
    private final Subvolume s;

    public Rewriting(Contents contents, Subvolume subvolume) {
        this.volume = subvolume.volume;
        this.contents = contents;
        this.s = subvolume;
    }

    /** A file, or all in a folder. @return pieces before and after */
    public long[] defragment(long node, Progress progress) throws FsException {
        long[] pieces = new long[2];
        for (long file : files(node)) {
            pieces[0] += pieces(file);
            rewrite(file, null);
            pieces[1] += pieces(file);
            progress.at("pieces", pieces[1], 0);
            if (Thread.currentThread().isInterrupted()) {
                throw new FsException.Refused(Errno.EINTR, "defragment");
            }
        }
        return pieces;
    }

    private List<Long> files(long node) throws FsException {
        List<Long> todo = new ArrayList<>(List.of(node)), files = new ArrayList<>();
        while (!todo.isEmpty()) {
            long at = todo.removeLast();
            try {
                look(at, todo, files);
            } catch (FsException.Refused e) {
                if (at == node || e.errno() != Errno.ENOENT) {
                    throw e;
                } // else it was removed since its folder was read
            }
        }
        return files;
    }

    private void look(long at, List<Long> todo, List<Long> files) throws FsException {
        volume.lock.readLock().lock();
        try {
            InodeData data = s.data(at);
            if (data.isFile()) {
                files.add(at);
            } else if (data.isFolder()) {
                for (Cursor c = s.tree.from(at, Key.low(Key.ENTRY, 0)); c.valid() && c.high() == at && Key.type(c.low()) == Key.ENTRY; c.next()) {
                    todo.add(Le.i64(c.page(), c.at()));
                }
            }
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    private long pieces(long node) throws FsException {
        volume.lock.readLock().lock();
        try {
            long count = 0, next = -1;
            for (Extent e : Extents.in(s, node, 0, Extents.END, Integer.MAX_VALUE)) {
                count += e.kind() != Extent.INLINE && e.address() != next ? 1 : 0;
                next = e.address() + e.stored();
            }
            return count;
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** @param which extents have to go from where they are; null: those that are in pieces */
    public void rewrite(long node, Predicate<Extent> which) throws FsException {
        Inode inode;
        try {
            inode = s.inodes.acquire(node);
        } catch (FsException.Refused gone) {
            return;
        }
        inode.lock.writeLock().lock();
        try {
            if (!inode.gone()) {
                contents.rewrite(inode, which);
            }
        } finally {
            inode.lock.writeLock().unlock();
            s.inodes.release(inode);
        }
    }

    /** All files that have blocks behind a block. */
    public void clear(long behind, Progress progress) throws FsException {
        long node = 0;
        while (true) {
            node = next(node, behind);
            if (node < 0) {
                return;
            }
            rewrite(node, e -> e.placed() && e.address() + e.stored() > behind);
            progress.at("files to move", node, 0);
        }
    }

    /** The next file behind one that has an extent there. */
    private long next(long node, long behind) throws FsException {
        volume.lock.readLock().lock();
        try {
            for (Cursor c = s.tree.from(node + 1, 0); c.valid(); c.next()) {
                if (Key.type(c.low()) == Key.EXTENT) {
                    Extent e = Extent.parse(c.page(), c.at(), c.length(), Key.offset(c.low()), volume.superblock().blocks());
                    if (e.placed() && e.address() + e.stored() > behind) {
                        return c.high();
                    }
                }
            }
            return -1;
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** Copies nodes of a tree that stand behind a block, at the next commit. Preconditions: the tree lock is held alone. */
    public static void clearNodes(Volume volume, org.cloudos.fs.cloudfs.tree.Tree tree, long behind) throws FsException {
        tree.copyWhere(n -> n.address + Layout.NODE_BLOCKS > behind || n.mirror + Layout.NODE_BLOCKS > behind);
    }
}
