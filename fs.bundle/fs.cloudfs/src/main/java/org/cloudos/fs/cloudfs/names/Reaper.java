package org.cloudos.fs.cloudfs.names;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.file.Extents;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/**
 * Frees nodes that have no name and that nobody holds. A small one that is not in memory goes in the change that took its last name; others
 * become orphans, which the next mount frees when a cut comes in between.
 */
public final class Reaper {
    private static final int AT_ONCE = 32;
    private final Volume volume;
    private final Subvolume s;
    private final Contents contents;

    public Reaper(Subvolume subvolume, Contents contents) {
        this.volume = subvolume.volume;
        this.s = subvolume;
        this.contents = contents;
    }

    /**
     * The last name of a node goes. Preconditions: the tree lock is held alone.
     *
     * @return whether {@link #reap} is to follow
     */
    boolean nameless(Change change, InodeData data) throws FsException {
        if (s.inodes.loaded(data.number) == null && !s.inodes.held(data.number) && Extents.in(s, data.number, 0, Extents.END, AT_ONCE + 1).size() <= AT_ONCE) {
            Extents.punch(change, s, data, 0, Extents.END);
            items(change, data.number);
            return false;
        }
        change.put(0, Key.ORPHAN, data.number, new byte[0]);
        change.put(data);
        return true;
    }

    private void items(Change change, long node) throws FsException {
        List<Long> keys = new ArrayList<>();
        for (Cursor c = s.tree.from(node, 0); c.valid() && c.high() == node; c.next()) {
            keys.add(c.low());
        }
        for (long low : keys) {
            change.delete(node, Key.type(low), Key.offset(low));
        }
    }

    /** Frees a node if nothing keeps it. */
    public void reap(long node) throws FsException {
        Inode inode;
        try {
            inode = s.inodes.acquire(node);
        } catch (FsException.Refused gone) {
            return;
        }
        inode.lock.writeLock().lock();
        try {
            if (inode.data.links == 0 && !s.inodes.held(node) && !inode.gone()) {
                free(inode);
            }
        } finally {
            inode.lock.writeLock().unlock();
            s.inodes.release(inode);
        }
    }

    /** In one change, but for one with many extents. */
    private void free(Inode inode) throws FsException {
        Boolean more = step(inode);
        if (more == null) {
            return;
        }
        contents.discard(inode);
        while (more) {
            more = step(inode);
        }
    }

    /** @return whether there is more to do; null when somebody keeps it */
    private Boolean step(Inode inode) throws FsException {
        volume.reserveToFree();
        return volume.change(s, change -> {
            if (!inode.gone()) {
                if (inode.data.links > 0 || s.inodes.held(inode.number())) {
                    return null;
                }
                inode.markGone();
                change.written(inode);
            }
            List<Extent> last = Extents.last(s, inode.number(), 0, 128);
            if (!last.isEmpty()) {
                Extents.punch(change, s, inode.data, last.getLast().from(), Extents.END);
            }
            if (last.size() == 128) {
                return true;
            }
            items(change, inode.number());
            change.delete(0, Key.ORPHAN, inode.number());
            return false;
        });
    }

    /** Frees what a cut left behind. */
    public void reapAll() throws FsException {
        List<Long> orphans = new ArrayList<>();
        volume.lock.readLock().lock();
        try {
            for (Cursor c = s.tree.from(0, Key.low(Key.ORPHAN, 0)); c.valid() && c.high() == 0 && Key.type(c.low()) == Key.ORPHAN; c.next()) {
                orphans.add(Key.offset(c.low()));
            }
        } finally {
            volume.lock.readLock().unlock();
        }
        for (long node : orphans) {
            try {
                reap(node);
            } catch (FsException.Refused e) {
                if (e.errno() != Errno.ENOSPC) {
                    throw e;
                }
            }
        }
    }
}
