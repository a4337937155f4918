package org.cloudos.fs.cloudfs.names;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Attributes of nodes, extended ones too. Thread-safe. */
public final class Attribution {
    private static final int FLAGS = Attributes.IMMUTABLE | Attributes.APPEND_ONLY | Attributes.COMPRESSED | Attributes.NOT_COMPRESSED;
    private final Volume volume;
    private final Subvolume s;

    public Attribution(Subvolume subvolume) {
        this.volume = subvolume.volume;
        this.s = subvolume;
    }

    public Attributes of(long node) throws FsException {
        Inode inode = s.inodes.loaded(node);
        if (inode != null && !inode.gone()) {
            return of(inode.data);
        }
        volume.lock.readLock().lock();
        try {
            return of(s.data(node));
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    Attributes of(InodeData data) {
        Inode inode = s.inodes.loaded(data.number);
        return data.attributes(inode == null ? 0 : inode.blocks.size());
    }

    /** Sets all but the size. */
    public Attributes set(long node, AttributeChange change) throws FsException {
        if (change.flags() != null && (change.flags() & ~FLAGS) != 0) {
            throw new FsException.Refused(Errno.EOPNOTSUPP, "flags 0x" + Integer.toHexString(change.flags()) + " of node " + node);
        }
        volume.reserve(0, true);
        return volume.change(s, c -> {
            InodeData data = s.data(node);
            apply(data, change, volume.now());
            c.put(data);
            return of(data);
        });
    }

    /** What is written from now on is packed so. */
    public void codec(long node, org.cloudos.fs.cloudfs.format.Codec codec) throws FsException {
        volume.reserve(0, true);
        volume.change(s, c -> {
            InodeData data = s.data(node);
            synchronized (data) {
                data.codec = codec.ordinal();
                data.changed = volume.now();
            }
            c.put(data);
            return null;
        });
    }

    private static void apply(InodeData data, AttributeChange change, long now) {
        synchronized (data) {
            if (change.mode() != null) {
                data.mode = data.mode & ~07777 | change.mode() & 07777;
            }
            data.uid = change.uid() == null ? data.uid : change.uid();
            data.gid = change.gid() == null ? data.gid : change.gid();
            data.flags = change.flags() == null ? data.flags : change.flags();
            data.accessed = change.accessed() == null ? data.accessed : time(change.accessed(), now);
            data.modified = change.modified() == null ? data.modified : time(change.modified(), now);
            data.changed = now;
        }
    }

    private static long time(long asked, long now) {
        return asked == AttributeChange.NOW ? now : asked;
    }

    private record Item(long offset, byte[] value) { }

    /** @return the attribute's item, or null */
    private Item find(long node, byte[] name) throws FsException {
        long first = volume.hash.of(name) << 8;
        for (Cursor c = s.tree.from(node, Key.low(Key.XATTR, first)); at(c, node) && Key.offset(c.low()) < first + 256; c.next()) {
            byte[] v = c.value();
            if (Arrays.equals(v, 2, 2 + length(v, node), name, 0, name.length)) {
                return new Item(Key.offset(c.low()), v);
            }
        }
        return null;
    }

    private static boolean at(Cursor c, long node) {
        return c.valid() && c.high() == node && Key.type(c.low()) == Key.XATTR;
    }

    private static int length(byte[] v, long node) throws FsException {
        if (v.length < 2 || Le.u16(v, 0) > v.length - 2) {
            throw new FsException.Corrupt("node " + node, "extended attribute", "a name", v.length + " bytes");
        }
        return Le.u16(v, 0);
    }

    private static FsException.Refused none(long node, String name) {
        return new FsException.Refused(Errno.ENODATA, "attribute " + name + " of node " + node);
    }

    public byte[] extended(long node, String name) throws FsException {
        volume.lock.readLock().lock();
        try {
            s.data(node);
            Item item = find(node, Utf8.bytes(name));
            if (item == null) {
                throw none(node, name);
            }
            return Arrays.copyOfRange(item.value, 2 + length(item.value, node), item.value.length);
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** The item's value. {@code ERANGE} for the name, {@code E2BIG} for the value. */
    static byte[] item(String name, byte[] value) throws FsException {
        byte[] n = Utf8.bytes(name);
        if (n.length == 0 || n.length > 255) {
            throw new FsException.Refused(Errno.ERANGE, "name of an extended attribute with " + n.length + " bytes, 1 to 255 can be");
        }
        if (2 + n.length + value.length > Layout.MAX_VALUE) {
            throw new FsException.Refused(Errno.E2BIG, "attribute " + name + " of " + value.length + " bytes, at most "
                    + (Layout.MAX_VALUE - 2 - n.length));
        }
        byte[] v = new byte[2 + n.length + value.length];
        Le.u16(v, 0, n.length);
        System.arraycopy(n, 0, v, 2, n.length);
        System.arraycopy(value, 0, v, 2 + n.length, value.length);
        return v;
    }

    public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        byte[] item = item(name, value);
        volume.reserve(0, false);
        volume.change(s, c -> {
            InodeData data = s.data(node);
            Item there = find(node, Utf8.bytes(name));
            if (there == null && mode == ExtendedMode.REPLACE) {
                throw none(node, name);
            }
            if (there != null && mode == ExtendedMode.CREATE) {
                throw new FsException.Refused(Errno.EEXIST, "attribute " + name + " of node " + node);
            }
            put(c, node, there == null ? free(node, Utf8.bytes(name)) : there.offset, item);
            changed(c, data);
            return null;
        });
    }

    private void changed(Change c, InodeData data) throws FsException {
        synchronized (data) {
            data.changed = volume.now();
        }
        c.put(data);
    }

    private void put(Change c, long node, long offset, byte[] item) throws FsException {
        c.put(node, Key.XATTR, offset, item);
    }

    private long free(long node, byte[] name) throws FsException {
        long first = volume.hash.of(name) << 8, next = first;
        for (Cursor c = s.tree.from(node, Key.low(Key.XATTR, first)); at(c, node) && Key.offset(c.low()) == next; c.next()) {
            next++;
        }
        if (next > first + 255) {
            throw new FsException.Refused(Errno.ENOSPC, "attributes with one hash of node " + node);
        }
        return next;
    }

    /** Of a new node. */
    void put(Change c, long node, String name, byte[] item) throws FsException {
        put(c, node, free(node, Utf8.bytes(name)), item);
    }

    public void removeExtended(long node, String name) throws FsException {
        volume.reserve(0, true);
        volume.change(s, c -> {
            InodeData data = s.data(node);
            Item there = find(node, Utf8.bytes(name));
            if (there == null) {
                throw none(node, name);
            }
            c.delete(node, Key.XATTR, there.offset);
            changed(c, data);
            return null;
        });
    }

    public List<String> extendedNames(long node) throws FsException {
        volume.lock.readLock().lock();
        try {
            s.data(node);
            List<String> names = new ArrayList<>();
            for (Cursor c = s.tree.from(node, Key.low(Key.XATTR, 0)); at(c, node); c.next()) {
                byte[] v = c.value();
                names.add(new String(v, 2, length(v, node), java.nio.charset.StandardCharsets.UTF_8));
            }
            return names;
        } finally {
            volume.lock.readLock().unlock();
        }
    }
}
