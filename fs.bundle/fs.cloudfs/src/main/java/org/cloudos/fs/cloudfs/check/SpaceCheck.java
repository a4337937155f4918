package org.cloudos.fs.cloudfs.check;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Compares the bitmaps and the tree of shares with what is referred to. */
final class SpaceCheck {
    private final Volume volume;
    private final Findings findings;
    private final Structure structure;
    private long wrongBlocks;
    private long leaked;
    private boolean sharesDiffer;

    SpaceCheck(Volume volume, Findings findings, Structure structure) {
        this.volume = volume;
        this.findings = findings;
        this.structure = structure;
    }

    void run() {
        long blocks = volume.superblock().blocks();
        int groups = (int) (blocks + Layout.GROUP - 1 >> Layout.GROUP_SHIFT);
        for (int g = 0; g < groups; g++) {
            compare(g, expected(g), saved(g));
        }
        sharesDiffer = !text(structure.counts, 1).equals(text(structure.shares, 0));
        if (wrongBlocks == 0 && leaked == 0 && !sharesDiffer && !structure.spaceLost) {
            return;
        }
        String what = wrongBlocks + " blocks that are referred to are marked free, " + leaked + " that are not are marked used"
                + (sharesDiffer ? ", and shared blocks are counted wrongly" : "");
        if (structure.lost && leaked > 0) {
            findings.add(what, "bitmaps and counts are made anew, once what can't be read is given up", false, null);
        } else {
            findings.add(what, "bitmaps and counts are made anew", false, this::rebuild);
        }
    }

    private static String text(Counts counts, long without) {
        StringBuilder b = new StringBuilder();
        long[] last = {-1, -1}; // end and count of what was written last: neighbours with one count are one
        counts.each((start, end, count) -> {
            long extra = count - without;
            if (extra <= 0) {
                return;
            }
            if (last[0] != start || last[1] != extra) {
                b.append(last[0] < 0 ? "" : last[0] + "x" + last[1] + " ").append(start).append('-');
            }
            last[0] = end;
            last[1] = extra;
        });
        return b.append(last[0]).append('x').append(last[1]).toString();
    }

    private long[] expected(int g) {
        long[] bits = new long[Layout.GROUP / 64];
        long first = (long) g << Layout.GROUP_SHIFT, blocks = volume.superblock().blocks();
        int log = volume.superblock().logBlocks();
        for (int i = 0; i < Layout.GROUP && someFixed(g); i++) {
            if (first + i >= blocks || Layout.fixed(first + i, log)) {
                bits[i >> 6] |= 1L << i;
            }
        }
        structure.counts.each(first, first + Layout.GROUP, (start, end, count) -> {
            for (long at = start; at < end; at++) {
                bits[(int) (at - first) >> 6] |= 1L << at;
            }
        });
        return bits;
    }

    /** Whether blocks of a group are taken without a reference; most are not, and 16 TiB have 262,144 groups. */
    private boolean someFixed(int g) {
        return g < 2 || g == Layout.SUPERBLOCK_GROUPS[2] || (long) g + 1 << Layout.GROUP_SHIFT > volume.superblock().blocks();
    }

    private long[] saved(int g) {
        byte[] b = structure.bitmaps.get((long) g);
        if (b == null || b.length != Layout.GROUP / 8) {
            return null;
        }
        long[] bits = new long[Layout.GROUP / 64];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Le.i64(b, 8 * i);
        }
        return bits;
    }

    private void compare(int g, long[] expected, long[] saved) {
        long first = (long) g << Layout.GROUP_SHIFT;
        boolean someFixed = someFixed(g);
        for (int w = 0; w < expected.length; w++) {
            long fixed = saved != null ? saved[w] : someFixed ? fixedBits(first + (w << 6)) : 0;
            wrongBlocks += Long.bitCount(expected[w] & ~fixed);
            leaked += Long.bitCount(fixed & ~expected[w]);
        }
    }

    /** What a group without a bitmap has in use. */
    private long fixedBits(long block) {
        long bits = 0;
        for (int i = 0; i < 64; i++) {
            if (block + i >= volume.superblock().blocks() || Layout.fixed(block + i, volume.superblock().logBlocks())) {
                bits |= 1L << i;
            }
        }
        return bits;
    }

    private void rebuild(Volume v) throws FsException {
        for (int g = 0; g < v.space.groups(); g++) {
            v.space.correct(g, expected(g));
        }
        for (Findings.Remedy prune : structure.prunes) {
            prune.on(v);
        }
        List<Long> old = new ArrayList<>();
        for (Cursor c = v.sharesTree.from(0, 0); c.valid(); c.next()) {
            old.add(c.high());
        }
        for (long start : old) {
            v.sharesTree.delete(start, Key.low(Key.SHARE, 0));
        }
        List<long[]> ranges = new ArrayList<>();
        structure.counts.each((start, end, count) -> {
            if (count > 1) {
                ranges.add(new long[] {start, end - start, count - 1});
            }
        });
        for (long[] r : ranges) {
            byte[] value = new byte[16];
            Le.i64(value, 0, r[1]);
            Le.i64(value, 8, r[2]);
            v.sharesTree.put(r[0], Key.low(Key.SHARE, 0), value);
        }
    }
}
