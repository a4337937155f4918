package org.cloudos.fs.cloudfs.check;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.mount.Superblocks;
import org.cloudos.fs.cloudfs.tree.Cursor;
import org.cloudos.fs.cloudfs.tree.Tree;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Shows what stands on a volume, as lines of text. */
public final class Dump {
    private static final Map<Integer, String> TYPES = new TreeMap<>(Map.ofEntries(Map.entry(Key.INODE, "INODE"), Map.entry(Key.TARGET, "TARGET"),
            Map.entry(Key.XATTR, "XATTR"), Map.entry(Key.ENTRY, "ENTRY"), Map.entry(Key.EXTENT, "EXTENT"), Map.entry(Key.ORPHAN, "ORPHAN"),
            Map.entry(Key.QUOTA, "QUOTA"), Map.entry(Key.SUBVOLUME, "SUBVOLUME"), Map.entry(Key.DROP, "DROP"), Map.entry(Key.BITMAP, "BITMAP"),
            Map.entry(Key.SUMMARY, "SUMMARY"), Map.entry(Key.SHARE, "SHARE")));
    private final Volume volume;
    private final Consumer<String> lines;

    public Dump(Volume volume, Consumer<String> lines) {
        this.volume = volume;
        this.lines = lines;
    }

    /** {@code EINVAL} names what can be shown. */
    public void run(String what) throws FsException {
        String[] words = what.trim().split(" +");
        switch (words[0]) {
            case "superblocks" -> superblocks();
            case "volumes" -> subvolumes();
            case "space" -> items(volume.spaceTree, 0, Long.MAX_VALUE);
            case "shares" -> items(volume.sharesTree, 0, Long.MAX_VALUE);
            case "log" -> log();
            case "node" -> node(number(words));
            case "inode" -> items(tree(Entry.HEAD), number(words), number(words));
            case "tree" -> items(tree(number(words)), 0, Long.MAX_VALUE);
            default -> throw new FsException.Refused(Errno.EINVAL, "dump of \"" + what
                    + "\", expected superblocks, volumes, space, shares, log, node ADDRESS, inode NUMBER or tree NUMBER");
        }
    }

    private static long number(String[] words) throws FsException {
        try {
            return Long.decode(words[1]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new FsException.Refused(Errno.EINVAL, "dump of \"" + String.join(" ", words) + "\", expected a number behind it");
        }
    }

    private void superblocks() {
        for (int device : volume.medium.readers()) {
            for (long block : Superblocks.places(volume.medium.blocks())) {
                try {
                    Superblock s = Superblock.parse(volume.medium.readClear(device, block), block);
                    lines.accept("block " + block + ": generation " + s.generation() + ", volume " + s.volume() + ", \"" + s.label() + "\", " + s.blocks()
                            + " blocks, " + s.freeBlocks() + " free, features " + s.features() + ", catalog " + s.catalog() + ", space " + s.space()
                            + ", shares " + s.shares());
                } catch (FsException e) {
                    lines.accept("block " + block + ": " + e.getMessage());
                }
            }
        }
    }

    private List<Entry> entries() throws FsException {
        List<Entry> all = new java.util.ArrayList<>();
        for (Cursor c = volume.catalog.from(1, 0); c.valid(); c.next()) {
            if (Key.type(c.low()) == Key.SUBVOLUME) {
                all.add(Entry.parse(c.high(), c.value()));
            }
        }
        return all;
    }

    private void subvolumes() throws FsException {
        entries().forEach(e -> lines.accept(e.toString()));
        for (Cursor c = volume.catalog.from(0, 0); c.valid() && c.high() == 0; c.next()) {
            lines.accept("to be freed: " + Pointer.read(c.page(), c.at()));
        }
    }

    private Tree tree(long number) throws FsException {
        for (Entry e : entries()) {
            if (e.number() == number) {
                return new Tree(number, volume.nodes, volume, e.root());
            }
        }
        throw new FsException.Refused(Errno.ENOENT, "tree " + number);
    }

    private void items(Tree tree, long from, long to) throws FsException {
        lines.accept("root " + tree.root());
        for (Cursor c = tree.from(from, 0); c.valid() && Long.compareUnsigned(c.high(), to) <= 0; c.next()) {
            lines.accept(item(c.high(), c.low(), c.value()));
        }
    }

    private String item(long high, long low, byte[] value) {
        int type = Key.type(low);
        String key = high + " " + TYPES.getOrDefault(type, "type " + type) + " " + Key.offset(low) + ": ";
        try {
            return key + switch (type) {
                case Key.INODE -> InodeData.parse(high, value).attributes(0).toString();
                case Key.ENTRY -> "node " + Le.i64(value, 0) + " \"" + text(value, 9) + "\"";
                case Key.TARGET -> "\"" + text(value, 0) + "\"";
                case Key.XATTR -> "\"" + text(java.util.Arrays.copyOf(value, 2 + Le.u16(value, 0)), 2) + "\", "
                         + (value.length - 2 - Le.u16(value, 0)) + " bytes";
                case Key.EXTENT -> extent(Extent.parse(value, 0, value.length, Key.offset(low), volume.superblock().blocks()));
                case Key.SHARE -> Le.i64(value, 0) + " blocks, " + Le.i64(value, 8) + " references more";
                case Key.BITMAP -> value.length * 8L - java.util.BitSet.valueOf(value).cardinality() + " blocks free";
                default -> value.length + " bytes";
            };
        } catch (FsException | RuntimeException e) {
            return key + e.getMessage() + ": " + HexFormat.of().formatHex(value, 0, Math.min(64, value.length));
        }
    }

    private static String extent(Extent e) {
        String kind = new String[] {"inline", "plain", "reserved", "lz4", "zstd"}[e.kind()];
        return kind + ", " + e.blocks() + " blocks" + (e.placed() ? " at " + e.address() : "") + (e.packed() ? ", packed to " + e.bytes() + " bytes, skips "
                + e.skip() : "");
    }

    private static String text(byte[] value, int from) {
        return new String(value, from, value.length - from, java.nio.charset.StandardCharsets.UTF_8);
    }

    private void node(long address) throws FsException {
        byte[] p = volume.medium.read(volume.medium.readers()[0], Math.clamp(address, 0, volume.medium.blocks() - Layout.NODE_BLOCKS), Layout.NODE);
        lines.accept("own address " + Le.i64(p, 24) + ", generation " + Le.i64(p, 32) + ", tree " + Le.i64(p, 40) + ", level " + Page.level(p) + ", "
                + Page.count(p) + " items, " + Page.free(p) + " bytes free");
        Page.verify(p, "node " + address);
        for (int i = 0; i < Page.count(p); i++) {
            byte[] value = java.util.Arrays.copyOfRange(p, Page.at(p, i), Page.at(p, i) + Page.length(p, i));
            lines.accept(Page.level(p) == 0 ? item(Page.high(p, i), Page.low(p, i), value)
                    : Page.high(p, i) + " " + Key.type(Page.low(p, i)) + " " + Key.offset(Page.low(p, i)) + ": " + Pointer.read(value, 0));
        }
    }

    private void log() throws FsException {
        int half = volume.superblock().logBlocks() / 2;
        for (int h = 0; h < 2; h++) {
            for (int at = 0; at < half; at++) {
                byte[] b = volume.medium.read(volume.medium.readers()[0], Layout.LOG + (long) h * half + at, Layout.BLOCK);
                if (Le.i32(b, 0) == ('C' | 'F' << 8 | 'S' << 16 | 'L' << 24) && Le.uuid(b, 8).equals(volume.superblock().volume())) {
                    lines.accept("half " + h + " block " + at + ": batch " + Le.i64(b, 32) + " behind generation " + Le.i64(b, 24) + ", " + Le.i32(b, 48)
                            + " bytes" + (Le.i64(b, 24) == volume.superblock().generation() ? "" : " (old)"));
                }
            }
        }
    }
}
