package org.cloudos.fs.cloudfs.check;

import java.nio.charset.StandardCharsets;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Tree;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Names nodes that lost theirs: {@code /lost+found/NUMBER}. */
final class LostAndFound {
    private static final byte[] NAME = "lost+found".getBytes(StandardCharsets.UTF_8);
    private final Volume volume;
    private final Subvolume s;
    private final Tree tree;

    LostAndFound(Volume volume, long subvolume) throws FsException {
        this.volume = volume;
        this.s = volume.subvolume(subvolume, false);
        this.tree = s.tree;
    }

    void adopt(long node) throws FsException {
        long folder = folder();
        byte[] item = tree.get(node, Key.low(Key.INODE, 0));
        if (item == null) {
            return; // given up by another remedy
        }
        InodeData d = InodeData.parse(node, item);
        if (d.isFolder()) {
            d.parent = folder;
        } else {
            d.links = 1;
        }
        tree.put(node, Key.low(Key.INODE, 0), d.emit());
        enter(folder, ("#" + node).getBytes(StandardCharsets.UTF_8), d);
    }

    /** A root folder, where none is. */
    void root() throws FsException {
        if (tree.has(FileSystem.ROOT, Key.low(Key.INODE, 0))) {
            return;
        }
        InodeData d = fresh(FileSystem.ROOT, 0755);
        tree.put(d.number, Key.low(Key.INODE, 0), d.emit());
    }

    private InodeData fresh(long number, int mode) {
        InodeData d = new InodeData(number);
        d.mode = NodeType.FOLDER.bits() | mode;
        d.links = 2;
        d.parent = FileSystem.ROOT;
        d.generation = volume.superblock().generation() + 1;
        d.accessed = d.modified = d.changed = d.born = volume.now();
        return d;
    }

    private long folder() throws FsException {
        root();
        long place = volume.hash.of(NAME) << 8;
        byte[] there = tree.get(FileSystem.ROOT, Key.low(Key.ENTRY, place));
        if (there != null) {
            return Le.i64(there, 0);
        }
        InodeData d = fresh(s.nextInode++, 0700);
        tree.put(d.number, Key.low(Key.INODE, 0), d.emit());
        enter(FileSystem.ROOT, NAME, d);
        return d.number;
    }

    private void enter(long folder, byte[] name, InodeData d) throws FsException {
        byte[] value = new byte[9 + name.length];
        Le.i64(value, 0, d.number);
        value[8] = (byte) (d.mode >> 12 & 15);
        System.arraycopy(name, 0, value, 9, name.length);
        long place = volume.hash.of(name) << 8;
        while (tree.has(folder, Key.low(Key.ENTRY, place))) {
            place++;
        }
        tree.put(folder, Key.low(Key.ENTRY, place), value);
        InodeData f = InodeData.parse(folder, tree.get(folder, Key.low(Key.INODE, 0)));
        f.entries++;
        f.savedSize = f.entries * 32;
        f.links += d.isFolder() ? 1 : 0;
        tree.put(folder, Key.low(Key.INODE, 0), f.emit());
    }
}
