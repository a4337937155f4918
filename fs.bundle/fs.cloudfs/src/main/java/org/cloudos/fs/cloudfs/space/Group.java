package org.cloudos.fs.cloudfs.space;

import org.cloudos.fs.cloudfs.format.Layout;

/** A group's bitmaps in memory. */
final class Group {
    final int number;
    /** What the next commit writes. */
    final long[] used = new long[Bits.WORDS];
    /** What nobody may take. */
    final long[] busy = new long[Bits.WORDS];

    Group(int number) {
        this.number = number;
    }

    /** One in which nothing was ever taken. */
    static Group fresh(int g, long blocks, int logBlocks) {
        Group group = new Group(g);
        if (special(g) || (long) g + 1 << Layout.GROUP_SHIFT > blocks) {
            group.tail(0, blocks, logBlocks);
        }
        return group;
    }

    /** Whether something is laid out in it. */
    static boolean special(int g) {
        return g < 2 || g == Layout.SUPERBLOCK_GROUPS[2];
    }

    /** The volume's end moves: what is behind it is in use, what comes before it now is free but for what is laid out. */
    void tail(long oldBlocks, long blocks, int logBlocks) {
        long first = (long) number << Layout.GROUP_SHIFT;
        boolean special = special(number);
        for (int i = 0; i < Layout.GROUP; i++) {
            long block = first + i, bit = 1L << i;
            if (block >= blocks || block >= oldBlocks && special && Layout.fixed(block, logBlocks)) {
                used[i >> 6] |= bit;
                busy[i >> 6] |= bit;
            } else if (block >= oldBlocks) {
                used[i >> 6] &= ~bit;
                busy[i >> 6] &= ~bit;
            }
        }
    }

    static int clear(long[] bits) {
        int n = Layout.GROUP;
        for (long word : bits) {
            n -= Long.bitCount(word);
        }
        return n;
    }

    static int fours(long[] bits) {
        int n = 0;
        for (long word : bits) {
            n += Long.bitCount(Bits.freeQuads(word));
        }
        return n;
    }
}
