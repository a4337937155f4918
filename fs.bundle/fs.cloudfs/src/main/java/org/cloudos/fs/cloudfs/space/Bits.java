package org.cloudos.fs.cloudfs.space;

import org.cloudos.fs.cloudfs.format.Layout;

/** Bit runs of a group's bitmap: 16,384 bits in 256 words. */
final class Bits {
    static final int WORDS = Layout.GROUP / 64;
    private static final long QUADS = 0x1111_1111_1111_1111L;

    private Bits() { }

    /** @return the first clear bit at or behind, or {@link Layout#GROUP} */
    static int nextClear(long[] bits, int from) {
        int w = from >> 6;
        if (w >= WORDS) {
            return Layout.GROUP;
        }
        long word = ~bits[w] & -1L << from;
        while (word == 0) {
            if (++w == WORDS) {
                return Layout.GROUP;
            }
            word = ~bits[w];
        }
        return (w << 6) + Long.numberOfTrailingZeros(word);
    }

    /** @return the first set bit at or behind, or {@code limit} */
    static int nextSet(long[] bits, int from, int limit) {
        int w = from >> 6;
        if (w >= WORDS) {
            return limit;
        }
        long word = bits[w] & -1L << from;
        while (word == 0) {
            if (++w == WORDS || w << 6 >= limit) {
                return limit;
            }
            word = bits[w];
        }
        return Math.min(limit, (w << 6) + Long.numberOfTrailingZeros(word));
    }

    /** The bits of word {@code w} that are in the range. */
    static long mask(int w, int from, int to) {
        int low = Math.max(from - (w << 6), 0), high = Math.min(to - (w << 6), 64);
        return -1L << low & -1L >>> 64 - high;
    }

    /** A bit for each four aligned blocks that are all free. */
    static long freeQuads(long word) {
        return ~(word | word >>> 1 | word >>> 2 | word >>> 3) & QUADS;
    }

    /** Aligned free fours count as taken. */
    static long withoutQuads(long word) {
        return word | freeQuads(word) * 15;
    }
}
