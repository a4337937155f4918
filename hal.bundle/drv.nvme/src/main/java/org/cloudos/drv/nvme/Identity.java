package org.cloudos.drv.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Identify Controller, of 4096 bytes: 4 serial(20) · 24 model(40) · 64 firmware(8) · 77 MDTS(1) · 520 ONCS(2) · 525 VWC(1) · 536 SGLS(4). NVMe Base 2.0
 * §5.17.2.1.
 *
 * @param sgl         transfers may be described by lists of pieces of any size
 * @param maxTransfer bytes of one command, 0 for no limit
 */
record Identity(String serial, String model, String firmware, long maxTransfer, boolean discard, boolean writeZeroes, boolean volatileCache,
        boolean sgl) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LARGEST_SHIFT = 20;

    /** @param minPage the unit of MDTS, bytes */
    static Identity parse(MemorySegment b, long minPage) {
        int shift = Byte.toUnsignedInt(b.get(ValueLayout.JAVA_BYTE, 77));
        int optional = b.get(SHORT, 520);
        return new Identity(text(b, 4, 20), text(b, 24, 40), text(b, 64, 8), shift == 0 || shift > LARGEST_SHIFT ? 0 : minPage << shift,
                (optional & 1 << 2) != 0, (optional & 1 << 3) != 0, (b.get(ValueLayout.JAVA_BYTE, 525) & 1) != 0,
                (b.get(ValueLayout.JAVA_BYTE, 536) & 3) == 1);
    }

    /** ASCII, filled up with blanks; what can't be printed is a question mark. */
    private static String text(MemorySegment b, long offset, int length) {
        String text = new String(b.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        return text.replace('\0', ' ').replaceAll("[^\\x20-\\x7e]", "?").strip();
    }
}
