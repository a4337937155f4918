package org.cloudos.hal.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A frame that tells whether it arrived whole: 0 destination(6) · 6 source(6) · 12 type 0x88b5, local experiments(2) · 14 number(8) · 22 length(2) · 24 a
 * pattern of both. Numbers begin at 0; ~n says that n frames were all, or, to who sends, that they are enough. A tag of a VLAN, 0x8100(2) and number(2), may
 * stand before the type and shifts the rest. IEEE 802 §9.2.3, 802.1Q §9.6.
 */
final class TestFrame {
    static final int LEAST = 60;
    private static final int TYPE = 0x88b5, TAGGED = 0x8100, TAG = 4, PATTERN = 24;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TestFrame() { }

    /** @param vlan whose tag it gets, or 0 for none */
    static void write(MemorySegment frame, long to, long from, long number, int vlan) {
        int length = (int) frame.byteSize();
        int shift = vlan == 0 ? 0 : TAG;
        frame.set(SHORT, 0, (short) (to >>> 32));
        frame.set(INT, 2, (int) to);
        frame.set(SHORT, 6, (short) (from >>> 32));
        frame.set(INT, 8, (int) from);
        if (vlan != 0) {
            frame.set(INT, 12, TAGGED << 16 | vlan);
        }
        frame.set(SHORT, shift + 12, (short) TYPE);
        frame.set(LONG, shift + 14, number);
        frame.set(SHORT, shift + 22, (short) length);
        Pattern pattern = new Pattern(number);
        int at = shift + PATTERN;
        for (; at + 8 <= length; at += 8) {
            frame.set(LONG, at, pattern.word(at));
        }
        for (; at < length; at++) {
            frame.set(ValueLayout.JAVA_BYTE, at, (byte) pattern.word(at));
        }
    }

    /** Bytes of a tag in it; -1 for a frame of somebody else's. */
    static int shift(MemorySegment m, long offset, int length) {
        if (length < PATTERN + TAG) {
            return -1;
        }
        int type = m.get(SHORT, offset + 12) & 0xffff;
        return type == TYPE ? 0 : type == TAGGED && (m.get(SHORT, offset + 12 + TAG) & 0xffff) == TYPE ? TAG : -1;
    }

    /** @param offset of the frame, with its tag's bytes added */
    static long number(MemorySegment m, long offset) {
        return m.get(LONG, offset + 14);
    }

    /** Short frames may come with filling behind. */
    static boolean isWhole(MemorySegment m, long offset, int length, int shift) {
        int wanted = m.get(SHORT, offset + shift + 22) & 0xffff;
        if (wanted > length || length > Math.max(wanted, LEAST)) {
            return false;
        }
        Pattern pattern = new Pattern(number(m, offset + shift));
        int at = shift + PATTERN;
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
