package org.cloudos.fs.cloudfs.format;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** CRC-32C (RFC 3720 §12.1): the processor's own instruction under {@link CRC32C}. */
public final class Crc {
    private Crc() { }

    public static int of(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }

    public static int of(MemorySegment memory) {
        CRC32C crc = new CRC32C();
        crc.update(memory.asByteBuffer());
        return (int) crc.getValue();
    }

    /** The sums of consecutive blocks. */
    public static void blocks(MemorySegment memory, int count, byte[] into, int at) {
        java.nio.ByteBuffer buffer = memory.asByteBuffer();
        CRC32C crc = new CRC32C();
        for (int i = 0; i < count; i++) {
            crc.reset();
            buffer.limit((i + 1) * Layout.BLOCK).position(i * Layout.BLOCK);
            crc.update(buffer);
            Le.i32(into, at + 4 * i, (int) crc.getValue());
        }
    }

    /** @return the first block whose sum differs, or -1 */
    public static int mismatch(MemorySegment memory, int count, byte[] sums, int at) {
        java.nio.ByteBuffer buffer = memory.asByteBuffer();
        CRC32C crc = new CRC32C();
        for (int i = 0; i < count; i++) {
            crc.reset();
            buffer.limit((i + 1) * Layout.BLOCK).position(i * Layout.BLOCK);
            crc.update(buffer);
            if ((int) crc.getValue() != Le.i32(sums, at + 4 * i)) {
                return i;
            }
        }
        return -1;
    }
}
