package org.cloudos.journal.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Bytes that grow. Numbers of fixed width are little-endian; others are varints, seven bits a byte, the lowest first. */
final class Out {
    static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LONGEST_VARINT = 10;

    byte[] bytes;
    int length;

    Out(int capacity) {
        bytes = new byte[capacity];
    }

    void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
        }
    }

    void u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void u32(int value) {
        reserve(4);
        INT.set(bytes, length, value);
        length += 4;
    }

    void u64(long value) {
        reserve(8);
        LONG.set(bytes, length, value);
        length += 8;
    }

    void varint(long value) {
        reserve(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    /** Small numbers of either sign stay short. */
    void zigzag(long value) {
        varint(value << 1 ^ value >> 63);
    }

    void put(byte[] from, int offset, int count) {
        reserve(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** Length in bytes as a varint, then UTF-8. A surrogate without its other half becomes {@code ?}. */
    void text(String text, int limit) {
        int chars = Math.min(text.length(), limit);
        if (chars < text.length() && chars > 0 && Character.isHighSurrogate(text.charAt(chars - 1))) {
            chars--;
        }
        reserve(chars + LONGEST_VARINT);
        int start = length;
        if (chars == text.length() && chars < 0x80) {
            length = start + 1; // the length of ASCII text is known before it is looked at
            if (ascii(text, chars)) {
                bytes[start] = (byte) chars;
                return;
            }
        }
        length = start;
        String note = chars == text.length() ? "" : " [" + (text.length() - chars) + " characters more]";
        varint(utf8Length(text, chars) + note.length());
        utf8(text, chars);
        utf8(note, note.length());
    }

    private boolean ascii(String text, int chars) {
        byte[] to = bytes;
        int at = length;
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return false;
            }
            to[at + i] = (byte) c;
        }
        length = at + chars;
        return true;
    }

    private static int utf8Length(String text, int chars) {
        int total = chars;
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                boolean pair = Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1));
                if (pair) {
                    i++;
                    total += 2;
                } else if (!Character.isSurrogate(c)) {
                    total += c < 0x800 ? 1 : 2;
                }
            }
        }
        return total;
    }

    private void utf8(String text, int chars) {
        reserve(chars * 3);
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else if (c < 0x800) {
                bytes[length++] = (byte) (0xc0 | c >> 6);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < chars && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                bytes[length++] = (byte) (0xf0 | point >> 18);
                bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
                bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | point & 0x3f);
            } else if (Character.isSurrogate(c)) {
                bytes[length++] = '?';
            } else {
                bytes[length++] = (byte) (0xe0 | c >> 12);
                bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
                bytes[length++] = (byte) (0x80 | c & 0x3f);
            }
        }
    }
}
