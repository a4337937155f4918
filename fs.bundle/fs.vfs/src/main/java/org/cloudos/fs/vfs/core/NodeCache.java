package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.Acl;

/**
 * Names, those that are not there too, attributes and access lists of a volume, kept in two tables of fixed size: sets of four entries,
 * of which the next in turn makes place. Hits take no lock. Changes of a folder's names are in a row, as in Linux, so that it is known
 * which node a name means while it is changed.
 */
final class NodeCache extends Forwarding {
    private static final int WAYS = 4, STRIPES = 4096, LOCKS = 64;
    private static final String PARENT = "..";

    /** A name in a folder. Node 0: there is none. */
    private record Named(long folder, String name, long node, long stamp) { }

    /** A node, and its access list once that was asked for. */
    private static final class Known {
        final Attributes attributes;
        final long stamp;
        /** Null: not asked for yet. */
        volatile Acl[] acl;

        Known(Attributes attributes, long stamp) {
            this.attributes = attributes;
            this.stamp = stamp;
        }
    }

    private final FileSystem below;
    private final Stamps nameStamps = new Stamps(STRIPES), nodeStamps = new Stamps(STRIPES);
    private final AtomicReferenceArray<Named> names;
    private final AtomicReferenceArray<Known> nodes;
    private final ReentrantLock[] folders = new ReentrantLock[LOCKS];
    private int turn;

    /** @param entries names, and as many nodes; a power of 2 */
    NodeCache(FileSystem below, int entries) {
        this.below = below;
        names = new AtomicReferenceArray<>(entries);
        nodes = new AtomicReferenceArray<>(entries);
        for (int i = 0; i < LOCKS; i++) {
            folders[i] = new ReentrantLock();
        }
    }

    @Override FileSystem below() {
        return below;
    }

    private static int hash(long node) {
        long mixed = node * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    private static int hash(long folder, String name) {
        long mixed = (folder + 31L * name.hashCode()) * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32);
    }

    private int set(int hash) {
        return (hash >>> 3) * WAYS & names.length() - 1;
    }

    // ---- kept

    @Override public Attributes lookup(long folder, String name) throws FsException {
        int hash = hash(folder, name);
        long stamp = nameStamps.get(hash);
        Named named = find(folder, name, hash, stamp);
        if (named != null) {
            if (named.node == 0) {
                return null;
            }
            Attributes known = attributesOf(named);
            if (known != null && nameStamps.get(hash) == stamp) { // else the number may be another node's by now
                return known;
            }
        }
        Attributes found = below.lookup(folder, name);
        keep(hash, stamp, new Named(folder, name, found == null ? 0 : found.node(), stamp));
        return found;
    }

    /** @return null when it went */
    private Attributes attributesOf(Named named) throws FsException {
        try {
            return attributes(named.node);
        } catch (FsException e) {
            if (e.errno() == Errno.ENOENT) {
                return null;
            }
            throw e;
        }
    }

    private Named find(long folder, String name, int hash, long stamp) {
        for (int i = set(hash), end = i + WAYS; i < end; i++) {
            Named named = names.get(i);
            if (named != null && named.folder == folder && named.stamp == stamp && named.name.equals(name)) {
                return named;
            }
        }
        return null;
    }

    private void keep(int hash, long stamp, Named named) {
        if (Stamps.isQuiet(stamp) && nameStamps.get(hash) == stamp) {
            int set = set(hash), at = set + (turn++ & WAYS - 1);
            for (int i = set; i < set + WAYS; i++) {
                Named other = names.get(i);
                at = other == null || other.folder == named.folder && other.name.equals(named.name) ? i : at;
            }
            names.set(at, named);
        }
    }

    @Override public Attributes attributes(long node) throws FsException {
        Known known = node(node);
        return known != null ? known.attributes : fetch(node).attributes;
    }

    private Known node(long node) {
        int hash = hash(node);
        long stamp = nodeStamps.get(hash);
        for (int i = set(hash), end = i + WAYS; i < end; i++) {
            Known known = nodes.get(i);
            if (known != null && known.stamp == stamp && known.attributes.node() == node) {
                return known;
            }
        }
        return null;
    }

    private Known fetch(long node) throws FsException {
        int hash = hash(node);
        long stamp = nodeStamps.get(hash);
        Known known = new Known(below.attributes(node), stamp);
        if (Stamps.isQuiet(stamp) && nodeStamps.get(hash) == stamp) {
            int set = set(hash), at = set + (turn++ & WAYS - 1);
            for (int i = set; i < set + WAYS; i++) {
                Known other = nodes.get(i);
                at = other == null || other.attributes.node() == node ? i : at;
            }
            nodes.set(at, known);
        }
        return known;
    }

    /** @return a node's access list, or null where the permission bits are all */
    Acl acl(long node) throws FsException {
        Known known = node(node);
        if (known == null) {
            known = fetch(node);
        }
        Acl[] acl = known.acl;
        if (acl == null) {
            acl = new Acl[] {readAcl(below, node)};
            known.acl = acl; // of a stamp that is no longer good when it was changed meanwhile
        }
        return acl[0];
    }

    static Acl readAcl(FileSystem fs, long node) throws FsException {
        try {
            return Acl.parse(fs.extended(node, Acl.ACCESS));
        } catch (FsException e) {
            if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
                return null;
            }
            throw e;
        }
    }

    @Override public long parent(long folder) throws FsException {
        int hash = hash(folder, PARENT);
        long stamp = nameStamps.get(hash);
        Named named = find(folder, PARENT, hash, stamp);
        if (named != null) {
            return named.node;
        }
        long parent = below.parent(folder);
        keep(hash, stamp, new Named(folder, PARENT, parent, stamp));
        return parent;
    }

    // ---- changed by others

    void entryChanged(long folder, String name) {
        nameStamps.changed(hash(folder, name));
        nodeStamps.changed(hash(folder));
        nodeStamps.allChanged(); // which node it was is not told
        nameStamps.changed(hash(folder, PARENT));
    }

    void nodeChanged(long node) {
        nodeStamps.changed(hash(node));
    }

    void forgetAll() {
        nameStamps.allChanged();
        nodeStamps.allChanged();
    }

    // ---- changed

    private interface Work<T> {
        T run() throws FsException;
    }

    private <T> T changing(long node, Work<T> work) throws FsException {
        int hash = hash(node);
        nodeStamps.begin(hash);
        try {
            return work.run();
        } finally {
            nodeStamps.end(hash);
        }
    }

    private <T> T changing(long folder, String name, Work<T> work) throws FsException {
        int hash = hash(folder, name);
        ReentrantLock lock = folders[hash(folder) & LOCKS - 1];
        lock.lock();
        nameStamps.begin(hash);
        try {
            return changing(folder, work);
        } finally {
            nameStamps.end(hash);
            lock.unlock();
        }
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        return changing(node, () -> below.set(node, change));
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        return changing(folder, name, () -> made(below.create(folder, name, what)));
    }

    /** A number may have been another node's. */
    private Attributes made(Attributes node) {
        nodeStamps.changed(hash(node.node()));
        nameStamps.changed(hash(node.node(), PARENT));
        return node;
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        return made(below.createNameless(folder, what));
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        return changing(folder, name, () -> changing(node, () -> below.link(node, folder, name)));
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        changing(folder, name, () -> {
            Attributes gone = below.lookup(folder, name);
            return changing(gone == null ? folder : gone.node(), () -> {
                below.remove(folder, name, folderWanted);
                return null;
            });
        });
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        ReentrantLock first = folders[Math.min(hash(folder) & LOCKS - 1, hash(toFolder) & LOCKS - 1)];
        first.lock(); // the lesser before the greater; the other one is taken below, or both are one
        ReentrantLock second = folders[Math.max(hash(folder) & LOCKS - 1, hash(toFolder) & LOCKS - 1)];
        second.lock();
        try {
            changing(folder, name, () -> changing(toFolder, toName, () -> {
                Attributes moved = below.lookup(folder, name), there = below.lookup(toFolder, toName);
                return moving(moved == null ? folder : moved.node(), () -> moving(there == null ? folder : there.node(), () -> {
                    below.rename(folder, name, toFolder, toName, mode);
                    return null;
                }));
            }));
        } finally {
            second.unlock();
            first.unlock();
        }
    }

    /** A node that may get another parent. */
    private <T> T moving(long node, Work<T> work) throws FsException {
        int hash = hash(node, PARENT);
        nameStamps.begin(hash);
        try {
            return changing(node, work);
        } finally {
            nameStamps.end(hash);
        }
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        int hash = hash(node);
        nodeStamps.begin(hash);
        try {
            return below.write(node, offset, from);
        } finally {
            nodeStamps.end(hash);
        }
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        return changing(node, () -> below.append(node, from));
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        changing(node, () -> {
            below.allocate(node, offset, length, mode);
            return null;
        });
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        return changing(toNode, () -> below.copy(node, offset, toNode, toOffset, length));
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        changing(toNode, () -> {
            below.share(node, offset, toNode, toOffset, length);
            return null;
        });
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        changing(node, () -> {
            below.setExtended(node, name, value, mode);
            return null;
        });
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        changing(node, () -> {
            below.removeExtended(node, name);
            return null;
        });
    }

    /** With the last hold a node may go. */
    @Override public void drop(long node, long count) {
        int hash = hash(node);
        nodeStamps.begin(hash);
        try {
            below.drop(node, count);
        } finally {
            nodeStamps.end(hash);
        }
    }
}
