package org.cloudos.fs.cloudfs.format;

/**
 * Keys of items: two unsigned 64-bit numbers, the object's and {@code type << 56 | offset}.
 *
 * <pre>
 * tree     object     type        offset           value
 * files    inode      INODE       0                {@link Inodes}
 *          inode      TARGET      0                a symbolic link's target, UTF-8
 *          inode      XATTR       hash &lt;&lt; 8 | n   name length(2) · name · value
 *          folder     ENTRY       hash &lt;&lt; 8 | n   inode(8) · type(1) · name
 *          inode      EXTENT      file block       {@link Extent}
 *          0          ORPHAN      inode            none: has no name, goes when nobody holds it
 *          0          QUOTA       number           used bytes(8) · limit(8) · used inodes(8) · limit(8) · folder(8)
 * catalog  number     SUBVOLUME   0                {@link Entry}
 *          0          DROP        node address     {@link Pointer}: a subtree that is to be freed
 * space    group      BITMAP      0                2048 bytes, a set bit is a block in use
 *          2^62 + n   SUMMARY     0                512 × (free blocks(2) · free quads(2)) of groups from 512 n
 * shares   address    SHARE       0                blocks(8) · references beyond the first(8)
 * </pre>
 */
public final class Key {
    public static final int INODE = 1, TARGET = 2, XATTR = 3, ENTRY = 4, EXTENT = 5, ORPHAN = 6, QUOTA = 7;
    public static final int SUBVOLUME = 16, DROP = 17;
    public static final int BITMAP = 32, SUMMARY = 33;
    public static final int SHARE = 48;
    public static final long OFFSET = (1L << 56) - 1;
    public static final long SUMMARIES = 1L << 62;
    public static final int SUMMARY_GROUPS = 512;

    private Key() { }

    public static long low(int type, long offset) {
        return (long) type << 56 | offset;
    }

    public static int type(long low) {
        return (int) (low >>> 56);
    }

    public static long offset(long low) {
        return low & OFFSET;
    }

    public static int compare(long high, long low, long otherHigh, long otherLow) {
        int c = Long.compareUnsigned(high, otherHigh);
        return c != 0 ? c : Long.compareUnsigned(low, otherLow);
    }
}
