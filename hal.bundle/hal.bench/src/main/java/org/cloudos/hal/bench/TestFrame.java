package org.cloudos.hal.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A frame that tells whether it arrived whole: 0 destination(6) · 6 source(6) · 12 type 0x88b5, local experiments(2) · 14 number(8) · 22 length(2) · 24 a
 * pattern of both. IEEE 802 §9.2.3.
 */
final class TestFrame {
    static final int LEAST = 60;
    private static final int TYPE = 0x88b5, PATTERN = 24;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TestFrame() { }

    static void write(MemorySegment frame, long to, long from, long number) {
        int length = (int) frame.byteSize();
        frame.set(SHORT, 0, (short) (to >>> 32));
        frame.set(INT, 2, (int) to);
        frame.set(SHORT, 6, (short) (from >>> 32));
        frame.set(INT, 8, (int) from);
        frame.set(SHORT, 12, (short) TYPE);
        frame.set(LONG, 14, number);
        frame.set(SHORT, 22, (short) length);
        Pattern pattern = new Pattern(number);
        int at = PATTERN;
        for (; at + 8 <= length; at += 8) {
            frame.set(LONG, at, pattern.word(at));
        }
        for (; at < length; at++) {
            frame.set(ValueLayout.JAVA_BYTE, at, (byte) pattern.word(at));
        }
    }

    static boolean isOurs(MemorySegment m, long offset, int length) {
        return length >= PATTERN && (m.get(SHORT, offset + 12) & 0xffff) == TYPE;
    }

    static long number(MemorySegment m, long offset) {
        return m.get(LONG, offset + 14);
    }

    /** Short frames may come with filling behind. */
    static boolean isWhole(MemorySegment m, long offset, int length) {
        int wanted = m.get(SHORT, offset + 22) & 0xffff;
        if (wanted > length || length > Math.max(wanted, LEAST)) {
            return false;
        }
        Pattern pattern = new Pattern(number(m, offset));
        int at = PATTERN;
        for (; at + 8 <= wanted; at += 8) {
            if (m.get(LONG, offset + at) != pattern.word(at)) {
                return false;
            }
        }
        for (; at < wanted; at++) {
            if (m.get(ValueLayout.JAVA_BYTE, offset + at) != (byte) pattern.word(at)) {
                return false;
            }
        }
        return true;
    }
}
