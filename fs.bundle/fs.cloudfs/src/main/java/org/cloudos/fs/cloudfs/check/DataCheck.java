package org.cloudos.fs.cloudfs.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.tree.Tree;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Reads all data against its sums; what snapshots share once. */
final class DataCheck {
    private final Volume volume;
    private final Findings findings;
    private final List<Entry> subvolumes;
    private final Progress progress;
    private final Set<Long> seen = new HashSet<>();
    private long bytes;

    DataCheck(Volume volume, Findings findings, List<Entry> subvolumes, Progress progress) {
        this.volume = volume;
        this.findings = findings;
        this.subvolumes = subvolumes;
        this.progress = progress;
    }

    long run() throws FsException {
        for (Entry entry : subvolumes) {
            Tree tree = new Tree(entry.number(), volume.nodes, volume, entry.root());
            try {
                for (Cursor c = tree.from(1, 0); c.valid(); c.next()) {
                    if (Key.type(c.low()) == Key.EXTENT) {
                        Extent e = Extent.parse(c.page(), c.at(), c.length(), Key.offset(c.low()), volume.superblock().blocks());
                        if ((e.kind() == Extent.PLAIN || e.packed()) && seen.add(e.address())) {
                            check(entry, c.high(), e);
                        }
                    }
                }
            } catch (FsException.Corrupt told) {
                continue;
            }
        }
        return bytes;
    }

    private void check(Entry entry, long node, Extent e) {
        for (int device : volume.medium.members()) {
            int bad = 0;
            try {
                byte[] stored = volume.medium.read(device, e.address(), e.stored() * Layout.BLOCK);
                for (int i = 0; i < e.stored(); i++) {
                    bad += e.holds(i, stored, i * Layout.BLOCK) ? 0 : 1;
                }
            } catch (FsException unreadable) {
                bad = e.stored();
            }
            bytes += (long) e.stored() * Layout.BLOCK;
            if (bad > 0) {
                findings.add("node " + node + " of " + entry.name() + ": " + bad + " of " + e.stored() + " blocks at " + (e.from() << Layout.BLOCK_SHIFT)
                        + " are damaged" + (volume.medium.copies() > 1 ? " on device " + (device + 1) + "; a scrub repairs them" : ""), "", false, null);
            }
        }
        if ((seen.size() & 255) == 0) {
            progress.at("data of " + entry.name(), bytes, 0);
        }
    }
}
