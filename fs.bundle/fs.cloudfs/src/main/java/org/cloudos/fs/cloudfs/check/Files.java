package org.cloudos.fs.cloudfs.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.file.Extents;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.tree.Tree;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Whether a tree of files makes sense: names and nodes belong together, counts are true. */
final class Files {
    /** What is known of a node. */
    private static final class Known {
        int mode;
        long links;
        long parent;
        long blocks;
        long entries;
        boolean inode;
        boolean orphan;
        long names;
        long folders;
        long counted;
        long inFolder;
        long lastEnd;
        boolean items;
    }

    private final Volume volume;
    private final Findings findings;
    private final Entry entry;
    private final Tree tree;
    private final Map<Long, Known> nodes = new HashMap<>();
    private final Set<Long> quotas = new HashSet<>();

    Files(Volume volume, Findings findings, Entry entry) {
        this.volume = volume;
        this.findings = findings;
        this.entry = entry;
        this.tree = new Tree(entry.number(), volume.nodes, volume, entry.root());
    }

    /** @return how many nodes */
    long run() throws FsException {
        try {
            for (Cursor c = tree.from(0, 0); c.valid(); c.next()) {
                item(c);
            }
        } catch (FsException.Corrupt e) {
            return nodes.size(); // the structure's check has told it
        }
        if (!of(FileSystem.ROOT).inode) {
            of(FileSystem.ROOT).inode = true;
            findings.add("the root folder" + where() + " is not there", "it is made anew", true, v -> new LostAndFound(v, entry.number()).root());
        }
        nodes.forEach(this::node);
        return nodes.values().stream().filter(k -> k.inode).count();
    }

    private Known of(long node) {
        return nodes.computeIfAbsent(node, n -> new Known());
    }

    private String where() {
        return entry.number() == Entry.HEAD ? "" : " of " + entry.name();
    }

    private void item(Cursor c) throws FsException {
        long object = c.high(), offset = Key.offset(c.low());
        int type = Key.type(c.low());
        if (object == 0) {
            if (type == Key.ORPHAN) {
                of(offset).orphan = true;
            } else if (type == Key.QUOTA) {
                quotas.add(offset);
            }
            return;
        }
        Known k = of(object);
        switch (type) {
            case Key.INODE -> inode(object, k, InodeData.parse(object, c.value()));
            case Key.ENTRY -> entry(object, k, c, offset);
            case Key.EXTENT -> {
                Extent e = Extent.parse(c.page(), c.at(), c.length(), offset, volume.superblock().blocks());
                k.counted += Extents.weight(e);
                if (offset < k.lastEnd) {
                    give(object, c.low(), "node " + object + where() + ": extents overlap at block " + offset);
                }
                k.lastEnd = e.end();
            }
            default -> k.items = true;
        }
    }

    private void give(long object, long low, String what) {
        findings.add(what, "it is given up", true, v -> v.subvolume(entry.number(), false).tree.delete(object, low));
    }

    private void inode(long number, Known k, InodeData d) {
        k.inode = true;
        k.mode = d.mode;
        k.links = d.links;
        k.parent = d.parent;
        k.blocks = d.blocks;
        k.entries = d.entries;
        if (number >= entry.nextInode() && number != FileSystem.ROOT) {
            findings.add("node " + number + where() + " is above the next number " + entry.nextInode(), "the next number is raised", false, v -> {
                var s = v.subvolume(entry.number(), false);
                s.nextInode = Math.max(s.nextInode, number + 1);
            });
        }
    }

    private void entry(long folder, Known k, Cursor c, long offset) throws FsException {
        if (c.length() < 10) {
            give(folder, c.low(), "folder " + folder + where() + ": an entry of " + c.length() + " bytes");
            return;
        }
        long child = Le.i64(c.page(), c.at());
        byte[] name = new byte[c.length() - 9];
        System.arraycopy(c.page(), c.at() + 9, name, 0, name.length);
        if (volume.hash.of(name) != offset >> 8) {
            give(folder, c.low(), "folder " + folder + where() + ": an entry whose name is not that of its place");
            return;
        }
        byte[] inode = tree.get(child, Key.low(Key.INODE, 0));
        int type = Le.u8(c.page(), c.at() + 8);
        if (inode == null || NodeType.of(type << 12) == null || Le.i32(inode, 32) >> 12 != type) {
            give(folder, c.low(), "folder " + folder + where() + ": \"" + new String(name, java.nio.charset.StandardCharsets.UTF_8) + "\" names node " + child
                    + (inode == null ? ", which is not there" : ", which is of another type"));
            return;
        }
        k.inFolder++;
        Known n = of(child);
        n.names++;
        if (type << 12 == NodeType.FOLDER.bits()) {
            k.folders++;
            if (Le.i64(inode, 88) != folder) {
                fix(child, "folder " + child + where() + " is in folder " + folder + ", says " + Le.i64(inode, 88), d -> d.parent = folder);
            }
        }
    }

    private void fix(long node, String what, java.util.function.Consumer<InodeData> change) {
        findings.add(what, "it is set right", false, v -> {
            Tree t = v.subvolume(entry.number(), false).tree;
            byte[] item = t.get(node, Key.low(Key.INODE, 0));
            if (item != null) {
                InodeData d = InodeData.parse(node, item);
                change.accept(d);
                t.put(node, Key.low(Key.INODE, 0), d.emit());
            }
        });
    }

    private void node(long number, Known k) {
        if (!k.inode) {
            findings.add((k.orphan && !k.items && k.counted == 0 && k.names == 0 ? "orphan " : "node ") + number + where() + " has parts but is not there",
                    "they are given up", true, v -> purge(v, number));
            return;
        }
        boolean folder = (k.mode & 0xF000) == NodeType.FOLDER.bits();
        long links = folder ? k.names == 0 && number != FileSystem.ROOT ? 0 : 2 + k.folders : k.names;
        if (number == FileSystem.ROOT && k.mode == 0) {
            return;
        }
        if (number != FileSystem.ROOT && k.names == 0 && !k.orphan) {
            findings.add("node " + number + where() + " has no name", "it gets one in lost+found", false,
                    v -> new LostAndFound(v, entry.number()).adopt(number));
            return;
        }
        if (k.orphan && k.names > 0) {
            findings.add("node " + number + where() + " is among the orphans and has a name", "it is taken from the orphans", false,
                    v -> v.subvolume(entry.number(), false).tree.delete(0, Key.low(Key.ORPHAN, number)));
        }
        if (k.links != links) {
            fix(number, "node " + number + where() + " has " + links + " links, says " + k.links, d -> d.links = links);
        }
        if (folder && k.entries != k.inFolder) {
            fix(number, "folder " + number + where() + " has " + k.inFolder + " entries, says " + k.entries, d -> {
                d.entries = k.inFolder;
                d.savedSize = k.inFolder * 32;
            });
        }
        if (k.blocks != k.counted) {
            fix(number, "node " + number + where() + " has " + k.counted + " blocks, says " + k.blocks, d -> d.blocks = k.counted);
        }
        if (folder && k.names > 1) {
            findings.add("folder " + number + where() + " has " + k.names + " names", "", false, null);
        }
    }

    private void purge(Volume v, long number) throws FsException {
        Tree t = v.subvolume(entry.number(), false).tree;
        java.util.List<Long> lows = new java.util.ArrayList<>();
        for (Cursor c = t.from(number, 0); c.valid() && c.high() == number; c.next()) {
            lows.add(c.low());
        }
        for (long low : lows) {
            t.delete(number, low); // its blocks are free once the bitmaps are made anew
        }
        t.delete(0, Key.low(Key.ORPHAN, number));
    }
}
