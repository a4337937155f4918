package org.cloudos.metrics.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A message in the Protocol Buffers wire format, as it grows. */
final class Message {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private byte[] bytes = new byte[128];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    void number(int field, long value) {
        raw((long) field << 3 | VARINT);
        raw(value);
    }

    /** {@code sint32} and {@code sint64}. */
    void signed(int field, long value) {
        raw((long) field << 3 | VARINT);
        rawSigned(value);
    }

    void real(int field, double value) {
        raw((long) field << 3 | FIXED64);
        long bits = Double.doubleToRawLongBits(value);
        room(8);
        for (int i = 0; i < 8; i++) {
            bytes[size++] = (byte) (bits >>> 8 * i);
        }
    }

    void text(int field, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        raw((long) field << 3 | LENGTH);
        raw(utf8.length);
        append(utf8, utf8.length);
    }

    void message(int field, Message inner) {
        raw((long) field << 3 | LENGTH);
        raw(inner.size);
        append(inner.bytes, inner.size);
    }

    void rawSigned(long value) {
        raw(value << 1 ^ value >> 63);
    }

    void raw(long value) {
        room(10);
        while ((value & ~0x7fL) != 0) {
            bytes[size++] = (byte) (value | 0x80);
            value >>>= 7;
        }
        bytes[size++] = (byte) value;
    }

    private void append(byte[] from, int length) {
        room(length);
        System.arraycopy(from, 0, bytes, size, length);
        size += length;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
