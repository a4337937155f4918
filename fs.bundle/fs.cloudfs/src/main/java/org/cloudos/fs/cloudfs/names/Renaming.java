package org.cloudos.fs.cloudfs.names;

import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** rename(2), one change: before a cut the old name, after it the new. */
public final class Renaming {
    private final Volume volume;
    private final Subvolume s;
    private final Names names;
    private final Reaper reaper;
    private final Contents contents;

    public Renaming(Subvolume subvolume, Names names, Reaper reaper, Contents contents) {
        this.volume = subvolume.volume;
        this.s = subvolume;
        this.names = names;
        this.reaper = reaper;
        this.contents = contents;
    }

    /** @param offset of its entry; {@code from} is the folder */
    private record Place(InodeData folder, Folder.Entry entry, InodeData node) { }

    public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        byte[] from = Utf8.name(name), to = Utf8.name(toName);
        volume.reserve(0, false);
        names.warm(folder, from);
        names.warm(toFolder, to);
        if (mode == RenameMode.REPLACE) {
            settle(folder, from, toFolder, to);
        }
        long reap = volume.change(s, change -> {
            InodeData source = names.folder(folder), target = folder == toFolder ? source : names.folder(toFolder);
            Folder.Entry a = Folder.find(s, folder, from), b = Folder.find(s, toFolder, to);
            if (a == null || b == null && mode == RenameMode.EXCHANGE) {
                throw Names.refused(Errno.ENOENT, a == null ? name : toName, a == null ? folder : toFolder);
            }
            if (target.links == 0) {
                throw Names.refused(Errno.ENOENT, toName, toFolder);
            }
            if (b != null && mode == RenameMode.NO_REPLACE) {
                throw Names.refused(Errno.EEXIST, toName, toFolder);
            }
            if (b != null && a.node() == b.node()) {
                return 0L;
            }
            Place left = new Place(source, a, s.data(a.node()));
            Place right = new Place(target, b, b == null ? null : s.data(b.node()));
            check(left, right, toName, mode);
            if (mode == RenameMode.EXCHANGE) {
                exchange(change, left, from, right, to);
                return 0L;
            }
            return move(change, left, right, to);
        });
        if (reap != 0) {
            reaper.reap(reap);
        }
    }

    /** What takes another file's place has its contents on the way first: programs that don't fsync before the rename expect it. */
    private void settle(long folder, byte[] from, long toFolder, byte[] to) throws FsException {
        Inode inode;
        volume.lock.readLock().lock();
        try {
            Folder.Entry a = Folder.find(s, folder, from);
            inode = a == null || Folder.find(s, toFolder, to) == null ? null : s.inodes.loaded(a.node());
        } finally {
            volume.lock.readLock().unlock();
        }
        if (inode != null && inode.since != 0) {
            contents.writeBack(inode);
        }
    }

    private void check(Place a, Place b, String toName, RenameMode mode) throws FsException {
        long toFolder = b.folder.number;
        if (a.node.isFolder() && a.folder != b.folder) {
            names.outside(toFolder, a.node.number);
        }
        if (mode == RenameMode.EXCHANGE && b.node.isFolder() && a.folder != b.folder) {
            names.outside(a.folder.number, b.node.number);
        }
        if (a.node.quota != b.folder.quota || b.node != null && mode == RenameMode.EXCHANGE && b.node.quota != a.folder.quota) {
            throw Names.refused(Errno.EXDEV, toName, toFolder);
        }
        if (b.node == null || mode == RenameMode.EXCHANGE) {
            return;
        }
        if (a.node.isFolder() != b.node.isFolder()) {
            throw Names.refused(a.node.isFolder() ? Errno.ENOTDIR : Errno.EISDIR, toName, toFolder);
        }
        if (b.node.isFolder() && !Folder.empty(s, b.node.number)) {
            throw Names.refused(Errno.ENOTEMPTY, toName, toFolder);
        }
    }

    private long move(Change change, Place a, Place b, byte[] to) throws FsException {
        long offset = b.entry == null ? Folder.place(s, b.folder.number, to) : b.entry.offset();
        change.delete(a.folder.number, Key.ENTRY, a.entry.offset());
        Folder.put(change, b.folder.number, offset, to, a.node.number, a.node.mode);
        int folder = a.node.isFolder() ? 1 : 0, replaced = b.node != null && b.node.isFolder() ? 1 : 0;
        names.touched(a.folder, -1, -folder);
        names.touched(b.folder, b.entry == null ? 1 : 0, folder - replaced);
        change.put(a.folder);
        change.put(b.folder);
        moved(change, a.node, b.folder.number);
        return b.node != null && names.unnamed(change, b.node) ? b.node.number : 0;
    }

    private void moved(Change change, InodeData node, long folder) throws FsException {
        synchronized (node) {
            node.parent = node.isFolder() ? folder : 0;
            node.changed = volume.now();
        }
        change.put(node);
    }

    private void exchange(Change change, Place a, byte[] from, Place b, byte[] to) throws FsException {
        Folder.put(change, a.folder.number, a.entry.offset(), from, b.node.number, b.node.mode);
        Folder.put(change, b.folder.number, b.entry.offset(), to, a.node.number, a.node.mode);
        int more = (b.node.isFolder() ? 1 : 0) - (a.node.isFolder() ? 1 : 0);
        names.touched(a.folder, 0, more);
        names.touched(b.folder, 0, -more);
        change.put(a.folder);
        change.put(b.folder);
        moved(change, a.node, b.folder.number);
        moved(change, b.node, a.folder.number);
    }
}
