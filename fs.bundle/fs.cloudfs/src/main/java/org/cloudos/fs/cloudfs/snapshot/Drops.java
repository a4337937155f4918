package org.cloudos.fs.cloudfs.snapshot;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Volume;

/**
 * Frees subtrees that nobody refers to any more, a few nodes at a time. A list in the catalog, last in first out, has one reference to each
 * subtree on it; so a cut or a swap in between loses nothing.
 */
public final class Drops {
    private static final int AT_ONCE = 64;
    private final Volume volume;

    public Drops(Volume volume) {
        this.volume = volume;
    }

    /** Preconditions: the tree lock is held alone. */
    static void enter(Volume volume, Pointer subtree) throws FsException {
        Cursor c = volume.catalog.from(0, Key.low(Key.DROP, Key.OFFSET));
        long next = c.back() && c.high() == 0 && Key.type(c.low()) == Key.DROP ? Key.offset(c.low()) + 1 : 1;
        volume.catalog.put(0, Key.low(Key.DROP, next), subtree.bytes());
    }

    /** @return whether there is more to do */
    public boolean step() throws FsException {
        if (volume.readOnly()) {
            return false;
        }
        volume.reserve(0, true);
        volume.lock.writeLock().lock();
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                Cursor c = volume.catalog.from(0, Key.low(Key.DROP, Key.OFFSET));
                if (!c.back() || c.high() != 0 || Key.type(c.low()) != Key.DROP) {
                    return false;
                }
                drop(c.low(), Pointer.read(c.page(), c.at()));
            }
            return true;
        } finally {
            volume.lock.writeLock().unlock();
        }
    }

    private void drop(long key, Pointer subtree) throws FsException {
        byte[] page = null;
        if (volume.shares.extra(subtree.address()) == 0) {
            try {
                page = volume.nodes.page(subtree);
            } catch (FsException.Corrupt lost) {
                page = null; // what it refers to can't be known: a check finds and frees it
            }
        }
        try {
            volume.catalog.delete(0, key);
            volume.shares.remove(subtree.address(), Layout.NODE_BLOCKS, volume.space::free);
            if (volume.shares.extra(subtree.address()) == 0 && !volume.space.isUsed(subtree.address())) {
                volume.space.free(subtree.mirror(), Layout.NODE_BLOCKS);
                volume.nodes.forget(subtree.address());
                if (page != null) {
                    below(page);
                }
            }
        } catch (FsException e) {
            throw volume.fail(e);
        }
    }

    private void below(byte[] page) throws FsException {
        for (int i = 0; i < Page.count(page); i++) {
            if (Page.level(page) > 0) {
                enter(volume, Pointer.read(page, Page.at(page, i)));
            } else if (Key.type(Page.low(page, i)) == Key.EXTENT) {
                Extent e = Extent.parse(page, Page.at(page, i), Page.length(page, i), Key.offset(Page.low(page, i)), volume.superblock().blocks());
                if (e.placed()) {
                    volume.shares.remove(e.address(), e.stored(), volume.space::free);
                }
            }
        }
    }
}
