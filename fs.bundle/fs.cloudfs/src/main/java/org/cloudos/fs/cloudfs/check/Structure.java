package org.cloudos.fs.cloudfs.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.tree.NodeStore;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Reads all nodes, both copies, and counts what refers to what. A node that trees share is read once. */
final class Structure {
    private final Volume volume;
    private final Findings findings;
    private final Progress progress;
    final Counts counts = new Counts();
    final Counts shares = new Counts();
    final Map<Long, byte[]> bitmaps = new HashMap<>();
    final List<Entry> subvolumes = new ArrayList<>();
    private final List<Pointer> drops = new ArrayList<>();
    private final Map<Long, Integer> seen = new HashMap<>();
    long nodes;
    /** Something of a tree of files could not be read: its references are not known, and nothing may be freed. */
    boolean lost;
    boolean spaceLost;
    /** Take away what can't be read of bitmaps and counts. */
    final List<Findings.Remedy> prunes = new ArrayList<>();

    Structure(Volume volume, Findings findings, Progress progress) {
        this.volume = volume;
        this.findings = findings;
        this.progress = progress;
    }

    void run() throws FsException {
        var s = volume.superblock();
        tree("catalog", 1, s.catalog(), null);
        tree("space tree", 2, s.space(), null);
        tree("tree of shares", 3, s.shares(), null);
        for (Entry e : List.copyOf(subvolumes)) {
            tree("tree of " + e.name(), e.number(), e.root(), e);
        }
        for (Pointer p : drops) {
            tree("dropped tree", 0, p, null);
        }
    }

    private void tree(String name, long number, Pointer root, Entry entry) throws FsException {
        walk(name, number, root, new Bounds(0, 0, -1, -1), null, entry);
    }

    /** Keys below are from the first to before the second. */
    private record Bounds(long high, long low, long endHigh, long endLow) {
        boolean hold(long h, long l) {
            return Key.compare(h, l, high, low) >= 0 && (endHigh == -1 && endLow == -1 || Key.compare(h, l, endHigh, endLow) < 0);
        }
    }

    private void walk(String name, long number, Pointer p, Bounds bounds, Pointer parent, Entry entry) throws FsException {
        if (Thread.currentThread().isInterrupted()) {
            throw new FsException.Refused(org.cloudos.fs.Errno.EINTR, "check");
        }
        if (inside(p.address(), Layout.NODE_BLOCKS) && inside(p.mirror(), Layout.NODE_BLOCKS)) {
            counts.add(p.address(), Layout.NODE_BLOCKS, 1);
        }
        if (seen.merge(p.address(), 1, Integer::sum) > 1) {
            return;
        }
        if (inside(p.mirror(), Layout.NODE_BLOCKS)) {
            counts.add(p.mirror(), Layout.NODE_BLOCKS, 1);
        }
        byte[] page = read(name, number, p, bounds, parent, entry);
        if (page == null) {
            return;
        }
        if ((++nodes & 255) == 0) {
            progress.at("nodes of the " + name, nodes, 0);
        }
        for (int i = 0; i < Page.count(page); i++) {
            long h = Page.high(page, i), l = Page.low(page, i);
            if (!bounds.hold(h, l) && (i > 0 || Page.level(page) == 0)) {
                lost |= number > 3;
                findings.add("node " + p.address() + " of the " + name + " has a key that belongs elsewhere", "", false, null);
                return;
            }
            if (Page.level(page) == 0) {
                item(number, page, i);
                continue;
            }
            Bounds below = new Bounds(i == 0 ? bounds.high : h, i == 0 ? bounds.low : l, i + 1 < Page.count(page) ? Page.high(page, i + 1) : bounds.endHigh,
                    i + 1 < Page.count(page) ? Page.low(page, i + 1) : bounds.endLow);
            walk(name, number, Pointer.read(page, Page.at(page, i)), below, p, entry);
        }
    }

    private boolean inside(long block, long count) {
        return block > 0 && block <= volume.superblock().blocks() - count;
    }

    /** The first good copy; the others are told. @return null when none is */
    private byte[] read(String name, long number, Pointer p, Bounds bounds, Pointer parent, Entry entry) {
        byte[] good = null;
        List<String> bad = new ArrayList<>();
        for (int copy = 0; copy < 2; copy++) {
            for (int device : volume.medium.members()) {
                try {
                    byte[] page = volume.medium.read(device, copy == 0 ? p.address() : p.mirror(), Layout.NODE);
                    NodeStore.verify(page, p, p.level(), volume.superblock().volume());
                    good = page;
                } catch (FsException e) {
                    bad.add("copy " + (copy + 1) + (volume.medium.copies() > 1 ? " on device " + (device + 1) : "") + ": " + e.getMessage());
                }
            }
        }
        if (good != null && !bad.isEmpty()) {
            byte[] page = good;
            findings.add("node " + p.address() + " of the " + name + ": " + String.join("; ", bad), "it is written again from its good copy", false,
                    v -> v.nodes.repairOthers(page, p, p.level()));
        }
        if (good == null) {
            gone(name, number, p, bounds, parent, entry, bad);
        }
        return good;
    }

    private void gone(String name, long number, Pointer p, Bounds bounds, Pointer parent, Entry entry, List<String> bad) {
        String what = "node " + p.address() + " of the " + name + " can't be read: " + String.join("; ", bad);
        if (number == 2 || number == 3) {
            spaceLost = true;
            findings.add(what, "what it said is counted anew", false, null);
            prunes.add(v -> (number == 2 ? v.spaceTree : v.sharesTree).prune(bounds.high, bounds.low, p.address()));
        } else if (number <= 1 || parent == null) {
            lost = true;
            findings.add(what, "", true, null);
        } else {
            lost = true;
            findings.add(what, "what was in it is given up", true, v -> v.subvolume(number, false).tree.prune(bounds.high, bounds.low, p.address()));
        }
    }

    private void item(long number, byte[] page, int i) throws FsException {
        long h = Page.high(page, i), l = Page.low(page, i);
        int at = Page.at(page, i), length = Page.length(page, i), type = Key.type(l);
        try {
            if (number == 1) {
                catalog(h, l, page, at, length);
            } else if (number == 2 && type == Key.BITMAP) {
                byte[] b = new byte[length];
                System.arraycopy(page, at, b, 0, length);
                bitmaps.put(h, b);
            } else if (number == 3) {
                shares.add(h, Le.i64(page, at), Le.i64(page, at + 8));
            } else if (number != 2 && type == Key.EXTENT) {
                Extent e = Extent.parse(page, at, length, Key.offset(l), volume.superblock().blocks());
                if (e.placed()) {
                    counts.add(e.address(), e.stored(), 1);
                }
            }
        } catch (FsException e) {
            findings.add(e.getMessage(), number > 3 ? "it is given up" : "", number > 3, number > 3 ? v -> v.subvolume(number, false).tree.delete(h, l) : null);
        }
    }

    private void catalog(long h, long l, byte[] page, int at, int length) throws FsException {
        if (Key.type(l) == Key.DROP) {
            drops.add(Pointer.read(page, at));
        } else {
            byte[] b = new byte[length];
            System.arraycopy(page, at, b, 0, length);
            subvolumes.add(Entry.parse(h, b));
        }
    }
}
