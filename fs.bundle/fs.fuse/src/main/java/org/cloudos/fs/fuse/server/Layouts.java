package org.cloudos.fs.fuse.server;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Space;

/** How attributes go to the kernel. */
final class Layouts {
    static final int ATTR = 88, ENTRY_OUT = 128, ATTR_OUT = 104, OPEN_OUT = 16, STATFS_OUT = 80, STATX_OUT = 288;
    static final int BLOCK = 4096, SECTOR = 512;
    private static final long NANOS = 1_000_000_000L;
    private static final int STATX_ALL = 0xfff;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Layouts() { }

    /**
     * fuse_attr: 0 ino · 8 size · 16 blocks · 24 atime · 32 mtime · 40 ctime · 48 atimensec(4) · 52 mtimensec(4) · 56 ctimensec(4) · 60 mode(4)
     * · 64 nlink(4) · 68 uid(4) · 72 gid(4) · 76 rdev(4) · 80 blksize(4) · 84 flags(4)
     */
    static void attr(MemorySegment to, long at, Attributes a) {
        to.set(LONG, at, a.node());
        to.set(LONG, at + 8, a.size());
        to.set(LONG, at + 16, Math.ceilDiv(a.allocated(), SECTOR));
        to.set(LONG, at + 24, Math.floorDiv(a.accessed(), NANOS));
        to.set(LONG, at + 32, Math.floorDiv(a.modified(), NANOS));
        to.set(LONG, at + 40, Math.floorDiv(a.changed(), NANOS));
        to.set(INT, at + 48, (int) Math.floorMod(a.accessed(), NANOS));
        to.set(INT, at + 52, (int) Math.floorMod(a.modified(), NANOS));
        to.set(INT, at + 56, (int) Math.floorMod(a.changed(), NANOS));
        to.set(INT, at + 60, a.stMode());
        to.set(INT, at + 64, (int) Math.min(a.links(), Integer.MAX_VALUE));
        to.set(INT, at + 68, a.uid());
        to.set(INT, at + 72, a.gid());
        to.set(INT, at + 76, a.device());
        to.set(INT, at + 80, BLOCK);
        to.set(INT, at + 84, 0);
    }

    /** fuse_entry_out: 0 nodeid · 8 generation · 16 entry_valid · 24 attr_valid · 32 entry_valid_nsec(4) · 36 attr_valid_nsec(4) · 40 attr */
    static void entry(MemorySegment to, long at, Attributes a, long cacheSeconds) {
        to.set(LONG, at, a.node());
        to.set(LONG, at + 8, a.generation());
        to.set(LONG, at + 16, cacheSeconds);
        to.set(LONG, at + 24, cacheSeconds);
        to.set(LONG, at + 32, 0);
        attr(to, at + 40, a);
    }

    /** An entry that says that there is none, which the kernel remembers as long. */
    static void noEntry(MemorySegment to, long cacheSeconds) {
        to.asSlice(0, ENTRY_OUT).fill((byte) 0);
        to.set(LONG, 16, cacheSeconds);
    }

    /** fuse_attr_out: 0 attr_valid · 8 attr_valid_nsec(4) · 12 dummy(4) · 16 attr */
    static void attrOut(MemorySegment to, Attributes a, long cacheSeconds) {
        to.set(LONG, 0, cacheSeconds);
        to.set(LONG, 8, 0);
        attr(to, 16, a);
    }

    /**
     * fuse_statx_out: 0 attr_valid · 8 nsec(4) · 12 flags(4) · 32 fuse_statx; that: 0 mask(4) · 4 blksize(4) · 8 attributes · 16 nlink(4) · 20 uid(4)
     * · 24 gid(4) · 28 mode(2) · 32 ino · 40 size · 48 blocks · 56 attributes_mask · 64 atime(16) · 80 btime · 96 ctime · 112 mtime
     * · 128 rdev_major(4) · 132 rdev_minor(4)
     */
    static void statx(MemorySegment to, Attributes a, long cacheSeconds) {
        to.asSlice(0, STATX_OUT).fill((byte) 0);
        to.set(LONG, 0, cacheSeconds);
        int at = 32;
        to.set(INT, at, STATX_ALL);
        to.set(INT, at + 4, BLOCK);
        to.set(LONG, at + 8, a.flags() & (Attributes.IMMUTABLE | Attributes.APPEND_ONLY | Attributes.COMPRESSED));
        to.set(INT, at + 16, (int) Math.min(a.links(), Integer.MAX_VALUE));
        to.set(INT, at + 20, a.uid());
        to.set(INT, at + 24, a.gid());
        to.set(SHORT, at + 28, (short) a.stMode());
        to.set(LONG, at + 32, a.node());
        to.set(LONG, at + 40, a.size());
        to.set(LONG, at + 48, Math.ceilDiv(a.allocated(), SECTOR));
        to.set(LONG, at + 56, Attributes.IMMUTABLE | Attributes.APPEND_ONLY | Attributes.COMPRESSED);
        time(to, at + 64, a.accessed());
        time(to, at + 80, a.born());
        time(to, at + 96, a.changed());
        time(to, at + 112, a.modified());
        to.set(INT, at + 128, a.device() >>> 8 & 0xfff); // new_encode_dev: minor's low 8 bits, major 12, minor's high 12
        to.set(INT, at + 132, a.device() & 0xff | a.device() >>> 12 & 0xfff00);
    }

    private static void time(MemorySegment to, long at, long nanos) {
        to.set(LONG, at, Math.floorDiv(nanos, NANOS));
        to.set(INT, at + 8, (int) Math.floorMod(nanos, NANOS));
    }

    /** fuse_kstatfs: 0 blocks · 8 bfree · 16 bavail · 24 files · 32 ffree · 40 bsize(4) · 44 namelen(4) · 48 frsize(4) */
    static void statfs(MemorySegment to, Space s) {
        int size = Math.max(s.blockSize(), SECTOR);
        to.set(LONG, 0, s.bytes() / size);
        to.set(LONG, 8, s.free() / size);
        to.set(LONG, 16, s.available() / size);
        to.set(LONG, 24, s.nodes());
        to.set(LONG, 32, s.freeNodes());
        to.set(INT, 40, size);
        to.set(INT, 44, 255);
        to.set(INT, 48, size);
    }
}
