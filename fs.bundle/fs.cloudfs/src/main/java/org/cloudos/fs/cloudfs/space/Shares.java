package org.cloudos.fs.cloudfs.space;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.tree.Tree;

/**
 * References beyond the first to blocks of data, and to nodes by their first copy: ranges that don't overlap. What is not in the tree has one
 * reference, or none when it is free. So a volume without snapshots and shared files pays nothing.
 */
public final class Shares {
    private static final long LOW = Key.low(Key.SHARE, 0);
    private final Tree tree;

    /** Takes blocks without references. */
    @FunctionalInterface
    public interface Free {
        void free(long start, long count) throws FsException;
    }

    public Shares(Tree tree) {
        this.tree = tree;
    }

    private record Range(long start, long count, long extra) {
        long end() {
            return start + count;
        }
    }

    public boolean empty() throws FsException {
        return tree.root().level() == 0 && !tree.from(0, 0).valid();
    }

    private static Range range(Cursor c) throws FsException {
        if (c.length() != 16 || c.low() != LOW) {
            throw new FsException.Corrupt("shares tree", "item at " + c.high(), "16 bytes", c.length());
        }
        Range r = new Range(c.high(), Le.i64(c.page(), c.at()), Le.i64(c.page(), c.at() + 8));
        if (r.count <= 0 || r.extra <= 0 || r.start < 0 || r.end() < 0) {
            throw new FsException.Corrupt("shares tree", "range at " + c.high(), "a range", r);
        }
        return r;
    }

    /** The range with a block, or the first behind it, or null. */
    private Range at(long block) throws FsException {
        Cursor c = tree.from(block, LOW);
        if (c.valid() && c.high() == block) {
            return range(c);
        }
        Range behind = c.valid() ? range(c) : null;
        if (c.back()) {
            Range before = range(c);
            if (before.end() > block && before.start <= block) {
                return before;
            }
        }
        return behind;
    }

    /** References beyond the first. */
    public long extra(long block) throws FsException {
        if (empty()) {
            return 0;
        }
        Range r = at(block);
        return r != null && r.start <= block ? r.extra : 0;
    }

    /** One more reference. */
    public void add(long start, long count) throws FsException {
        for (long at = start, end = start + count; at < end;) {
            Range r = at(at);
            if (r == null || r.start > at) {
                long to = r == null ? end : Math.min(end, r.start);
                put(at, to - at, 1);
                at = to;
            } else {
                long to = Math.min(end, r.end());
                change(r, at, to, r.extra + 1);
                at = to;
            }
        }
    }

    /** One reference less; what has none then is handed over. */
    public void remove(long start, long count, Free free) throws FsException {
        if (empty()) {
            free.free(start, count);
            return;
        }
        for (long at = start, end = start + count; at < end;) {
            Range r = at(at);
            if (r == null || r.start > at) {
                long to = r == null ? end : Math.min(end, r.start);
                free.free(at, to - at);
                at = to;
            } else {
                long to = Math.min(end, r.end());
                change(r, at, to, r.extra - 1);
                at = to;
            }
        }
    }

    /** The part of a range from {@code at} to {@code to} gets another count. */
    private void change(Range r, long at, long to, long extra) throws FsException {
        if (r.start < at) {
            put(r.start, at - r.start, r.extra);
        }
        if (extra == 0) {
            tree.delete(at, LOW);
        } else {
            put(at, to - at, extra);
        }
        if (to < r.end()) {
            put(to, r.end() - to, r.extra);
        }
    }

    private void put(long start, long count, long extra) throws FsException {
        byte[] value = new byte[16];
        Le.i64(value, 0, count);
        Le.i64(value, 8, extra);
        tree.put(start, LOW, value);
    }
}
