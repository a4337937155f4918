package org.cloudos.hal.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Bytes that tell by themselves where they belong: each word of 8 is a mixture of its offset and a seed. */
public record Pattern(long seed) {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The word at an offset: the finalizer of MurmurHash3 over both. */
    public long word(long offset) {
        long z = seed * 0x9e3779b97f4a7c15L + offset;
        z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
        z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
        return z ^ z >>> 33;
    }

    /** @param offset of the first byte, a multiple of 8 as the length is */
    public void fill(MemorySegment memory, long offset) {
        for (long at = 0; at < memory.byteSize(); at += 8) {
            memory.set(WORD, at, word(offset + at));
        }
    }

    /** @return the offset of the first wrong word, or -1 */
    public long firstDifference(MemorySegment memory, long offset) {
        for (long at = 0; at < memory.byteSize(); at += 8) {
            if (memory.get(WORD, at) != word(offset + at)) {
                return offset + at;
            }
        }
        return -1;
    }
}
