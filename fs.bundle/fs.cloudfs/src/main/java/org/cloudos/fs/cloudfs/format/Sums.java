package org.cloudos.fs.cloudfs.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The sums of data blocks in an extent's item: CRC-32C of 4 bytes, or SHA-256 of 32. */
public enum Sums {
    CRC32C(4, Layout.EXTENT_BLOCKS),
    /** An extent has fewer blocks: its item is as long as another's. */
    SHA256(Digest.BYTES, Layout.UNIT_BLOCKS);

    /** Bytes of one. */
    public final int bytes;
    /** Blocks of an extent at most. */
    public final int most;

    Sums(int bytes, int most) {
        this.bytes = bytes;
        this.most = most;
    }

    /** What a volume has. */
    public static Sums of(Features features) {
        return features.has(Features.SHA256) ? SHA256 : CRC32C;
    }

    /** Of consecutive blocks. */
    public byte[] of(MemorySegment memory, int count) {
        byte[] sums = new byte[bytes * count];
        if (this == CRC32C) {
            Crc.blocks(memory, count, sums, 0);
            return sums;
        }
        for (int i = 0; i < count; i++) {
            System.arraycopy(Digest.of(block(memory, i)), 0, sums, i * bytes, bytes);
        }
        return sums;
    }

    private static ByteBuffer block(MemorySegment memory, int i) {
        return memory.asSlice((long) i << Layout.BLOCK_SHIFT, Layout.BLOCK).asByteBuffer();
    }

    /** @return the first block whose sum differs, or -1 */
    public int mismatch(MemorySegment memory, int count, byte[] sums, int at) {
        if (this == CRC32C) {
            return Crc.mismatch(memory, count, sums, at);
        }
        for (int i = 0; i < count; i++) {
            int from = at + i * bytes;
            if (!Arrays.equals(Digest.of(block(memory, i)), 0, bytes, sums, from, from + bytes)) {
                return i;
            }
        }
        return -1;
    }

    /** Whether a block's sum is this one. */
    boolean holds(byte[] block, int from, byte[] sums, int at) {
        return this == CRC32C ? Crc.of(block, from, Layout.BLOCK) == Le.i32(sums, at) : Digest.of(block, from, Layout.BLOCK).equals(Digest.read(sums, at));
    }
}
