package org.cloudos.fs.cloudfs.snapshot;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.names.Items;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Makes a snapshot from a {@link Stream}: in a subvolume that nobody sees until all of it came. */
public final class Receiving {
    /** Names of subvolumes that are not whole begin so. */
    public static final String UNFINISHED = "~receiving ";
    private final Volume volume;
    private final Catalog catalog;
    private final Contents contents;
    private final UUID identity;
    private ReadableByteChannel from;
    private Subvolume s;
    private Items items;
    private int sum;
    private long records;

    public Receiving(Volume volume, Catalog catalog, Contents contents, UUID identity) {
        this.volume = volume;
        this.catalog = catalog;
        this.contents = contents;
        this.identity = identity;
    }

    public Entry receive(ReadableByteChannel channel, String asked, Progress progress) throws FsException {
        from = channel;
        volume.writable();
        byte[] h = read(Stream.HEADER);
        int nameBytes = Le.i32(h, 12);
        if (Le.i64(h, 0) != Stream.MAGIC || Le.i32(h, 8) != 1 || nameBytes < 1 || nameBytes > 255) {
            throw bad("header", "a stream of version 1", "0x" + Long.toHexString(Le.i64(h, 0)) + ", version " + Le.i32(h, 8));
        }
        byte[] rest = read(nameBytes + 4), all = Arrays.copyOf(h, Stream.HEADER + nameBytes);
        System.arraycopy(rest, 0, all, Stream.HEADER, nameBytes);
        sum = Crc.of(all, 0, all.length);
        expect("crc32c of the header", sum, Le.i32(rest, nameBytes));
        String name = asked != null ? asked : new String(rest, 0, nameBytes, StandardCharsets.UTF_8);
        UUID origin = Le.uuid(h, 16), base = Le.uuid(h, 32);
        for (Entry e : catalog.list()) {
            if (e.name().equals(name)) {
                throw new FsException.Refused(Errno.EEXIST, "snapshot " + name);
            }
        }
        s = catalog.unfinished(UNFINISHED + identity, base.equals(Entry.NO_ORIGIN) ? null : base(base), identity);
        items = new Items(s);
        try {
            while (record(progress)) { }
            contents.syncAll();
            return catalog.finish(s, name, origin, Math.max(s.nextInode, Le.i64(h, 48)));
        } catch (FsException | RuntimeException e) {
            abandon();
            throw e;
        }
    }

    private void abandon() {
        try {
            if (volume.failure() == null) {
                catalog.abandon(s);
            }
        } catch (FsException e) {
            volume.fail(e);
        }
    }

    private Entry base(UUID wanted) throws FsException {
        for (Entry e : catalog.list()) {
            if (!e.writable() && Sending.identity(e).equals(wanted)) {
                return e;
            }
        }
        throw new FsException.Refused(Errno.ENOENT, "snapshot " + wanted + ", which the stream builds on");
    }

    private static FsException bad(String field, Object expected, Object found) {
        return new FsException.Corrupt("stream", field, expected, found);
    }

    private void expect(String field, int expected, int found) throws FsException {
        if (expected != found) {
            throw bad(field + " behind " + records + " records", Integer.toHexString(expected), Integer.toHexString(found));
        }
    }

    private byte[] read(int bytes) throws FsException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        boolean more = true;
        try {
            while (more && buffer.hasRemaining()) {
                more = from.read(buffer) >= 0;
            }
        } catch (IOException e) {
            throw new FsException.DeviceFailed("the stream", e);
        }
        if (!more) {
            throw bad("length", bytes + " bytes more", "its end, behind " + records + " records");
        }
        return buffer.array();
    }

    private boolean record(Progress progress) throws FsException {
        byte[] head = read(5);
        int length = Le.i32(head, 1);
        if (length < 8 || length > Stream.MOST_BODY) {
            throw bad("record's length", "8 to " + Stream.MOST_BODY, length);
        }
        byte[] rest = read(length + 4), all = new byte[9 + length];
        Le.i32(all, 0, sum);
        System.arraycopy(head, 0, all, 4, 5);
        System.arraycopy(rest, 0, all, 9, length);
        sum = Crc.of(all, 0, all.length);
        expect("crc32c of a record", sum, Le.i32(rest, length));
        byte[] body = Arrays.copyOf(rest, length);
        if (head[0] == Stream.END) {
            if (Le.i64(body, 0) != records) {
                throw bad("records", Le.i64(body, 0), records);
            }
            return false;
        }
        records++;
        if ((records & 255) == 0) {
            progress.at("records", records, 0);
            if (Thread.currentThread().isInterrupted()) {
                throw new FsException.Refused(Errno.EINTR, "receive");
            }
        }
        volume.reserve(length / Layout.BLOCK + 8, false);
        apply(head[0], Le.i64(body, 0), body);
        return true;
    }

    private void apply(int type, long object, byte[] b) throws FsException {
        switch (type) {
            case Stream.INODE -> inode(object, Arrays.copyOfRange(b, 8, b.length));
            case Stream.GONE -> gone(object);
            case Stream.TARGET -> volume.change(s, c -> {
                c.put(object, Key.TARGET, 0, Arrays.copyOfRange(b, 8, b.length));
                return null;
            });
            case Stream.NAME, Stream.UNNAME, Stream.XATTR, Stream.UNXATTR -> named(type, object, b);
            case Stream.DATA, Stream.PUNCH, Stream.RESERVE, Stream.INLINE -> contents(type, object, b);
            default -> throw bad("type of a record", "1 to 12", type);
        }
    }

    private void named(int type, long object, byte[] b) throws FsException {
        boolean name = type == Stream.NAME;
        if (b.length < (name ? 18 : 9) || type == Stream.XATTR && (b.length < 10 || Le.u16(b, 8) > b.length - 10)
                || b.length - 8 > Layout.MAX_VALUE || type < Stream.XATTR && b.length > 8 + 9 + 255) {
            throw bad("record of a name", "a name", b.length + " bytes");
        }
        volume.change(s, c -> {
            switch (type) {
                case Stream.NAME -> items.name(c, object, Arrays.copyOfRange(b, 8, b.length));
                case Stream.UNNAME -> items.unname(c, object, Arrays.copyOfRange(b, 8, b.length));
                case Stream.XATTR -> items.attribute(c, object, Arrays.copyOfRange(b, 8, b.length));
                default -> items.noAttribute(c, object, Arrays.copyOfRange(b, 8, b.length));
            }
            return null;
        });
    }

    /** All but where its blocks are. */
    private void inode(long number, byte[] item) throws FsException {
        InodeData sent = InodeData.parse(number, item);
        volume.change(s, c -> {
            byte[] there = s.tree.get(number, Key.low(Key.INODE, 0));
            sent.blocks = there == null ? 0 : InodeData.parse(number, there).blocks;
            sent.quota = 0;
            s.nextInode = Math.max(s.nextInode, number + 1);
            c.put(number, Key.INODE, 0, sent.emit());
            Inode loaded = s.inodes.loaded(number);
            if (loaded != null) {
                loaded.data.load(sent.emit());
            }
            return null;
        });
    }

    private void gone(long number) throws FsException {
        contents(Stream.PUNCH, number, punchAll(number));
        volume.change(s, c -> {
            List<Long> lows = new ArrayList<>();
            for (var cursor = s.tree.from(number, 0); cursor.valid() && cursor.high() == number; cursor.next()) {
                lows.add(cursor.low());
            }
            for (long low : lows) {
                c.delete(number, Key.type(low), Key.offset(low));
            }
            Inode loaded = s.inodes.loaded(number);
            if (loaded != null) {
                loaded.markGone();
            }
            return null;
        });
    }

    private static byte[] punchAll(long number) {
        byte[] b = new byte[24];
        Le.i64(b, 0, number);
        Le.i64(b, 16, Key.OFFSET);
        return b;
    }

    private void contents(int type, long number, byte[] b) throws FsException {
        Inode inode;
        try {
            inode = s.inodes.acquire(number);
        } catch (FsException.Refused none) {
            if (type == Stream.PUNCH) {
                return; // extents of a node whose inode went before
            }
            throw bad("contents of node " + number, "a node that came before", "none");
        }
        try {
            switch (type) {
                case Stream.INLINE -> contents.receive(inode, 0, b.length - 8, MemorySegment.ofArray(b).asSlice(8), true);
                case Stream.DATA -> {
                    if (b.length < 16 || (b.length - 16 & Layout.BLOCK - 1) != 0 || (Le.i64(b, 8) & Layout.BLOCK - 1) != 0 || Le.i64(b, 8) < 0) {
                        throw bad("contents of node " + number, "whole blocks", b.length - 16);
                    }
                    contents.receive(inode, Le.i64(b, 8), b.length - 16, MemorySegment.ofArray(b).asSlice(16), false);
                }
                default -> {
                    if (b.length != 24 || Le.i64(b, 8) < 0 || Le.i64(b, 16) <= 0 || Le.i64(b, 8) > Key.OFFSET - Le.i64(b, 16)) {
                        throw bad("range of node " + number, "a range of blocks", Arrays.toString(b));
                    }
                    contents.range(inode, Le.i64(b, 8), Le.i64(b, 16), type == Stream.RESERVE);
                }
            }
        } finally {
            s.inodes.release(inode);
        }
    }
}
