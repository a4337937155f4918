package org.cloudos.fs.cloudfs.file;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.volume.Change;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Subvolume;

/** A file's extents in its tree. Preconditions of all methods: the tree lock is held, alone by those with a {@link Change}. */
public final class Extents {
    public static final long END = Key.OFFSET;

    private Extents() { }

    /** Those that have blocks from {@code from} to before {@code to}, the first {@code most}. */
    public static List<Extent> in(Subvolume s, long inode, long from, long to, int most) throws FsException {
        List<Extent> list = new ArrayList<>();
        Cursor c = s.tree.from(inode, Key.low(Key.EXTENT, from));
        if (!(c.valid() && c.high() == inode && c.low() == Key.low(Key.EXTENT, from)) && c.back()) {
            if (c.high() != inode || Key.type(c.low()) != Key.EXTENT || at(s, c).end() <= from) {
                c.next();
            }
        }
        for (; c.valid() && c.high() == inode && Key.type(c.low()) == Key.EXTENT && Key.offset(c.low()) < to && list.size() < most; c.next()) {
            list.add(at(s, c));
        }
        return list;
    }

    private static Extent at(Subvolume s, Cursor c) throws FsException {
        return Extent.parse(c.page(), c.at(), c.length(), Key.offset(c.low()), s.volume.superblock().blocks());
    }

    /** The last ones, from the last on. */
    public static List<Extent> last(Subvolume s, long inode, long from, int most) throws FsException {
        List<Extent> list = new ArrayList<>();
        Cursor c = s.tree.from(inode, Key.low(Key.EXTENT, END));
        while (list.size() < most && c.back() && c.high() == inode && Key.type(c.low()) == Key.EXTENT) {
            Extent e = at(s, c);
            if (e.end() <= from) {
                break;
            }
            list.add(e);
        }
        return list;
    }

    /** What an extent counts for in {@link InodeData#blocks}. */
    public static long weight(Extent e) {
        return e.stored();
    }

    /** Takes away what is in a range; the inode is to be saved by the caller. */
    public static void punch(Change change, Subvolume s, InodeData data, long from, long to) throws FsException {
        for (Extent e : in(s, data.number, from, to, Integer.MAX_VALUE)) {
            change.delete(data.number, Key.EXTENT, e.from());
            long blocks = -weight(e);
            int rest = 0;
            if (e.from() < from) {
                blocks += keep(change, data, e.part(e.from(), from, e.from()));
                rest++;
            }
            if (e.end() > to) {
                blocks += keep(change, data, e.part(to, e.end(), to));
                rest++;
            }
            if (e.packed()) {
                if (rest == 0) {
                    change.release(e.address(), e.stored());
                } else if (rest == 2) {
                    change.share(e.address(), e.stored());
                }
            } else if (e.placed()) {
                long start = Math.max(from, e.from());
                change.release(e.address() + start - e.from(), Math.min(to, e.end()) - start);
            }
            add(data, blocks);
        }
    }

    private static long keep(Change change, InodeData data, Extent part) throws FsException {
        change.put(data.number, Key.EXTENT, part.from(), part.value());
        return weight(part);
    }

    private static void add(InodeData data, long blocks) {
        synchronized (data) {
            data.blocks += blocks;
        }
    }

    /** Puts an extent where nothing is. Its blocks are referred to already, or {@link Change#use}d by the caller. */
    public static void put(Change change, InodeData data, Extent e) throws FsException {
        change.put(data.number, Key.EXTENT, e.from(), e.value());
        add(data, weight(e));
    }
}
