package org.cloudos.fs.cloudfs.names;

import java.util.Arrays;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Subvolume;

/** Names and attributes as single items, from a stream: their nodes come as items too. Preconditions: the tree lock is held alone. */
public final class Items {
    private final Subvolume s;

    public Items(Subvolume subvolume) {
        this.s = subvolume;
    }

    /** @param value inode(8) · type(1) · name */
    public void name(Change change, long folder, byte[] value) throws FsException {
        byte[] name = Arrays.copyOfRange(value, 9, value.length);
        Folder.Entry there = Folder.find(s, folder, name);
        change.put(folder, Key.ENTRY, there != null ? there.offset() : Folder.place(s, folder, name), value);
    }

    public void unname(Change change, long folder, byte[] name) throws FsException {
        Folder.Entry there = Folder.find(s, folder, name);
        if (there != null) {
            change.delete(folder, Key.ENTRY, there.offset());
        }
    }

    /** @param value length of the name(2) · name · value */
    public void attribute(Change change, long node, byte[] value) throws FsException {
        byte[] name = Arrays.copyOfRange(value, 2, 2 + Le.u16(value, 0));
        long place = find(node, name);
        change.put(node, Key.XATTR, place >= 0 ? place : ~place, value);
    }

    public void noAttribute(Change change, long node, byte[] name) throws FsException {
        long place = find(node, name);
        if (place >= 0) {
            change.delete(node, Key.XATTR, place);
        }
    }

    /** @return where it is, or the complement of where it can go */
    private long find(long node, byte[] name) throws FsException {
        long first = s.volume.hash.of(name) << 8, free = first;
        for (Cursor c = s.tree.from(node, Key.low(Key.XATTR, first)); c.valid() && c.high() == node && Key.type(c.low()) == Key.XATTR
                && Key.offset(c.low()) < first + 256; c.next()) {
            byte[] v = c.value();
            if (Arrays.equals(v, 2, 2 + Le.u16(v, 0), name, 0, name.length)) {
                return Key.offset(c.low());
            }
            free += Key.offset(c.low()) == free ? 1 : 0;
        }
        return ~free;
    }
}
