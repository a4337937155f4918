package org.cloudos.fs.cloudfs.volume;

import java.util.Arrays;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * One atomic change of a subvolume. Changes the trees at once and keeps a record of what it did for the log, see {@link LogRecord}.
 * Preconditions: the tree lock is held alone.
 */
public final class Change {
    private final Volume volume;
    private final Subvolume subvolume;
    private byte[] record = new byte[512];
    private int length = LogRecord.HEADER;
    private final boolean keep;

    Change(Volume volume, Subvolume subvolume, boolean keep) {
        this.volume = volume;
        this.subvolume = subvolume;
        this.keep = keep;
    }

    /** Whether something was changed. */
    public boolean begun() {
        return length > LogRecord.HEADER;
    }

    private int grow(int bytes) {
        if (length + bytes > record.length) {
            record = Arrays.copyOf(record, Math.max(record.length * 2, length + bytes));
        }
        int at = length;
        length += bytes;
        return at;
    }

    private int op(int code, long a, long b, int more) {
        int at = keep ? grow(17 + more) : grow(0);
        if (!keep) {
            length = LogRecord.HEADER + 1;
            return -1;
        }
        record[at] = (byte) code;
        Le.i64(record, at + 1, a);
        Le.i64(record, at + 9, b);
        return at + 17;
    }

    public void put(long object, int type, long offset, byte[] value) throws FsException {
        long low = Key.low(type, offset);
        int at = op(LogRecord.PUT, object, low, 2 + value.length);
        if (at >= 0) {
            Le.u16(record, at, value.length);
            System.arraycopy(value, 0, record, at + 2, value.length);
        }
        subvolume.tree.put(object, low, value);
    }

    /** Saves an inode. */
    public void put(InodeData data) throws FsException {
        byte[] item = data.emit();
        subvolume.quotas.changes(data.number, item);
        put(data.number, Key.INODE, 0, item);
        Inode inode = subvolume.inodes.loaded(data.number);
        if (inode != null && inode.data == data) {
            inode.unsaved = false;
        }
    }

    public void delete(long object, int type, long offset) throws FsException {
        if (type == Key.INODE) {
            subvolume.quotas.changes(object, null);
        }
        op(LogRecord.DELETE, object, Key.low(type, offset), 0);
        subvolume.tree.delete(object, Key.low(type, offset));
    }

    /** Blocks that were taken are referred to from now on. */
    public void use(long start, long count) throws FsException {
        op(LogRecord.USE, start, count, 0);
        volume.space.use(start, count);
    }

    /** One more reference. */
    public void share(long start, long count) throws FsException {
        op(LogRecord.SHARE, start, count, 0);
        volume.shares.add(start, count);
    }

    /** One reference less. */
    public void release(long start, long count) throws FsException {
        op(LogRecord.RELEASE, start, count, 0);
        volume.shares.remove(start, count, volume.space::free);
    }

    /** What the log has of this file's contents is in extents now. */
    public void written(Inode inode) {
        written(inode, Long.MAX_VALUE);
    }

    /** What it has of the contents before a block: else old bytes would come back into newer blocks. */
    public void written(Inode inode, long before) {
        op(LogRecord.WRITTEN, inode.number(), before, 0);
        volume.log.forget(inode, before);
    }

    /** Contents that are in no extent: they stand in the log. */
    public void contents(Inode inode, long offset, byte[] bytes) {
        int from = length;
        int at = op(LogRecord.CONTENTS, inode.number(), offset, 4 + bytes.length);
        if (at >= 0) {
            Le.i32(record, at, bytes.length);
            System.arraycopy(bytes, 0, record, at + 4, bytes.length);
            volume.log.remember(inode, Arrays.copyOfRange(record, from, length));
        }
    }

    /** Hands the record to the log. */
    void end() {
        if (keep && begun()) {
            LogRecord.header(record, length, subvolume.number());
            volume.log.append(record, length);
        }
    }
}
