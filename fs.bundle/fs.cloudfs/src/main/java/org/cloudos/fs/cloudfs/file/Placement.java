package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Codec;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Sums;
import org.cloudos.fs.cloudfs.space.Space;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.InodeData;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Finds places for blocks and writes them there, packed where that makes them fewer. Nothing refers to them yet. */
final class Placement {
    /** So many packs in a row that were not smaller, and of the next ones only a sample of each eighth is tried. */
    private static final int GIVE_UP = 4, PAUSE = 8;
    private final Volume volume;
    private final Buffers buffers;
    private final Packer packer;

    Placement(Volume volume, Buffers buffers, Packer packer) {
        this.volume = volume;
        this.buffers = buffers;
        this.packer = packer;
    }

    Codec codec(InodeData data) {
        if ((data.flags & Attributes.NOT_COMPRESSED) != 0) {
            return Codec.NONE;
        }
        Codec codec = Codec.of(data.codec);
        if (codec == null || codec == Codec.INHERIT) {
            codec = Codec.of(volume.superblock().codec());
        }
        boolean asked = (data.flags & Attributes.COMPRESSED) != 0;
        return codec == null || codec == Codec.INHERIT || codec == Codec.NONE ? asked ? Codec.LZ4 : Codec.NONE : codec;
    }

    /** As {@link #write}, for what has no blocks held yet. {@code ENOSPC} */
    List<Extent> writeNew(Inode inode, long from, MemorySegment blocks) throws FsException {
        long n = blocks.byteSize() >> Layout.BLOCK_SHIFT;
        volume.hold(n);
        try {
            return write(inode, from, blocks);
        } finally {
            volume.release(n);
        }
    }

    /** Takes a run, shorter where there is none so long. @return its start and length. {@code ENOSPC} */
    long[] runNew(int want) throws FsException {
        volume.hold(want);
        try {
            return run(want);
        } finally {
            volume.release(want);
        }
    }

    /** Whether neighbours in this file are packed together. */
    boolean packs(Inode inode) {
        return codec(inode.data) != Codec.NONE;
    }

    /**
     * Writes neighbouring blocks of a file, that the caller holds ({@link Volume#hold}).
     *
     * @return extents, in order, that {@link #abandon} or a change's use must follow
     */
    List<Extent> write(Inode inode, long from, MemorySegment blocks) throws FsException {
        int n = (int) (blocks.byteSize() >> Layout.BLOCK_SHIFT);
        return write(inode, LongStream.range(from, from + n).toArray(), n, blocks);
    }

    /**
     * As {@link #write(Inode, long, MemorySegment)}, of the blocks with these numbers, which grow. They are neighbours where the file {@link #packs}.
     *
     * @param count of numbers that count, and of blocks
     */
    List<Extent> write(Inode inode, long[] numbers, int count, MemorySegment blocks) throws FsException {
        List<Extent> placed = new ArrayList<>();
        Codec codec = codec(inode.data);
        try {
            if (codec == Codec.NONE) {
                plain(numbers, 0, count, blocks, Layout.EXTENT_BLOCKS, placed);
            } else {
                units(inode, codec, numbers, count, blocks, placed);
            }
            return placed;
        } catch (FsException e) {
            abandon(placed);
            throw e;
        }
    }

    private static MemorySegment part(MemorySegment blocks, int at, int count) {
        return blocks.asSlice((long) at << Layout.BLOCK_SHIFT, (long) count << Layout.BLOCK_SHIFT);
    }

    /** Packs what gets smaller; what stands between goes as it is, in one, but as extents of the same size: a change later is no larger. */
    private void units(Inode inode, Codec codec, long[] numbers, int n, MemorySegment blocks, List<Extent> placed) throws FsException {
        MemorySegment buffer = buffers.take();
        try {
            int plain = 0;
            for (int at = 0; at < n; at += Layout.UNIT_BLOCKS) {
                int unit = Math.min(Layout.UNIT_BLOCKS, n - at), bytes = unit < 2 ? -1 : pack(inode, codec, part(blocks, at, unit), buffer);
                if (bytes > 0) {
                    plain(numbers, plain, at, blocks, Layout.UNIT_BLOCKS, placed);
                    plain = packed(codec, numbers[at], unit, buffer, bytes, placed) ? at + unit : at;
                }
            }
            plain(numbers, plain, n, blocks, Layout.UNIT_BLOCKS, placed);
        } finally {
            buffers.give(buffer);
        }
    }

    /** @return bytes of the pack; -1 when it is not smaller by a block */
    private int pack(Inode inode, Codec codec, MemorySegment unit, MemorySegment buffer) {
        MemorySegment copy = unit.isNative() ? null : buffers.take();
        try {
            MemorySegment source = copy == null ? unit : copy.asSlice(0, unit.byteSize()).copyFrom(unit);
            int before = inode.unpackable;
            if (before >= GIVE_UP && (before < GIVE_UP + PAUSE - 1 || !packer.shrinks(source, buffer))) {
                inode.unpackable = before < GIVE_UP + PAUSE - 1 ? before + 1 : GIVE_UP;
                return -1;
            }
            int bytes = packer.pack(codec, source, buffer, (int) unit.byteSize() - Layout.BLOCK);
            inode.unpackable = bytes < 0 ? Math.min(GIVE_UP, before + 1) : 0;
            return bytes;
        } finally {
            if (copy != null) {
                buffers.give(copy);
            }
        }
    }

    /** Writes a pack. @return false when it has no room in one run */
    private boolean packed(Codec codec, long from, int blocks, MemorySegment pack, int bytes, List<Extent> placed) throws FsException {
        int stored = bytes + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT;
        MemorySegment out = pack.asSlice(0, (long) stored << Layout.BLOCK_SHIFT);
        out.asSlice(bytes).fill((byte) 0);
        long start = take(stored, true);
        if (start < 0) {
            return false;
        }
        byte[] sums = Sums.of(volume.superblock().features()).of(out, stored);
        placed.add(Extent.packed(codec == Codec.LZ4 ? Extent.LZ4 : Extent.ZSTD, from, blocks, start, stored, bytes, sums));
        volume.medium.write(start, out);
        return true;
    }

    private int taken; // guarded by the tree lock

    /** @param whole all or nothing */
    private long take(int want, boolean whole) throws FsException {
        volume.lock.writeLock().lock();
        try {
            long start = volume.space.take(want, Space.Kind.DATA, 2 * (volume.nodes.changed() + volume.slotNodes()) + volume.leastQuads() / 2);
            taken = volume.space.found();
            if (start >= 0 && whole && taken < want) {
                volume.space.giveBack(start, taken);
                return -1;
            }
            return start;
        } finally {
            volume.lock.writeLock().unlock();
        }
    }

    private long[] run(int want) throws FsException {
        volume.lock.writeLock().lock();
        try {
            long start = take(want, false);
            if (start < 0) {
                throw new FsException.Refused(Errno.ENOSPC, want + " blocks of volume " + volume.superblock().label());
            }
            return new long[] {start, taken};
        } finally {
            volume.lock.writeLock().unlock();
        }
    }

    /**
     * Writes the blocks {@code from} to before {@code to}, side by side as far as there is room.
     *
     * @param most blocks of an extent
     */
    private void plain(long[] numbers, int from, int to, MemorySegment blocks, int most, List<Extent> placed) throws FsException {
        Sums kind = Sums.of(volume.superblock().features());
        byte[] sums = kind.of(part(blocks, from, to - from), to - from);
        int longest = Math.min(most, kind.most);
        for (int at = from; at < to;) {
            long[] run = run(Math.min(to - at, Layout.EXTENT_BLOCKS));
            int end = at + (int) run[1];
            for (int i = at, length; i < end; i += length) {
                length = neighbours(numbers, i, Math.min(end, i + longest));
                placed.add(Extent.plain(numbers[i], length, run[0] + i - at, kind, sums, i - from));
            }
            volume.medium.write(run[0], part(blocks, at, end - at));
            at = end;
        }
    }

    private static int neighbours(long[] numbers, int from, int to) {
        int i = from + 1;
        while (i < to && numbers[i] == numbers[i - 1] + 1) {
            i++;
        }
        return i - from;
    }

    /** Nothing will refer to these. */
    void abandon(List<Extent> placed) throws FsException {
        volume.lock.writeLock().lock();
        try {
            for (Extent e : placed) {
                volume.space.giveBack(e.address(), e.stored());
            }
        } finally {
            volume.lock.writeLock().unlock();
        }
    }
}
