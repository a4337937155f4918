package org.cloudos.fs.cloudfs.format;

/**
 * Where what stands on a volume. All addresses are in blocks of 4 KiB.
 *
 * <pre>
 * 0 to 15      not ours: boot sectors, partition tables
 * 16, 17       superblocks of even and odd generations; again 16 blocks into groups 1 and 256
 * 18           the claim of who has the volume open
 * 19, 20       what a mirror's device knows of the other, twice
 * 32           intent log: two halves, of even and odd generations
 * behind       nodes and data
 * </pre>
 */
public final class Layout {
    public static final int BLOCK = 4096;
    public static final int BLOCK_SHIFT = 12;
    public static final int NODE = 16_384;
    public static final int NODE_BLOCKS = NODE / BLOCK;
    /** Blocks of a group: what one bitmap covers, 64 MiB. */
    public static final int GROUP = 16_384;
    public static final int GROUP_SHIFT = 14;
    public static final int SUPERBLOCK = 16;
    public static final int CLAIM = 18;
    public static final int MEMBERS = 19;
    public static final int LOG = 32;
    /** Groups that have superblocks. */
    public static final long[] SUPERBLOCK_GROUPS = {0, 1, 256};
    public static final long LEAST_BLOCKS = 4096;
    /** Blocks of a data extent whose sums are in its item. */
    public static final int EXTENT_BLOCKS = 256;
    /** Blocks that are compressed together: 128 KiB. */
    public static final int UNIT_BLOCKS = 32;
    /** Bytes of an item's value at most: at least four items to a leaf. */
    public static final int MAX_VALUE = 4096;
    /** Bytes of a file that stands in its leaf. */
    public static final int INLINE = 2048;
    public static final long MAX_FILE = Long.MAX_VALUE & -BLOCK;

    private Layout() { }

    /** Blocks of the log, both halves. */
    public static int logBlocks(long total) {
        return Math.clamp(total / 64 & ~1L, 128, 4096);
    }

    /** The first block that is not laid out. */
    public static long firstFree(int logBlocks) {
        return LOG + (long) logBlocks;
    }

    /** Whether a block holds no node and no data, whatever the bitmaps say. */
    public static boolean fixed(long block, int logBlocks) {
        if (block < firstFree(logBlocks)) {
            return true;
        }
        long group = block >> GROUP_SHIFT;
        long within = block & GROUP - 1;
        return (group == SUPERBLOCK_GROUPS[1] || group == SUPERBLOCK_GROUPS[2]) && within >= SUPERBLOCK && within < SUPERBLOCK + 2;
    }
}
