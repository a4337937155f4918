package org.cloudos.fs.cloudfs.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.tree.Tree;

/**
 * Free blocks. Each group of 64 MiB has two bitmaps in memory: <em>used</em> is what the next commit will write, <em>busy</em> is what nobody may
 * take: used, taken but not yet referred to, or freed since the last commit. Bitmaps are read when they are needed; how much is free in each
 * group is known from the mount on.
 *
 * <p>Nodes take aligned fours ("quads"). Data leaves the last of them alone, so that a full volume can still commit.
 */
public final class Space {
    /** Whom blocks are for: each has a place of its own where the search goes on. */
    public enum Kind { NODE, MIRROR, DATA }

    private static final int MOST_LOADED = 1024;

    private final Tree tree;
    private final int logBlocks;
    private final Map<Integer, Group> loaded = new LinkedHashMap<>(64, 0.75f, true);
    private final BitSet changed = new BitSet();
    private final BitSet changedSummaries = new BitSet();
    private final long[] goals;
    private long blocks;
    private int groups;
    private short[] free; // of each group, neither used nor busy
    private short[] quads;
    private short[] savedFree; // of each group, not used
    private short[] savedQuads;
    private short[] longest; // no run is longer
    private volatile long freeBlocks;
    private volatile long freeQuads;
    private List<long[]> freed = new ArrayList<>();
    private volatile long pinned;
    private int found;
    private long limit = Long.MAX_VALUE;
    private final List<long[]> fenced = new ArrayList<>();

    /** @param tolerant for a check: summaries that can't be read are left out */
    public Space(Tree tree, long blocks, int logBlocks, long[] goals, boolean tolerant) throws FsException {
        this.tree = tree;
        this.logBlocks = logBlocks;
        this.goals = goals.clone();
        resize(blocks);
        try {
            load();
        } catch (FsException.Corrupt e) {
            if (!tolerant) {
                throw e;
            }
        }
    }

    private void load() throws FsException {
        for (Cursor c = tree.from(Key.SUMMARIES, 0); c.valid(); c.next()) {
            long chunk = c.high() - Key.SUMMARIES;
            if (chunk < 0 || chunk > Integer.MAX_VALUE / Key.SUMMARY_GROUPS) {
                throw new FsException.Corrupt("space tree", "summary", "of groups that can be", "number " + Long.toUnsignedString(chunk));
            }
            if (Key.type(c.low()) != Key.SUMMARY || c.length() != 4 * Key.SUMMARY_GROUPS) {
                throw new FsException.Corrupt("space tree", "summary", "512 groups", c.length() + " bytes");
            }
            for (int i = 0; i < Key.SUMMARY_GROUPS && chunk * Key.SUMMARY_GROUPS + i < groups; i++) {
                int g = (int) chunk * Key.SUMMARY_GROUPS + i;
                count(g, Le.u16(c.page(), c.at() + 4 * i), Le.u16(c.page(), c.at() + 4 * i + 2));
            }
        }
    }

    private void count(int g, int freeNow, int quadsNow) {
        freeBlocks += freeNow - free[g];
        freeQuads += quadsNow - quads[g];
        free[g] = savedFree[g] = longest[g] = (short) freeNow;
        quads[g] = savedQuads[g] = (short) quadsNow;
    }

    /** Blocks of the volume from now on. Preconditions: nothing behind is in use. */
    public final void resize(long newBlocks) throws FsException {
        int old = groups;
        long oldBlocks = blocks;
        blocks = newBlocks;
        groups = (int) (newBlocks + Layout.GROUP - 1 >> Layout.GROUP_SHIFT);
        free = grown(free);
        quads = grown(quads);
        savedFree = grown(savedFree);
        savedQuads = grown(savedQuads);
        longest = grown(longest);
        for (int g = old; g < groups; g++) {
            if (Group.special(g) || g == groups - 1) {
                Group fresh = Group.fresh(g, blocks, logBlocks);
                count(g, Group.clear(fresh.used), Group.fours(fresh.used));
            } else {
                count(g, Layout.GROUP, Layout.GROUP / 4); // 16 TiB have 262,144 of them
            }
        }
        if (old > 0) {
            loaded.keySet().removeIf(g -> g >= groups);
            for (int g = groups; g < old; g++) {
                tree.delete(g, Key.low(Key.BITMAP, 0));
            }
            int last = Math.min(old, groups) - 1;
            Group group = group(last, oldBlocks);
            group.tail(oldBlocks, blocks, logBlocks);
            count(last, Group.clear(group.busy), Group.fours(group.busy));
            savedFree[last] = (short) Group.clear(group.used);
            savedQuads[last] = (short) Group.fours(group.used);
            changed.set(last);
            for (int chunk = 0; chunk <= (Math.max(old, groups) - 1) / Key.SUMMARY_GROUPS; chunk++) {
                changedSummaries.set(chunk);
            }
            for (int i = 0; i < goals.length; i++) {
                goals[i] %= blocks;
            }
            recount();
        }
    }

    private void recount() {
        long f = 0, q = 0;
        for (int g = 0; g < groups; g++) {
            f += free[g];
            q += quads[g];
        }
        freeBlocks = f;
        freeQuads = q;
    }

    private short[] grown(short[] old) {
        return old == null ? new short[groups] : Arrays.copyOf(old, groups);
    }

    private Group group(int g) throws FsException {
        return group(g, blocks);
    }

    private Group group(int g, long end) throws FsException {
        Group group = loaded.get(g);
        if (group != null) {
            return group;
        }
        byte[] saved = tree.get(g, Key.low(Key.BITMAP, 0));
        if (saved == null) {
            group = Group.fresh(g, end, logBlocks);
        } else if (saved.length != Layout.GROUP / 8) {
            throw new FsException.Corrupt("space tree", "bitmap of group " + g, "2048 bytes", saved.length);
        } else {
            group = new Group(g);
            for (int i = 0; i < Bits.WORDS; i++) {
                group.used[i] = group.busy[i] = Le.i64(saved, 8 * i);
            }
            if (Group.clear(group.used) != (savedFree[g] & 0xFFFF)) {
                throw new FsException.Corrupt("space tree", "free blocks of group " + g, savedFree[g], Group.clear(group.used));
            }
        }
        if (loaded.size() >= MOST_LOADED) {
            unload();
        }
        loaded.put(g, group);
        return group;
    }

    private void unload() {
        Iterator<Group> all = loaded.values().iterator();
        int left = MOST_LOADED / 8;
        while (all.hasNext() && left > 0) {
            Group group = all.next();
            if (!changed.get(group.number) && Arrays.equals(group.used, group.busy)) {
                all.remove();
                left--;
            }
        }
    }

    /** Blocks that can be taken now. Any thread. */
    public long freeBlocks() {
        return freeBlocks;
    }

    /** Blocks that will be free after the next commit. Any thread. */
    public long pinned() {
        return pinned;
    }

    /** Aligned fours that can be taken now. Any thread. */
    public long freeQuads() {
        return freeQuads;
    }

    public long blocks() {
        return blocks;
    }

    public long[] goals() {
        return goals.clone();
    }

    /** How many blocks the last {@link #take} took. */
    public int found() {
        return found;
    }

    /**
     * Takes blocks that stand together, which no commit writes down until {@link #use}.
     *
     * @param want  best so many; fewer when there is no such run
     * @param spare leave so many quads for nodes
     * @return the first, {@link #found} of them; or -1
     */
    public long take(int want, Kind kind, long spare) throws FsException {
        boolean node = kind != Kind.DATA;
        boolean tight = !node && freeQuads <= spare + (want + 3) / 4;
        int first = (int) (goals[kind.ordinal()] >> Layout.GROUP_SHIFT);
        int bestGroup = -1, bestAt = -1, bestRun = 0;
        for (int i = 0; i <= groups; i++) {
            int g = (first + i) % groups;
            if ((node ? quads[g] : free[g]) == 0 || !node && Math.min(free[g], longest[g]) <= bestRun) {
                continue;
            }
            Group group = group(g);
            int from = i == 0 ? (int) (goals[kind.ordinal()] & Layout.GROUP - 1) : 0;
            int at = node ? quad(group, from) : run(group, from, want, tight);
            if (at >= 0 && found > bestRun) {
                bestGroup = g;
                bestAt = at;
                bestRun = found;
            }
            if (bestRun >= want || bestRun > 0 && i > 32) {
                break;
            }
        }
        found = bestRun;
        if (bestGroup < 0 || ((long) bestGroup << Layout.GROUP_SHIFT) + bestAt + bestRun > limit) {
            return bestGroup < 0 ? -1 : below(want, kind, spare);
        }
        long start = ((long) bestGroup << Layout.GROUP_SHIFT) + bestAt;
        goals[kind.ordinal()] = (start + found) % blocks;
        busy(group(bestGroup), bestAt, bestAt + found, true);
        return start;
    }

    /** The search has come to where nothing may be taken: from the beginning, with what is behind in use. */
    private long below(int want, Kind kind, long spare) throws FsException {
        goals[kind.ordinal()] = 0;
        int last = (int) (limit >> Layout.GROUP_SHIFT);
        for (int g = last; g < groups; g++) {
            Group group = group(g);
            int from = g == last ? (int) (limit & Layout.GROUP - 1) : 0;
            for (int at = Bits.nextClear(group.busy, from); at < Layout.GROUP; at = Bits.nextClear(group.busy, at)) {
                int end = Bits.nextSet(group.busy, at, Layout.GROUP);
                busy(group, at, end, true);
                fenced.add(new long[] {((long) g << Layout.GROUP_SHIFT) + at, end - at});
                at = end;
            }
        }
        return take(want, kind, spare);
    }

    /** Nothing from this block on is taken, while the volume shrinks; {@link Long#MAX_VALUE} ends that. */
    public void limit(long block) throws FsException {
        limit = block;
        if (block == Long.MAX_VALUE) {
            for (long[] r : fenced) {
                if (r[0] + r[1] <= blocks) {
                    giveBack(r[0], r[1]);
                }
            }
            fenced.clear();
        }
    }

    /** Whether nothing from this block on is in use or held back, but for what was fenced off. */
    public boolean clearBehind(long block) throws FsException {
        for (int g = (int) (block >> Layout.GROUP_SHIFT); g < groups; g++) {
            Group group = group(g);
            long first = (long) g << Layout.GROUP_SHIFT;
            for (int i = (int) Math.max(0, block - first); i < Layout.GROUP && first + i < blocks; i++) {
                if ((group.used[i >> 6] >>> i & 1) != 0 && !Layout.fixed(first + i, logBlocks)) {
                    return false;
                }
            }
        }
        return true;
    }

    private int quad(Group group, int from) {
        for (int w = from >> 6; w < Bits.WORDS; w++) {
            long quadsHere = Bits.freeQuads(group.busy[w]);
            if (quadsHere != 0) {
                found = 4;
                return (w << 6) + Long.numberOfTrailingZeros(quadsHere);
            }
        }
        return -1;
    }

    private int run(Group group, int from, int want, boolean tight) {
        long[] bits = group.busy;
        if (tight) {
            bits = new long[Bits.WORDS];
            for (int w = 0; w < Bits.WORDS; w++) {
                bits[w] = Bits.withoutQuads(group.busy[w]);
            }
        }
        int best = -1, bestRun = 0;
        for (int at = Bits.nextClear(bits, from); at < Layout.GROUP; at = Bits.nextClear(bits, at)) {
            int end = Bits.nextSet(bits, at, Math.min(Layout.GROUP, at + want));
            if (end - at > bestRun) {
                best = at;
                bestRun = end - at;
            }
            if (bestRun >= want) {
                break;
            }
            at = end;
        }
        found = bestRun;
        if (from == 0 && !tight && bestRun < want) {
            longest[group.number] = (short) bestRun;
        }
        return best;
    }

    private void busy(Group group, int from, int to, boolean set) {
        int f = 0, q = 0;
        for (int w = from >> 6; w <= to - 1 >> 6; w++) {
            long before = group.busy[w], mask = Bits.mask(w, from, to), after = set ? before | mask : before & ~mask;
            group.busy[w] = after;
            f += Long.bitCount(before) - Long.bitCount(after);
            q += Long.bitCount(Bits.freeQuads(after)) - Long.bitCount(Bits.freeQuads(before));
        }
        free[group.number] += (short) f;
        quads[group.number] += (short) q;
        freeBlocks += f;
        freeQuads += q;
        if (!set) {
            longest[group.number] = free[group.number];
        }
    }

    @FunctionalInterface
    private interface Piece {
        void in(Group group, int from, int to) throws FsException;
    }

    private void each(long start, long count, Piece piece) throws FsException {
        if (start < 0 || count < 0 || start > blocks - count) {
            throw new FsException.Corrupt("space", "blocks", "inside the volume", start + "+" + count);
        }
        for (long at = start; at < start + count;) {
            int g = (int) (at >> Layout.GROUP_SHIFT), from = (int) (at & Layout.GROUP - 1);
            int to = (int) Math.min(Layout.GROUP, from + start + count - at);
            piece.in(group(g), from, to);
            at += to - from;
        }
    }

    /** The next commit writes these blocks down as used. */
    public void use(long start, long count) throws FsException {
        each(start, count, (group, from, to) -> {
            used(group, from, to, true);
            busy(group, from, to, true);
        });
    }

    private void used(Group group, int from, int to, boolean set) throws FsException {
        int f = 0, q = 0;
        for (int w = from >> 6; w <= to - 1 >> 6; w++) {
            long before = group.used[w], mask = Bits.mask(w, from, to), after = set ? before | mask : before & ~mask;
            if ((before & mask) != (set ? 0 : mask)) {
                throw new FsException.Corrupt("space", "blocks from " + (((long) group.number << Layout.GROUP_SHIFT) + from), set ? "free" : "used",
                        set ? "used" : "free");
            }
            group.used[w] = after;
            f += Long.bitCount(before) - Long.bitCount(after);
            q += Long.bitCount(Bits.freeQuads(after)) - Long.bitCount(Bits.freeQuads(before));
        }
        savedFree[group.number] += (short) f;
        savedQuads[group.number] += (short) q;
        changed.set(group.number);
    }

    /** Nothing refers to these blocks any longer. They can be taken once a commit that knows it is on the medium. */
    public void free(long start, long count) throws FsException {
        each(start, count, (group, from, to) -> used(group, from, to, false));
        freed.add(new long[] {start, count});
        pinned += count;
    }

    /** Blocks that were taken and will not be used. */
    public void giveBack(long start, long count) throws FsException {
        each(start, count, (group, from, to) -> busy(group, from, to, false));
    }

    /** Blocks that a log record names: taken, whoever has them. */
    public void claim(long start, long count) throws FsException {
        each(start, count, (group, from, to) -> busy(group, from, to, true));
    }

    /** What was freed until now; for {@link #unpin} when it is on the medium. */
    public List<long[]> freed() {
        List<long[]> list = freed;
        freed = new ArrayList<>();
        return list;
    }

    public void unpin(List<long[]> ranges) throws FsException {
        for (long[] range : ranges) {
            each(range[0], range[1], (group, from, to) -> busy(group, from, to, false));
            pinned -= range[1];
        }
    }

    /** Writes changed bitmaps into the tree. @return whether there were any: writing them may have changed more */
    public boolean save() throws FsException {
        boolean any = !changed.isEmpty();
        byte[] bytes = new byte[Layout.GROUP / 8];
        for (int g = changed.nextSetBit(0); g >= 0; g = changed.nextSetBit(0)) {
            changed.clear(g);
            if (g < groups) {
                saveOne(g, bytes);
            }
        }
        for (int chunk = changedSummaries.nextSetBit(0); chunk >= 0; chunk = changedSummaries.nextSetBit(chunk + 1)) {
            changedSummaries.clear(chunk);
            byte[] summary = new byte[4 * Key.SUMMARY_GROUPS];
            for (int i = 0; i < Key.SUMMARY_GROUPS && chunk * Key.SUMMARY_GROUPS + i < groups; i++) {
                Le.u16(summary, 4 * i, savedFree[chunk * Key.SUMMARY_GROUPS + i]);
                Le.u16(summary, 4 * i + 2, savedQuads[chunk * Key.SUMMARY_GROUPS + i]);
            }
            tree.put(Key.SUMMARIES + chunk, Key.low(Key.SUMMARY, 0), summary);
        }
        return any;
    }

    private void saveOne(int g, byte[] bytes) throws FsException {
        Group group = group(g);
        // The tree's own changes may set bits of this very group: they mark it again.
        tree.put(g, Key.low(Key.BITMAP, 0), bytes);
        for (int i = 0; i < Bits.WORDS; i++) {
            Le.i64(bytes, 8 * i, group.used[i]);
        }
        tree.put(g, Key.low(Key.BITMAP, 0), bytes);
        changedSummaries.set(g / Key.SUMMARY_GROUPS);
    }

    /** Whether the next commit will say that all these blocks are used. */
    public boolean isUsed(long block) throws FsException {
        Group group = group((int) (block >> Layout.GROUP_SHIFT));
        int i = (int) (block & Layout.GROUP - 1);
        return (group.used[i >> 6] >>> i & 1) != 0;
    }

    /** A group's bitmap becomes what a check found. */
    public void correct(int g, long[] used) {
        Group group = loaded.get(g);
        if (group == null) {
            group = new Group(g);
            loaded.put(g, group);
        }
        System.arraycopy(used, 0, group.used, 0, Bits.WORDS);
        System.arraycopy(used, 0, group.busy, 0, Bits.WORDS);
        count(g, Group.clear(used), Group.fours(used));
        changed.set(g);
    }

    /** Free runs of at least so many blocks in a group, for discarding: start and count of each. */
    public List<long[]> freeRuns(int g, int least) throws FsException {
        Group group = group(g);
        List<long[]> runs = new ArrayList<>();
        for (int at = Bits.nextClear(group.busy, 0); at < Layout.GROUP; at = Bits.nextClear(group.busy, at)) {
            int end = Bits.nextSet(group.busy, at, Layout.GROUP);
            if (end - at >= least) {
                runs.add(new long[] {((long) g << Layout.GROUP_SHIFT) + at, end - at});
            }
            at = end;
        }
        return runs;
    }

    public int groups() {
        return groups;
    }
}
