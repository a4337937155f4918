package org.cloudos.fs.cloudfs.volume;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Digest;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * Brings back what the log has beyond the last commit. The last batch may have come to the medium before the contents that it refers to: it
 * counts only if they are there. A batch that is damaged with a later one behind it was acknowledged: that is damage, not a cut.
 */
public final class Replay {
    /** Contents that stood in the log come back here. */
    @FunctionalInterface
    public interface Contents {
        void write(Inode inode, long offset, byte[] bytes) throws FsException;
    }

    /** Forgets contents that are in extents by now. */
    @FunctionalInterface
    public interface Written {
        void drop(Inode inode, long before) throws FsException;
    }

    private record Batch(byte[] bytes, int end) { }

    private final Volume volume;
    private final Contents contents;
    private final Written written;
    private final long base;
    private final long half;
    private final int halfBlocks;
    private final int tail;
    private long records;

    public Replay(Volume volume, Contents contents, Written written) {
        this.volume = volume;
        this.contents = contents;
        this.written = written;
        this.base = volume.superblock().generation();
        this.tail = volume.superblock().features().has(Features.SHA256) ? Digest.BYTES : 0;
        this.halfBlocks = volume.superblock().logBlocks() / 2;
        this.half = Layout.LOG + (base & 1) * halfBlocks;
    }

    /**
     * @param despiteDamage also when acknowledged changes are lost
     * @return how many records were replayed
     */
    public long run(boolean despiteDamage) throws FsException {
        List<Batch> batches = batches(despiteDamage);
        if (!batches.isEmpty() && !arrived(batches.getLast())) {
            batches.removeLast();
        }
        for (Batch batch : batches) {
            each(batch, (b, at, end) -> claim(b, at, end));
        }
        for (Batch batch : batches) {
            each(batch, this::apply);
        }
        return records;
    }

    private List<Batch> batches(boolean despiteDamage) throws FsException {
        List<Batch> batches = new ArrayList<>();
        int position = 0;
        while (position < halfBlocks) {
            Batch batch = read(position, batches.size() + 1);
            if (batch == null) {
                break;
            }
            batches.add(batch);
            position += batch.bytes.length / Layout.BLOCK;
        }
        if (!despiteDamage) {
            later(position + 1, batches.size() + 1);
        }
        return batches;
    }

    /** A batch that stands behind one that is not there. */
    private void later(int position, long missing) throws FsException {
        byte[] rest = position < halfBlocks ? rest(position) : new byte[0];
        for (int at = position; at < halfBlocks; at++) {
            byte[] head = Arrays.copyOfRange(rest, (at - position) * Layout.BLOCK, (at - position + 1) * Layout.BLOCK);
            if (ours(head) && Le.i64(head, 32) > missing && read(at, Le.i64(head, 32)) != null) {
                throw new FsException.Corrupt("log of volume " + volume.superblock().volume(), "batch " + missing,
                        "a good one, as batch " + Le.i64(head, 32) + " is there", "damage; the option log=drop opens without what was in it");
            }
        }
    }

    private byte[] rest(int position) throws FsException {
        FsException first = null;
        for (int copy : volume.medium.members()) {
            try {
                return volume.medium.read(copy, half + position, (halfBlocks - position) * Layout.BLOCK);
            } catch (FsException e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    private boolean ours(byte[] head) {
        return Le.i32(head, 0) == IntentLog.MAGIC && Le.uuid(head, 8).equals(volume.superblock().volume()) && Le.i64(head, 24) == base;
    }

    private Batch read(int position, long sequence) throws FsException {
        FsException unreadable = null;
        int read = 0;
        for (int copy : volume.medium.members()) {
            try {
                Batch batch = read(copy, position, sequence);
                if (batch != null) {
                    return batch;
                }
                read++;
            } catch (FsException e) {
                unreadable = e;
            }
        }
        if (read == 0) {
            throw unreadable;
        }
        return null;
    }

    private Batch read(int copy, int position, long sequence) throws FsException {
        byte[] head = volume.medium.read(copy, half + position, Layout.BLOCK);
        int length = Le.i32(head, 48);
        int blocks = (int) ((IntentLog.HEADER + (long) length + tail + Layout.BLOCK - 1) / Layout.BLOCK);
        if (!ours(head) || Le.i64(head, 32) != sequence || length < 0 || blocks > halfBlocks - position) {
            return null;
        }
        byte[] all = volume.medium.read(copy, half + position, blocks * Layout.BLOCK);
        return IntentLog.whole(all, length, tail) ? new Batch(all, IntentLog.HEADER + length) : null;
    }

    @FunctionalInterface
    private interface Record {
        void at(byte[] bytes, int at, int end) throws FsException;
    }

    private static void each(Batch batch, Record record) throws FsException {
        for (int at = IntentLog.HEADER; at < batch.end;) {
            int length = batch.end - at < LogRecord.HEADER ? -1 : Le.i32(batch.bytes, at);
            if (length < LogRecord.HEADER || length > batch.end - at) {
                throw new FsException.Corrupt("log record", "length", "inside its batch", length);
            }
            record.at(batch.bytes, at, at + length);
            at += length;
        }
    }

    /** Whether the contents of the extents that this batch brings are on the medium. */
    private boolean arrived(Batch batch) throws FsException {
        boolean[] all = {true};
        each(batch, (b, at, end) -> {
            List<long[]> fresh = new ArrayList<>();
            List<Extent> extents = new ArrayList<>();
            LogRecord.parse(b, at, end, new LogRecord.Visitor() {
                @Override public void put(long high, long low, byte[] value) throws FsException {
                    if (Key.type(low) == Key.EXTENT) {
                        extents.add(Extent.parse(value, 0, value.length, Key.offset(low), volume.superblock().blocks()));
                    }
                }

                @Override public void blocks(int code, long start, long count) {
                    if (code == LogRecord.USE) {
                        fresh.add(new long[] {start, count});
                    }
                }

                @Override public void other(int code, long a, long c, byte[] bytes) { }
            });
            for (Extent e : extents) {
                if ((e.kind() == Extent.PLAIN || e.packed()) && fresh.stream().anyMatch(r -> e.address() >= r[0] && e.address() < r[0] + r[1])) {
                    all[0] &= good(e);
                }
            }
        });
        return all[0];
    }

    private boolean good(Extent e) throws FsException {
        FsException unreadable = null;
        for (int copy : volume.medium.members()) {
            try {
                byte[] stored = volume.medium.read(copy, e.address(), e.stored() * Layout.BLOCK);
                boolean good = true;
                for (int i = 0; i < e.stored(); i++) {
                    good &= e.holds(i, stored, i * Layout.BLOCK);
                }
                if (good) {
                    return true;
                }
                unreadable = null;
            } catch (FsException failed) {
                unreadable = failed;
            }
        }
        if (unreadable != null) {
            throw unreadable;
        }
        return false;
    }

    private void claim(byte[] b, int at, int end) throws FsException {
        volume.lock.writeLock().lock();
        try {
            LogRecord.parse(b, at, end, new LogRecord.Visitor() {
                @Override public void put(long high, long low, byte[] value) { }

                @Override public void blocks(int code, long start, long count) throws FsException {
                    if (code == LogRecord.USE) {
                        volume.space.claim(start, count);
                    }
                }

                @Override public void other(int code, long a, long c, byte[] bytes) { }
            });
        } finally {
            volume.lock.writeLock().unlock();
        }
    }

    private record Piece(long inode, long offset, byte[] bytes) { }

    private void apply(byte[] b, int at, int end) throws FsException {
        records++;
        List<Piece> pieces = new ArrayList<>();
        long number = Le.i64(b, at + 4);
        volume.commitLock.lock();
        Subvolume s;
        try {
            s = volume.subvolume(number, false);
        } finally {
            volume.commitLock.unlock();
        }
        volume.lock.writeLock().lock();
        try {
            LogRecord.parse(b, at, end, new Apply(s, pieces));
        } finally {
            volume.lock.writeLock().unlock();
        }
        for (Piece piece : pieces) {
            contents(s, piece);
        }
    }

    private void contents(Subvolume s, Piece piece) throws FsException {
        Inode inode = s.inodes.loaded(piece.inode);
        if (inode != null && inode.gone()) {
            written.drop(inode, Long.MAX_VALUE); // what was replayed of it before
        }
        try {
            inode = s.inodes.acquire(piece.inode);
        } catch (FsException.Refused gone) {
            return; // removed since: contents that were carried over
        }
        try {
            if (piece.bytes == null) {
                written.drop(inode, piece.offset);
            } else {
                contents.write(inode, piece.offset, piece.bytes);
            }
        } finally {
            s.inodes.release(inode);
        }
    }

    /** Applies to the trees what the first run did. */
    private final class Apply implements LogRecord.Visitor {
        private final Subvolume s;
        private final List<Piece> pieces;

        Apply(Subvolume s, List<Piece> pieces) {
            this.s = s;
            this.pieces = pieces;
        }

        @Override public void put(long high, long low, byte[] value) throws FsException {
            if (Key.type(low) == Key.INODE) {
                s.quotas.changes(high, value);
            }
            s.tree.put(high, low, value);
            if (high == 0 && Key.type(low) == Key.QUOTA) {
                s.quotas.load();
            } else if (Key.type(low) == Key.INODE) {
                s.nextInode = Math.max(s.nextInode, high + 1);
                Inode inode = s.inodes.loaded(high);
                if (inode != null) {
                    inode.data.load(value);
                }
            }
        }

        @Override public void blocks(int code, long start, long count) throws FsException {
            switch (code) {
                case LogRecord.USE -> volume.space.use(start, count);
                case LogRecord.SHARE -> volume.shares.add(start, count);
                default -> volume.shares.remove(start, count, volume.space::free);
            }
        }

        @Override public void other(int code, long a, long c, byte[] bytes) throws FsException {
            switch (code) {
                case LogRecord.DELETE -> {
                    if (Key.type(c) == Key.INODE) {
                        s.quotas.changes(a, null);
                    }
                    s.tree.delete(a, c);
                    if (a == 0 && Key.type(c) == Key.QUOTA) {
                        s.quotas.load();
                    }
                    Inode inode = Key.type(c) == Key.INODE ? s.inodes.loaded(a) : null;
                    if (inode != null) {
                        inode.markGone();
                    }
                }
                case LogRecord.WRITTEN -> pieces.add(new Piece(a, c, null));
                default -> pieces.add(new Piece(a, c, bytes == null ? null : Arrays.copyOf(bytes, bytes.length)));
            }
        }
    }
}
