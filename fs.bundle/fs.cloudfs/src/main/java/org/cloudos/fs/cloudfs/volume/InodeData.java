package org.cloudos.fs.cloudfs.volume;

import org.cloudos.fs.Attributes;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * An inode's attributes; the value of its item.
 *
 * <pre>
 * 0 generation(8) · 8 size(8) · 16 blocks(8) · 24 links(8) · 32 mode(4) · 36 uid(4) · 40 gid(4) · 44 device(4) · 48 flags(4) · 52 compression(1)
 * · 53 zero(3) · 56 accessed(8) · 64 modified(8) · 72 changed(8) · 80 born(8) · 88 parent of a folder(8) · 96 quota(8) · 104 entries of a folder(8)
 * </pre>
 * Guarded by its monitor, and changed under the tree lock alone or the inode's lock alone.
 */
public final class InodeData {
    public static final int BYTES = 112;
    public final long number;
    public long generation;
    public long size;
    /** What the item says: less than {@link #size} while what comes behind is only in memory. */
    public long savedSize;
    public long blocks;
    public long links;
    public int mode;
    public int uid;
    public int gid;
    public int device;
    public int flags;
    public int codec;
    public long accessed;
    public long modified;
    public long changed;
    public long born;
    public long parent;
    public long quota;
    public long entries;

    public InodeData(long number) {
        this.number = number;
    }

    public synchronized byte[] emit() {
        byte[] b = new byte[BYTES];
        Le.i64(b, 0, generation);
        Le.i64(b, 8, savedSize);
        Le.i64(b, 16, blocks);
        Le.i64(b, 24, links);
        Le.i32(b, 32, mode);
        Le.i32(b, 36, uid);
        Le.i32(b, 40, gid);
        Le.i32(b, 44, device);
        Le.i32(b, 48, flags);
        b[52] = (byte) codec;
        Le.i64(b, 56, accessed);
        Le.i64(b, 64, modified);
        Le.i64(b, 72, changed);
        Le.i64(b, 80, born);
        Le.i64(b, 88, parent);
        Le.i64(b, 96, quota);
        Le.i64(b, 104, entries);
        return b;
    }

    public static InodeData parse(long number, byte[] b) throws FsException {
        InodeData d = new InodeData(number);
        d.load(b);
        return d;
    }

    /** Untrusted bytes whose node's checksum is good. */
    public synchronized void load(byte[] b) throws FsException {
        if (b.length != BYTES) {
            throw new FsException.Corrupt("inode " + number, "length", BYTES, b.length);
        }
        if (NodeType.of(Le.i32(b, 32)) == null || Le.i64(b, 8) < 0 || Le.i64(b, 24) < 0) {
            throw new FsException.Corrupt("inode " + number, "mode, size and links", "in range", Le.i32(b, 32) + ", " + Le.i64(b, 8) + ", " + Le.i64(b, 24));
        }
        generation = Le.i64(b, 0);
        size = savedSize = Le.i64(b, 8);
        blocks = Le.i64(b, 16);
        links = Le.i64(b, 24);
        mode = Le.i32(b, 32);
        uid = Le.i32(b, 36);
        gid = Le.i32(b, 40);
        device = Le.i32(b, 44);
        flags = Le.i32(b, 48);
        codec = b[52];
        accessed = Le.i64(b, 56);
        modified = Le.i64(b, 64);
        changed = Le.i64(b, 72);
        born = Le.i64(b, 80);
        parent = Le.i64(b, 88);
        quota = Le.i64(b, 96);
        entries = Le.i64(b, 104);
    }

    public NodeType type() {
        return NodeType.of(mode);
    }

    public boolean isFolder() {
        return (mode & 0xF000) == NodeType.FOLDER.bits();
    }

    public boolean isFile() {
        return (mode & 0xF000) == NodeType.FILE.bits();
    }

    /**
     * What the API says of it.
     *
     * @param unsaved blocks that are only in memory. They count as well, but no further than the file goes: those that stand for blocks of
     *                the medium, such as reserved ones, are counted already
     */
    public synchronized Attributes attributes(long unsaved) {
        long taken = Math.max(blocks, Math.min(blocks + unsaved, size + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT));
        return new Attributes(number, generation, type(), mode & 07777, links, uid, gid, device, size, taken << Layout.BLOCK_SHIFT, accessed, modified,
                changed, born, flags);
    }
}
