package org.cloudos.hal.text;

/** UTF-8 a byte at a time. RFC 3629 §4: overlong forms, surrogates and what is beyond Unicode are no characters. */
final class Utf8 {
    /** No character ended with this byte. */
    static final int MORE = -1;
    static final int REPLACEMENT = 0xfffd;

    private int value;
    private int left;
    private int least;

    /** Whether the bytes so far are the beginning of one. */
    boolean isPending() {
        return left > 0;
    }

    /** Forgets a beginning. */
    void reset() {
        left = 0;
    }

    /** @return a character, {@link #MORE}, or {@link #REPLACEMENT}: then a byte that begins one is to be given again when it ended another */
    int next(int b) {
        if (left == 0) {
            return first(b);
        }
        if ((b & 0xc0) != 0x80) {
            left = 0;
            return REPLACEMENT;
        }
        value = value << 6 | b & 0x3f;
        if (--left > 0) {
            return MORE;
        }
        return value < least || value > 0x10ffff || value >= 0xd800 && value <= 0xdfff ? REPLACEMENT : value;
    }

    private int first(int b) {
        if (b < 0x80) {
            return b;
        }
        left = b >= 0xc2 && b <= 0xdf ? 1 : b >= 0xe0 && b <= 0xef ? 2 : b >= 0xf0 && b <= 0xf4 ? 3 : 0;
        if (left == 0) {
            return REPLACEMENT;
        }
        least = left == 1 ? 0x80 : left == 2 ? 0x800 : 0x10000;
        value = b & 0x3f >> left;
        return MORE;
    }
}
