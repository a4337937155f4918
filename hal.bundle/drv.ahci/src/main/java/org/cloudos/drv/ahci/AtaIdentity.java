package org.cloudos.drv.ahci;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;

/**
 * IDENTIFY DEVICE, words of 16 bits: 10 serial(10) · 23 firmware(4) · 27 model(20) · 75 queue depth · 76 Serial ATA · 83 commands · 85 enabled · 100
 * sectors(4) · 106 sizes · 117 words of a sector(2) · 169 data sets · 217 rotation. ACS-3 §7.12.
 *
 * @param queueDepth 1 without queuing
 * @param physical   bytes of a physical sector
 */
record AtaIdentity(String serial, String model, String firmware, long sectors, int sectorSize, int physical, int queueDepth, boolean cache, boolean trim,
        boolean rotational) {
    static final int SIZE = 512;
    private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static AtaIdentity parse(MemorySegment b, String name) throws DeviceException {
        if ((word(b, 83) & 1 << 10) == 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected a disk with addresses of 48 bits, found word 83 " + Integer.toHexString(word(b, 83)));
        }
        long sectors = b.get(LONG, 200);
        if (sectors < 0 || sectors >= 1L << 48) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected below 2^48 sectors, found " + Long.toUnsignedString(sectors));
        }
        int sizes = word(b, 106);
        boolean told = (sizes & 3 << 14) == 1 << 14;
        long size = told && (sizes & 1 << 12) != 0 ? (word(b, 117) | (long) word(b, 118) << 16) * 2 : 512;
        if (size != 512 && size != 4096) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected sectors of 512 or 4096 bytes, found " + size);
        }
        int shift = told && (sizes & 1 << 13) != 0 ? Math.min(sizes & 0xf, 4) : 0;
        int depth = (word(b, 76) & 1 << 8) != 0 && word(b, 76) != 0xffff ? (word(b, 75) & 0x1f) + 1 : 1;
        return new AtaIdentity(text(b, 10, 10), text(b, 27, 20), text(b, 23, 4), sectors, (int) size, (int) size << shift, depth,
                (word(b, 85) & 1 << 5) != 0, (word(b, 169) & 1) != 0, word(b, 217) != 1);
    }

    static int word(MemorySegment b, int number) {
        return Short.toUnsignedInt(b.get(WORD, number * 2L));
    }

    /** ASCII, the first letter of a word in its high byte; what can't be printed is a question mark. */
    static String text(MemorySegment b, int first, int words) {
        byte[] bytes = new byte[words * 2];
        for (int i = 0; i < words; i++) {
            bytes[2 * i] = (byte) (word(b, first + i) >>> 8);
            bytes[2 * i + 1] = (byte) word(b, first + i);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ').replaceAll("[^\\x20-\\x7e]", "?").strip();
    }
}
