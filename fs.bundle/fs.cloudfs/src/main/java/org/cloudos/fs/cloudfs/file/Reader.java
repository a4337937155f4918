package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Codec;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Sums;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Volume;

/**
 * Reads files. Whole blocks of plain extents go from the device into the caller's memory and are checked there; a block whose sum is wrong is
 * read from the other device where there is one, and repaired.
 */
public final class Reader {
    private static final int BATCH = 64;
    private final Volume volume;
    private final Buffers buffers;
    private final Packer packer;
    private final LongAdder repairs = new LongAdder();

    Reader(Volume volume, Buffers buffers, Packer packer) {
        this.volume = volume;
        this.buffers = buffers;
        this.packer = packer;
    }

    public long repairs() {
        return repairs.sum();
    }

    /** @return bytes read; fewer than asked for only at the file's end. Preconditions: the inode's lock is held, shared or alone */
    public long read(Inode inode, long offset, MemorySegment into) throws FsException {
        long size = inode.data.size;
        if (offset >= size || into.byteSize() == 0) {
            return 0;
        }
        long n = Math.min(into.byteSize(), size - offset);
        medium(inode, offset, into.asSlice(0, n));
        if (!inode.blocks.isEmpty()) {
            overlay(inode, offset, into.asSlice(0, n));
        }
        return n;
    }

    private static void overlay(Inode inode, long offset, MemorySegment into) {
        long end = offset + into.byteSize();
        var range = inode.blocks.subMap(offset >> Layout.BLOCK_SHIFT, true, end - 1 >> Layout.BLOCK_SHIFT, true);
        range.forEach((n, block) -> {
            long start = n << Layout.BLOCK_SHIFT, from = Math.max(start, offset), to = Math.min(start + Layout.BLOCK, end);
            MemorySegment.copy(block.memory, from - start, into, from - offset, to - from);
        });
    }

    /** What extents say; holes are zeros. */
    private void medium(Inode inode, long offset, MemorySegment into) throws FsException {
        long at = offset, end = offset + into.byteSize(), last = end + Layout.BLOCK - 1 >> Layout.BLOCK_SHIFT;
        while (at < end) {
            List<Extent> extents = extents(inode, at >> Layout.BLOCK_SHIFT, last);
            for (Extent e : extents) {
                long start = e.from() << Layout.BLOCK_SHIFT;
                if (start > at) {
                    into.asSlice(at - offset, start - at).fill((byte) 0);
                    at = start;
                }
                long to = Math.min(end, e.end() << Layout.BLOCK_SHIFT);
                extent(inode, e, at, into.asSlice(at - offset, to - at));
                at = to;
            }
            if (extents.size() < BATCH && at < end) {
                into.asSlice(at - offset, end - at).fill((byte) 0);
                at = end;
            }
        }
    }

    private List<Extent> extents(Inode inode, long from, long to) throws FsException {
        volume.lock.readLock().lock();
        try {
            return Extents.in(inode.subvolume, inode.number(), from, to, BATCH);
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** A range that lies inside an extent. */
    private void extent(Inode inode, Extent e, long at, MemorySegment into) throws FsException {
        switch (e.kind()) {
            case Extent.RESERVED -> into.fill((byte) 0);
            case Extent.INLINE -> inline(e, at, into);
            case Extent.PLAIN -> plain(inode, e, at, into);
            default -> packed(inode, e, at, into);
        }
    }

    private static void inline(Extent e, long at, MemorySegment into) {
        long n = Math.clamp(e.bytes() - at, 0, into.byteSize());
        if (n > 0) { // a file that grew in memory alone can be read behind what stands here
            MemorySegment.copy(MemorySegment.ofArray(e.value()), Extent.HEADER + at, into, 0, n);
        }
        into.asSlice(n).fill((byte) 0);
    }

    private void plain(Inode inode, Extent e, long at, MemorySegment into) throws FsException {
        long done = 0;
        while (done < into.byteSize()) {
            long position = at + done;
            int skip = (int) (position & Layout.BLOCK - 1);
            long block = position >> Layout.BLOCK_SHIFT;
            long whole = into.byteSize() - done >> Layout.BLOCK_SHIFT;
            if (skip == 0 && whole > 0) {
                blocks(inode, e, block, into.asSlice(done, whole << Layout.BLOCK_SHIFT));
                done += whole << Layout.BLOCK_SHIFT;
                continue;
            }
            MemorySegment buffer = buffers.take();
            try {
                MemorySegment one = buffer.asSlice(0, Layout.BLOCK);
                blocks(inode, e, block, one);
                long n = Math.min(Layout.BLOCK - skip, into.byteSize() - done);
                MemorySegment.copy(one, skip, into, done, n);
                done += n;
            } finally {
                buffers.give(buffer);
            }
        }
    }

    private void blocks(Inode inode, Extent e, long block, MemorySegment into) throws FsException {
        int first = (int) (block - e.from());
        checked(e, first, into, (int) (into.byteSize() >> Layout.BLOCK_SHIFT), inode, block);
    }

    /** Blocks from the first device that has them right. */
    private void checked(Extent e, int from, MemorySegment into, int count, Inode inode, long fileBlock) throws FsException {
        long address = e.address() + from;
        Sums sums = e.sums();
        FsException first = null;
        for (int copy : volume.medium.readers()) {
            try {
                volume.medium.read(copy, address, into);
                int bad = sums.mismatch(into, count, e.value(), e.sumAt(from));
                if (bad < 0) {
                    if (first != null) {
                        repair(e, from, into, count);
                    }
                    return;
                }
                first = first != null ? first : new FsException.Corrupt("data of node " + inode.number() + " at " + (fileBlock + bad << Layout.BLOCK_SHIFT),
                        sums == Sums.CRC32C ? "crc32c" : "sha256", "that of what was written", "another, in block " + (address + bad));
            } catch (FsException.DeviceFailed failed) {
                first = failed;
            }
        }
        if (count > 1 && volume.medium.copies() > 1) {
            for (int i = 0; i < count; i++) {
                checked(e, from + i, into.asSlice((long) i << Layout.BLOCK_SHIFT, Layout.BLOCK), 1, inode, fileBlock + i);
            }
            return;
        }
        throw first;
    }

    private void repair(Extent e, int from, MemorySegment good, int count) {
        if (volume.readOnly()) {
            return;
        }
        byte[] bytes = good.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        for (int copy : volume.medium.readers()) {
            for (int i = 0; i < count; i++) {
                byte[] block = java.util.Arrays.copyOfRange(bytes, i * Layout.BLOCK, (i + 1) * Layout.BLOCK);
                try {
                    long address = e.address() + from + i;
                    if (!e.holds(from + i, volume.medium.read(copy, address, Layout.BLOCK), 0)) {
                        volume.medium.repair(copy, address, block);
                        repairs.increment();
                    }
                } catch (FsException failed) {
                    // The good copy serves; a device that can't take it is told by a scrub.
                }
            }
        }
    }

    private void packed(Inode inode, Extent e, long at, MemorySegment into) throws FsException {
        MemorySegment stored = buffers.take(), unpacked = buffers.take();
        try {
            unpack(inode, e, stored, unpacked);
            MemorySegment.copy(unpacked, at - (e.from() - e.skip() << Layout.BLOCK_SHIFT), into, 0, into.byteSize());
        } finally {
            buffers.give(stored);
            buffers.give(unpacked);
        }
    }

    private void unpack(Inode inode, Extent e, MemorySegment stored, MemorySegment unpacked) throws FsException {
        checked(e, 0, stored.asSlice(0, (long) e.stored() << Layout.BLOCK_SHIFT), e.stored(), inode, e.from());
        int n = packer.unpack(e.kind() == Extent.LZ4 ? Codec.LZ4 : Codec.ZSTD, stored.asSlice(0, e.bytes()),
                unpacked.asSlice(0, (long) Layout.UNIT_BLOCKS << Layout.BLOCK_SHIFT));
        if (n < (e.skip() + e.blocks()) << Layout.BLOCK_SHIFT) {
            throw new FsException.Corrupt("data of node " + inode.number() + " at " + (e.from() << Layout.BLOCK_SHIFT), "unpacked",
                    e.skip() + e.blocks() + " blocks", n + " bytes");
        }
    }

    /** Whole blocks of an extent, whatever the file's size. */
    public void raw(Inode inode, Extent e, long block, MemorySegment into) throws FsException {
        extent(inode, e, block << Layout.BLOCK_SHIFT, into);
    }

    /** Checks what an extent has on the medium. */
    public void verify(Inode inode, Extent e) throws FsException {
        if (e.kind() != Extent.PLAIN && !e.packed()) {
            return;
        }
        MemorySegment stored = buffers.take();
        try {
            checked(e, 0, stored.asSlice(0, (long) e.stored() << Layout.BLOCK_SHIFT), e.stored(), inode, e.from());
        } finally {
            buffers.give(stored);
        }
    }

    /** A block as the medium has it. What is behind the file's end is zeros. */
    void block(Inode inode, long block, MemorySegment into) throws FsException {
        long start = block << Layout.BLOCK_SHIFT, inside = Math.clamp(inode.data.size - start, 0, Layout.BLOCK);
        if (inside > 0) {
            medium(inode, start, into.asSlice(0, Layout.BLOCK));
        }
        into.asSlice(inside, Layout.BLOCK - inside).fill((byte) 0);
    }
}
