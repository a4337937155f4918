package org.cloudos.fs.cloudfs.names;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Names of nodes. Each operation is one change under the tree lock. What it will look at is brought into memory before. Thread-safe. */
public final class Names {
    private static final int AT_ONCE = 128;
    private final Volume volume;
    private final Subvolume s;
    private final Attribution attribution;
    private final Reaper reaper;

    public Names(Subvolume subvolume, Attribution attribution, Reaper reaper) {
        this.volume = subvolume.volume;
        this.s = subvolume;
        this.attribution = attribution;
        this.reaper = reaper;
    }

    /** {@code ENOTDIR}, {@code ENOENT}. Preconditions: the tree lock is held. */
    InodeData folder(long number) throws FsException {
        InodeData data = s.data(number);
        if (!data.isFolder()) {
            throw new FsException.Refused(Errno.ENOTDIR, "node " + number);
        }
        return data;
    }

    static FsException.Refused refused(Errno errno, String name, long folder) {
        return new FsException.Refused(errno, "\"" + name + "\" in folder " + folder);
    }

    public Attributes lookup(long folder, String name) throws FsException {
        byte[] bytes = Utf8.name(name);
        volume.lock.readLock().lock();
        try {
            Folder.Entry entry = Folder.find(s, folder, bytes);
            if (entry == null) {
                folder(folder);
                return null;
            }
            return attribution.of(s.data(entry.node()));
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    public long parent(long folder) throws FsException {
        volume.lock.readLock().lock();
        try {
            return folder(folder).parent;
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    public String target(long link) throws FsException {
        volume.lock.readLock().lock();
        try {
            if (s.data(link).type() != NodeType.LINK) {
                throw new FsException.Refused(Errno.EINVAL, "target of node " + link);
            }
            byte[] target = s.tree.get(link, Key.low(Key.TARGET, 0));
            if (target == null) {
                throw new FsException.Corrupt("link " + link, "target", "an item", "none");
            }
            return new String(target, java.nio.charset.StandardCharsets.UTF_8);
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    private record Listed(String name, long node, NodeType type, long cookie) { }

    /** The sink is called without locks: it may do anything. */
    public void list(long folder, long cookie, EntrySink sink) throws FsException {
        if (cookie < 0 || cookie > Key.OFFSET) {
            throw new FsException.Refused(Errno.EINVAL, "cookie " + cookie);
        }
        List<Listed> batch = new ArrayList<>(AT_ONCE);
        for (long at = cookie; at >= 0;) {
            batch.clear();
            volume.lock.readLock().lock();
            try {
                folder(folder);
                at = Folder.list(s, folder, at, AT_ONCE, (n, node, type, c) -> batch.add(new Listed(n, node, type, c)));
            } finally {
                volume.lock.readLock().unlock();
            }
            for (Listed e : batch) {
                if (!sink.entry(e.name, e.node, e.type, e.cookie)) {
                    return;
                }
            }
        }
    }

    /** Reads what a change will look at, with other readers. */
    void warm(long folder, byte[] name) throws FsException {
        volume.lock.readLock().lock();
        try {
            s.tree.touch(folder, Key.low(Key.INODE, 0));
            s.tree.touch(folder, Key.low(Key.ENTRY, volume.hash.of(name) << 8));
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    public Attributes create(long folder, String name, NewNode what) throws FsException {
        byte[] bytes = Utf8.name(name);
        Prepared prepared = prepare(what);
        volume.reserve(0, false);
        warm(folder, bytes);
        return volume.change(s, change -> {
            InodeData parent = folder(folder);
            if (parent.links == 0) {
                throw refused(Errno.ENOENT, name, folder);
            }
            if (Folder.find(s, folder, bytes) != null) {
                throw refused(Errno.EEXIST, name, folder);
            }
            long offset = Folder.place(s, folder, bytes);
            s.quotas.check(parent.quota, 0, 1);
            InodeData data = make(parent, what);
            data.links = data.isFolder() ? 2 : 1;
            data.parent = data.isFolder() ? folder : 0;
            put(change, data, prepared);
            Folder.put(change, folder, offset, bytes, data.number, data.mode);
            touched(parent, 1, data.isFolder() ? 1 : 0);
            change.put(parent);
            return data.attributes(0);
        });
    }

    /** A file without a name; the caller holds it. */
    public Attributes createNameless(long folder, NewNode what) throws FsException {
        if (what.type() != NodeType.FILE) {
            throw new FsException.Refused(Errno.EINVAL, "nameless " + what.type());
        }
        Prepared prepared = prepare(what);
        volume.reserve(0, false);
        Attributes made = volume.change(s, change -> {
            s.quotas.check(folder(folder).quota, 0, 1);
            InodeData data = make(folder(folder), what);
            put(change, data, prepared);
            change.put(0, Key.ORPHAN, data.number, new byte[0]);
            return data.attributes(0);
        });
        s.inodes.hold(made.node());
        s.inodes.release(s.inodes.acquire(made.node())); // in memory from now on, as all that has no name and is held
        return made;
    }

    private record Prepared(byte[] target, Map<String, byte[]> extended) { }

    private static Prepared prepare(NewNode what) throws FsException {
        byte[] target = null;
        if (what.type() == NodeType.LINK) {
            target = Utf8.bytes(what.target());
            if (target.length == 0 || target.length > 4095) {
                throw new FsException.Refused(target.length == 0 ? Errno.EINVAL : Errno.ENAMETOOLONG, "target of " + target.length + " bytes");
            }
        }
        Map<String, byte[]> items = new java.util.LinkedHashMap<>();
        for (Map.Entry<String, byte[]> e : what.extended().entrySet()) {
            items.put(e.getKey(), Attribution.item(e.getKey(), e.getValue()));
        }
        return new Prepared(target, items);
    }

    private InodeData make(InodeData parent, NewNode what) {
        InodeData data = new InodeData(s.nextInode++);
        data.generation = volume.superblock().generation() + 1;
        data.mode = what.type().bits() | what.mode() & 07777;
        data.uid = what.uid();
        data.gid = what.gid();
        data.device = what.device();
        data.accessed = data.modified = data.changed = data.born = volume.now();
        data.codec = parent.codec;
        data.quota = parent.quota;
        data.flags = parent.flags & (Attributes.COMPRESSED | Attributes.NOT_COMPRESSED);
        return data;
    }

    private void put(Change change, InodeData data, Prepared prepared) throws FsException {
        if (prepared.target != null) {
            data.size = data.savedSize = prepared.target.length;
            change.put(data.number, Key.TARGET, 0, prepared.target);
        }
        for (Map.Entry<String, byte[]> e : prepared.extended.entrySet()) {
            attribution.put(change, data.number, e.getKey(), e.getValue());
        }
        change.put(data);
    }

    /** A folder's entries changed. */
    void touched(InodeData folder, int entries, int folders) {
        synchronized (folder) {
            folder.entries += entries;
            folder.links += folders;
            folder.size = folder.savedSize = folder.entries * 32;
            folder.modified = folder.changed = volume.now();
        }
    }

    public Attributes link(long node, long folder, String name) throws FsException {
        byte[] bytes = Utf8.name(name);
        volume.reserve(0, false);
        warm(folder, bytes);
        return volume.change(s, change -> {
            InodeData data = s.data(node);
            if (data.isFolder()) {
                throw new FsException.Refused(Errno.EPERM, "link to folder " + node);
            }
            InodeData parent = folder(folder);
            if (parent.links == 0) {
                throw refused(Errno.ENOENT, name, folder);
            }
            if (parent.quota != data.quota && parent.quota != 0) {
                throw refused(Errno.EXDEV, name, folder);
            }
            if (Folder.find(s, folder, bytes) != null) {
                throw refused(Errno.EEXIST, name, folder);
            }
            long offset = Folder.place(s, folder, bytes);
            if (data.links == 0) {
                change.delete(0, Key.ORPHAN, node);
            }
            synchronized (data) {
                data.links++;
                data.changed = volume.now();
            }
            change.put(data);
            Folder.put(change, folder, offset, bytes, node, data.mode);
            touched(parent, 1, 0);
            change.put(parent);
            return attribution.of(data);
        });
    }

    public void remove(long folder, String name, boolean folderWanted) throws FsException {
        byte[] bytes = Utf8.name(name);
        volume.reserve(0, true);
        warm(folder, bytes);
        long reap = volume.change(s, change -> {
            InodeData parent = folder(folder);
            Folder.Entry entry = Folder.find(s, folder, bytes);
            if (entry == null) {
                throw refused(Errno.ENOENT, name, folder);
            }
            InodeData data = s.data(entry.node());
            if (data.isFolder() != folderWanted) {
                throw refused(folderWanted ? Errno.ENOTDIR : Errno.EISDIR, name, folder);
            }
            if (folderWanted && !Folder.empty(s, data.number)) {
                throw refused(Errno.ENOTEMPTY, name, folder);
            }
            change.delete(folder, Key.ENTRY, entry.offset());
            touched(parent, -1, folderWanted ? -1 : 0);
            change.put(parent);
            return unnamed(change, data) ? data.number : 0;
        });
        if (reap != 0) {
            reaper.reap(reap);
        }
    }

    /** A node lost a name. @return whether it is to be reaped */
    boolean unnamed(Change change, InodeData data) throws FsException {
        synchronized (data) {
            data.links = data.isFolder() ? 0 : data.links - 1;
            data.changed = volume.now();
        }
        if (data.links > 0) {
            change.put(data);
            return false;
        }
        return reaper.nameless(change, data);
    }

    /** {@code EINVAL} when a folder would come into itself. */
    void outside(long folder, long of) throws FsException {
        for (long at = folder; ; at = folder(at).parent) {
            if (at == of) {
                throw new FsException.Refused(Errno.EINVAL, "folder " + of + " into itself");
            }
            if (at == FileSystem.ROOT) {
                return;
            }
        }
    }
}
