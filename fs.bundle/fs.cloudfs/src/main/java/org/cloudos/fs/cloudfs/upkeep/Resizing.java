package org.cloudos.fs.cloudfs.upkeep;

import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.snapshot.Drops;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Grows and shrinks a volume in use. What stands behind the new end is written again before it; with snapshots that is refused. */
public final class Resizing {
    private final Volume volume;
    private final Contents contents;

    public Resizing(Volume volume, Contents contents) {
        this.volume = volume;
        this.contents = contents;
    }

    public void run(long bytes, List<Entry> subvolumes, Drops drops, Progress progress) throws FsException {
        long blocks = bytes / Layout.BLOCK, now = volume.space.blocks();
        volume.writable();
        if (blocks < Layout.LEAST_BLOCKS || blocks > volume.medium.blocks()) {
            throw new FsException.Refused(Errno.EINVAL, "size of " + bytes + " bytes, expected 16 MiB to the device's "
                    + volume.medium.blocks() * Layout.BLOCK);
        }
        if (blocks >= now) {
            set(blocks);
            return;
        }
        if (subvolumes.size() > 1) {
            throw new FsException.Refused(Errno.EBUSY, "shrinking with snapshots: delete them first");
        }
        while (drops.step()) {
            progress.at("dropped snapshots", 0, 0);
        }
        long used = now - volume.space.freeBlocks() - volume.space.pinned();
        if (used + 4 * volume.leastQuads() > blocks) {
            throw new FsException.Refused(Errno.ENOSPC, used * Layout.BLOCK + " bytes are in use, size of " + bytes);
        }
        shrink(blocks, progress);
    }

    private void set(long blocks) throws FsException {
        volume.commitLock.lock();
        volume.lock.writeLock().lock();
        try {
            volume.space.resize(blocks);
            volume.amend(s -> s);
            volume.commit();
        } finally {
            volume.lock.writeLock().unlock();
            volume.commitLock.unlock();
        }
    }

    private void shrink(long blocks, Progress progress) throws FsException {
        contents.syncAll();
        volume.placing.writeLock().lock(); // what was placed behind the end is referred to then, and so found
        volume.lock.writeLock().lock();
        try {
            volume.space.limit(blocks);
        } finally {
            volume.lock.writeLock().unlock();
            volume.placing.writeLock().unlock();
        }
        try {
            for (int round = 0; round < 8; round++) {
                for (Subvolume s : volume.subvolumes()) {
                    new Rewriting(contents, s).clear(blocks, progress);
                }
                volume.commitLock.lock();
                volume.lock.writeLock().lock();
                try {
                    for (Subvolume s : volume.subvolumes()) {
                        Rewriting.clearNodes(volume, s.tree, blocks);
                    }
                    Rewriting.clearNodes(volume, volume.catalog, blocks);
                    Rewriting.clearNodes(volume, volume.sharesTree, blocks);
                    Rewriting.clearNodes(volume, volume.spaceTree, blocks);
                    volume.commit();
                    if (volume.space.clearBehind(blocks)) {
                        volume.space.resize(blocks);
                        volume.amend(s -> s);
                        volume.commit();
                        return;
                    }
                } finally {
                    volume.lock.writeLock().unlock();
                    volume.commitLock.unlock();
                }
            }
            throw new FsException.Refused(Errno.EBUSY, "blocks behind the new end are in use");
        } finally {
            volume.space.limit(Long.MAX_VALUE);
        }
    }
}
