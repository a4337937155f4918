package org.cloudos.fs.cloudfs.volume;

import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.tree.Tree;

/** A tree of files: the volume's own, a snapshot, or a clone. */
public final class Subvolume {
    public final Volume volume;
    public final Tree tree;
    public final Inodes inodes = new Inodes(this);
    public final boolean readOnly;
    public final Quotas quotas = new Quotas(this);
    Entry entry; // guarded by the tree lock; as in the catalog
    public long nextInode; // guarded by the tree lock

    Subvolume(Volume volume, Entry entry, Tree tree, boolean readOnly) {
        this.volume = volume;
        this.entry = entry;
        this.tree = tree;
        this.nextInode = entry.nextInode();
        this.readOnly = readOnly;
    }

    public long number() {
        return entry.number();
    }

    public Entry entry() {
        return entry;
    }

    /** The entry changed in the catalog. Preconditions: the tree lock is held alone. */
    public void entry(Entry changed) {
        entry = changed;
    }

    /** Its files are others now. Preconditions: the tree lock is held alone, nothing is unsaved and nobody uses an inode. */
    public void rolledBack(Entry now) throws FsException {
        inodes.all().forEach(Inode::markGone);
        inodes.clear();
        tree.root(now.root());
        quotas.load();
        nextInode = now.nextInode();
        entry = now;
    }

    /**
     * An inode's data: that in memory, or what its item says. {@code ENOENT}. Preconditions: the tree lock is held, alone by those that change
     * it.
     */
    public InodeData data(long number) throws FsException {
        Inode inode = inodes.loaded(number);
        if (inode != null) {
            if (inode.gone) {
                throw new FsException.Refused(Errno.ENOENT, "node " + number);
            }
            return inode.data;
        }
        byte[] item = tree.recent(number, Key.low(Key.INODE, 0));
        if (item == null) {
            throw new FsException.Refused(Errno.ENOENT, "node " + number);
        }
        return InodeData.parse(number, item);
    }
}
