package org.cloudos.journal.store;

import java.nio.charset.StandardCharsets;

/** Reads what {@link Out} wrote, from bytes that may be anything: each step is checked against the end. */
final class In {
    byte[] bytes;
    int at;
    int end;

    In(byte[] bytes, int from, int to) {
        reset(bytes, from, to);
    }

    void reset(byte[] from, int start, int to) {
        bytes = from;
        at = start;
        end = to;
    }

    boolean more() {
        return at < end;
    }

    int u8() throws CorruptException {
        need(1);
        return bytes[at++] & 0xff;
    }

    long varint() throws CorruptException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            need(1);
            byte b = bytes[at++];
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new CorruptException("varint", "at most 10 bytes", "more");
    }

    long zigzag() throws CorruptException {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    /** A length that must still be there. */
    int length() throws CorruptException {
        long value = varint();
        if (value < 0 || value > end - at) {
            throw new CorruptException("length", "at most " + (end - at), Long.toUnsignedString(value));
        }
        return (int) value;
    }

    int number(int below) throws CorruptException {
        long value = varint();
        if (value < 0 || value >= below) {
            throw new CorruptException("number", "below " + below, Long.toUnsignedString(value));
        }
        return (int) value;
    }

    String text() throws CorruptException {
        int n = length();
        String text = new String(bytes, at, n, StandardCharsets.UTF_8);
        at += n;
        return text;
    }

    void skip(int n) throws CorruptException {
        need(n);
        at += n;
    }

    private void need(int n) throws CorruptException {
        if (n < 0 || end - at < n) {
            throw new CorruptException("rest", n + " bytes", end - at);
        }
    }
}
