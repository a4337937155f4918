package org.cloudos.fs.cloudfs.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/**
 * The volume's subvolumes. A snapshot is one more reference to a root node: what is below is copied and counted when one of its trees changes it
 * (ADR 13). Each method is a commit of its own. Thread-safe.
 */
public final class Catalog {
    private static final int PATIENCE = 1000;
    private final Volume volume;
    private final Contents contents;

    public Catalog(Volume volume, Contents contents) {
        this.volume = volume;
        this.contents = contents;
    }

    /** All, by number. */
    public List<Entry> list() throws FsException {
        volume.lock.readLock().lock();
        try {
            List<Entry> list = new ArrayList<>();
            for (Cursor c = volume.catalog.from(1, 0); c.valid(); c.next()) {
                if (Key.type(c.low()) == Key.SUBVOLUME) {
                    list.add(Entry.parse(c.high(), c.value()));
                }
            }
            return list;
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** {@code ENOENT}. */
    public Entry find(String name) throws FsException {
        for (Entry e : list()) {
            if (e.name().equals(name)) {
                return e;
            }
        }
        throw new FsException.Refused(Errno.ENOENT, "snapshot " + name);
    }

    private void free(String name) throws FsException {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > 255 || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
            throw new FsException.Refused(Errno.EINVAL, "name \"" + name + "\" of a snapshot, expected 1 to 255 bytes without /");
        }
        for (Entry e : list()) {
            if (e.name().equals(name)) {
                throw new FsException.Refused(Errno.EEXIST, "snapshot " + name);
            }
        }
    }

    /** Works on trees that are all on the medium, and commits what it did. */
    @FunctionalInterface
    private interface Work<T> {
        T run() throws FsException;
    }

    /** Nobody else changes anything from the first commit to the second. */
    private <T> T settled(Work<T> work) throws FsException {
        for (int i = 0; ; i++) {
            volume.reserve(0, true);
            contents.writeBackAll(0);
            volume.commitLock.lock();
            volume.lock.writeLock().lock();
            try {
                if (unwritten() && i < PATIENCE) {
                    continue; // a snapshot with a size whose contents stand in the log alone would be wrong
                }
                volume.commit();
                T result = work.run();
                volume.commit();
                return result;
            } finally {
                volume.lock.writeLock().unlock();
                volume.commitLock.unlock();
            }
        }
    }

    private boolean unwritten() {
        for (Subvolume s : volume.subvolumes()) {
            for (Inode inode : s.inodes.all()) {
                if (!inode.logged.isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    private Entry enter(String name, Pointer root, Entry from, long flags, UUID identity, UUID origin) throws FsException {
        Entry entry = new Entry(volume.takeSubvolume(), root, from.nextInode(), flags, volume.now(), from.number(), identity, origin, name);
        put(entry);
        return entry;
    }

    private void put(Entry entry) throws FsException {
        volume.catalog.put(entry.number(), Key.low(Key.SUBVOLUME, 0), entry.emit());
    }

    /** A read-only one of what these files are now. */
    public Entry snapshot(long of, String name, UUID identity) throws FsException {
        free(name);
        return settled(() -> {
            free(name);
            Entry from = current(of);
            volume.shares.add(from.root().address(), Layout.NODE_BLOCKS);
            return enter(name, from.root(), from, 0, identity, Entry.NO_ORIGIN);
        });
    }

    /** As the catalog has it: after a commit that is what an open one has as well. */
    private Entry current(long number) throws FsException {
        byte[] item = volume.catalog.get(number, Key.low(Key.SUBVOLUME, 0));
        if (item == null) {
            throw new FsException.Refused(Errno.ENOENT, "snapshot " + number);
        }
        return Entry.parse(number, item);
    }

    /** A writable one. */
    public Entry clone(String snapshot, String name, UUID identity) throws FsException {
        long of = find(snapshot).number();
        free(name);
        return settled(() -> {
            free(name);
            Entry from = current(of);
            volume.shares.add(from.root().address(), Layout.NODE_BLOCKS);
            return enter(name, from.root(), from, Entry.WRITABLE, identity, Entry.NO_ORIGIN);
        });
    }

    /** A writable one that becomes a snapshot when all of it came. What earlier ones left unfinished goes. */
    Subvolume unfinished(String name, Entry base, UUID identity) throws FsException {
        for (Entry e : list()) {
            if (e.name().startsWith(Receiving.UNFINISHED) && volume.subvolumes().stream().noneMatch(s -> s.number() == e.number())) {
                delete(e.name());
            }
        }
        if (base != null) {
            Entry clone = clone(base.name(), name, identity);
            volume.commitLock.lock();
            try {
                return volume.subvolume(clone.number(), false);
            } finally {
                volume.commitLock.unlock();
            }
        }
        return settled(() -> volume.emptySubvolume(name, identity));
    }

    /** What was received is a snapshot from now on. */
    Entry finish(Subvolume s, String name, UUID origin, long nextInode) throws FsException {
        return settled(() -> {
            Entry e = current(s.number());
            Entry done = new Entry(e.number(), e.root(), nextInode, 0, e.created(), e.parent(), e.identity(), origin, name);
            put(done);
            volume.forget(s);
            return done;
        });
    }

    /** What was received goes. */
    void abandon(Subvolume s) throws FsException {
        settled(() -> {
            volume.forget(s);
            return null;
        });
        delete(s.entry().name());
    }

    /** Its subtree is freed later, by {@link Drops}. {@code EBUSY} while it is open. */
    public void delete(String name) throws FsException {
        Entry e = find(name);
        if (e.number() == Entry.HEAD) {
            throw new FsException.Refused(Errno.EINVAL, "delete of the volume's own files");
        }
        settled(() -> {
            if (volume.subvolumes().stream().anyMatch(s -> s.number() == e.number())) {
                throw new FsException.Refused(Errno.EBUSY, "snapshot " + name);
            }
            Entry now = current(e.number());
            volume.catalog.delete(e.number(), Key.low(Key.SUBVOLUME, 0));
            Drops.enter(volume, now.root());
            return null;
        });
    }

    /** The volume's files become a snapshot's. What they were is kept under a name, or dropped. */
    public void rollback(Subvolume head, String snapshot, String keepAs, UUID identity) throws FsException {
        long of = find(snapshot).number();
        if (keepAs != null) {
            free(keepAs);
        }
        settled(() -> {
            for (Inode inode : head.inodes.all()) {
                if (inode.busy() && inode.number() != FileSystem.ROOT || inode.since != 0) {
                    throw held(inode.number());
                }
            }
            for (long node : head.inodes.held().keySet()) {
                if (node != FileSystem.ROOT) {
                    throw held(node);
                }
            }
            Entry to = current(of), was = current(head.number());
            if (keepAs == null) {
                Drops.enter(volume, was.root());
            } else {
                enter(keepAs, was.root(), was, 0, identity, Entry.NO_ORIGIN);
            }
            volume.shares.add(to.root().address(), Layout.NODE_BLOCKS);
            Entry now = was.at(to.root(), Math.max(was.nextInode(), to.nextInode()));
            put(now);
            head.rolledBack(now);
            return null;
        });
    }

    private static FsException held(long node) {
        return new FsException.Refused(Errno.EBUSY, "node " + node + " is held by a program, or by a mount that remembers it: unmount the volume first");
    }
}
