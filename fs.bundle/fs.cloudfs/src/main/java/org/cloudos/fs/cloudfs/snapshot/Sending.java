package org.cloudos.fs.cloudfs.snapshot;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Extents;
import org.cloudos.fs.cloudfs.file.Reader;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Writes a snapshot, or what differs from an earlier one, as a {@link Stream}. Subtrees that both share are not read. */
public final class Sending {
    private final Volume volume;
    private final Catalog catalog;
    private final Reader reader;
    private WritableByteChannel to;
    private Progress progress;
    private Subvolume source;
    private int sum;
    private long records;
    private long bytes;

    public Sending(Volume volume, Catalog catalog, Reader reader) {
        this.volume = volume;
        this.catalog = catalog;
        this.reader = reader;
    }

    public void send(String snapshot, String since, WritableByteChannel channel, Progress listener) throws FsException {
        Entry entry = catalog.find(snapshot), base = since == null ? null : catalog.find(since);
        for (Entry e : base == null ? new Entry[] {entry} : new Entry[] {entry, base}) {
            if (e.writable()) {
                throw new FsException.Refused(Errno.EINVAL, "send of " + e.name() + ", which is written to: make a snapshot of it");
            }
        }
        to = channel;
        progress = listener;
        boolean wasOpen = volume.subvolumes().stream().anyMatch(s -> s.number() == entry.number());
        volume.commitLock.lock();
        try {
            source = volume.subvolume(entry.number(), true);
        } finally {
            volume.commitLock.unlock();
        }
        try {
            header(entry, base);
            walk(entry, base);
            byte[] end = new byte[8];
            Le.i64(end, 0, records);
            record(Stream.END, end, 8);
        } finally {
            if (!wasOpen) {
                volume.forget(source);
            }
        }
    }

    private void header(Entry entry, Entry base) throws FsException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8), h = new byte[Stream.HEADER + name.length + 4];
        Le.i64(h, 0, Stream.MAGIC);
        Le.i32(h, 8, 1);
        Le.i32(h, 12, name.length);
        Le.uuid(h, 16, identity(entry));
        Le.uuid(h, 32, base == null ? Entry.NO_ORIGIN : identity(base));
        Le.i64(h, 48, entry.nextInode());
        Le.i64(h, 56, entry.created());
        System.arraycopy(name, 0, h, Stream.HEADER, name.length);
        sum = Crc.of(h, 0, h.length - 4);
        Le.i32(h, h.length - 4, sum);
        put(h, h.length);
    }

    /** The same snapshot has one identity wherever it is. */
    static java.util.UUID identity(Entry e) {
        return e.origin().equals(Entry.NO_ORIGIN) ? e.identity() : e.origin();
    }

    private void put(byte[] b, int length) throws FsException {
        try {
            for (ByteBuffer buffer = ByteBuffer.wrap(b, 0, length); buffer.hasRemaining();) {
                to.write(buffer);
            }
        } catch (IOException e) {
            throw new FsException.DeviceFailed("the stream", e);
        }
    }

    private void record(int type, byte[] body, int length) throws FsException {
        byte[] r = new byte[4 + 5 + length + 4];
        Le.i32(r, 0, sum);
        r[4] = (byte) type;
        Le.i32(r, 5, length);
        System.arraycopy(body, 0, r, 9, length);
        sum = Crc.of(r, 0, r.length - 4);
        Le.i32(r, r.length - 4, sum);
        put(Arrays.copyOfRange(r, 4, r.length), r.length - 4);
        records++;
        bytes += length;
        if ((records & 255) == 0) {
            progress.at("sent", bytes, 0);
            if (Thread.currentThread().isInterrupted()) {
                throw new FsException.Refused(Errno.EINTR, "send");
            }
        }
    }

    private void walk(Entry entry, Entry base) throws FsException {
        Walk now = new Walk(volume, entry.root());
        if (base == null) {
            for (; now.valid(); step(now)) {
                if (now.item()) {
                    there(now.high(), now.low(), now.value(), null);
                }
            }
            return;
        }
        if (entry.root().address() == base.root().address()) {
            return;
        }
        Walk before = new Walk(volume, base.root());
        while (now.valid() || before.valid()) {
            differ(now, before);
        }
    }

    private static void step(Walk walk) throws FsException {
        if (walk.item()) {
            walk.next();
        } else {
            walk.down();
        }
    }

    private void differ(Walk now, Walk before) throws FsException {
        int c = Walk.compare(now, before);
        boolean a = now.valid() && !now.item(), b = before.valid() && !before.item();
        if (a && b && now.level() == before.level() && now.pointer().address() == before.pointer().address()) {
            now.next();
            before.next();
        } else if (a && (c <= 0 || !b) && (!b || now.level() >= before.level() || c < 0)) {
            now.down();
        } else if (b && c >= 0) {
            before.down();
        } else if (a) {
            now.down();
        } else if (b) {
            before.down();
        } else if (c < 0) {
            there(now.high(), now.low(), now.value(), null);
            now.next();
        } else if (c > 0) {
            gone(before.high(), before.low(), before.value());
            before.next();
        } else {
            byte[] value = now.value(), old = before.value();
            if (!Arrays.equals(value, old)) {
                there(now.high(), now.low(), value, old);
            }
            now.next();
            before.next();
        }
    }

    private static byte[] body(long first, byte[] rest, int from) {
        byte[] b = new byte[8 + rest.length - from];
        Le.i64(b, 0, first);
        System.arraycopy(rest, from, b, 8, rest.length - from);
        return b;
    }

    private void send(int type, byte[] body) throws FsException {
        record(type, body, body.length);
    }

    private void there(long object, long low, byte[] value, byte[] old) throws FsException {
        if (object == 0) {
            return; // orphans and quotas are the volume's own
        }
        switch (Key.type(low)) {
            case Key.INODE -> send(Stream.INODE, body(object, value, 0));
            case Key.TARGET -> send(Stream.TARGET, body(object, value, 0));
            case Key.XATTR -> {
                if (old != null) {
                    unxattr(object, old);
                }
                send(Stream.XATTR, body(object, value, 0));
            }
            case Key.ENTRY -> {
                if (old != null) {
                    send(Stream.UNNAME, body(object, old, 9));
                }
                send(Stream.NAME, body(object, value, 0));
            }
            case Key.EXTENT -> extent(object, Extent.parse(value, 0, value.length, Key.offset(low), volume.superblock().blocks()),
                    old == null ? 0 : Extent.parse(old, 0, old.length, Key.offset(low), volume.superblock().blocks()).blocks());
            default -> throw new FsException.Corrupt("tree of " + source.entry().name(), "type of an item", "one that is known", Key.type(low));
        }
    }

    private void unxattr(long object, byte[] value) throws FsException {
        send(Stream.UNXATTR, body(object, Arrays.copyOf(value, 2 + Le.u16(value, 0)), 2));
    }

    private void gone(long object, long low, byte[] value) throws FsException {
        if (object == 0) {
            return;
        }
        switch (Key.type(low)) {
            case Key.INODE -> send(Stream.GONE, body(object, new byte[0], 0));
            case Key.XATTR -> unxattr(object, value);
            case Key.ENTRY -> send(Stream.UNNAME, body(object, value, 9));
            case Key.EXTENT -> holes(object, Key.offset(low), Key.offset(low) + Le.i32(value, 4));
            default -> { } // a target goes with its inode
        }
    }

    /** What of a range that had blocks before has none now; what comes as data elsewhere in the stream is not touched. */
    private void holes(long inode, long from, long to) throws FsException {
        for (long at = from; at < to;) {
            List<Extent> there;
            volume.lock.readLock().lock();
            try {
                there = Extents.in(source, inode, at, to, 1);
            } finally {
                volume.lock.readLock().unlock();
            }
            long end = there.isEmpty() ? to : Math.min(to, there.getFirst().from());
            if (end > at) {
                range(Stream.PUNCH, inode, at, end - at);
            }
            at = there.isEmpty() ? to : there.getFirst().end();
        }
    }

    private void range(int type, long inode, long block, long blocks) throws FsException {
        byte[] b = new byte[24];
        Le.i64(b, 0, inode);
        Le.i64(b, 8, block);
        Le.i64(b, 16, blocks);
        send(type, b);
    }

    private void extent(long number, Extent e, int oldBlocks) throws FsException {
        holes(number, e.end(), e.from() + oldBlocks);
        switch (e.kind()) {
            case Extent.INLINE -> send(Stream.INLINE, body(number, e.value(), Extent.HEADER));
            case Extent.RESERVED -> range(Stream.RESERVE, number, e.from(), e.blocks());
            default -> data(number, e);
        }
    }

    private void data(long number, Extent e) throws FsException {
        Inode inode = source.inodes.acquire(number);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) e.blocks() << Layout.BLOCK_SHIFT, Layout.BLOCK);
            reader.raw(inode, e, e.from(), memory);
            byte[] b = new byte[16 + (e.blocks() << Layout.BLOCK_SHIFT)];
            Le.i64(b, 0, number);
            Le.i64(b, 8, e.from() << Layout.BLOCK_SHIFT);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, b, 16, b.length - 16);
            send(Stream.DATA, b);
        } finally {
            source.inodes.release(inode);
        }
    }
}
