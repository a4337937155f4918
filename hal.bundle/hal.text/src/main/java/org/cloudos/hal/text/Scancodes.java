package org.cloudos.hal.text;

/**
 * What a PS/2 keyboard sends, as Linux's numbers of keys (linux/input-event-codes.h), which scancode set 1 counts like up to 88. Any bytes may
 * come: a byte that is no key's gives nothing.
 */
public final class Scancodes {
    /** Numbers of keys behind the prefix E0 of set 1: byte, key. */
    private static final int[] EXTENDED_1 = {0x1c, 96, 0x1d, 97, 0x35, 98, 0x37, 99, 0x38, 100, 0x47, 102, 0x48, 103, 0x49, 104, 0x4b, 105, 0x4d, 106, 0x4f,
            107,
        0x50, 108, 0x51, 109, 0x52, 110, 0x53, 111, 0x5b, 125, 0x5c, 126, 0x5d, 127};
    /** Set 2: byte, key. */
    private static final int[] PLAIN_2 = {0x76, 1, 0x16, 2, 0x1e, 3, 0x26, 4, 0x25, 5, 0x2e, 6, 0x36, 7, 0x3d, 8, 0x3e, 9, 0x46, 10, 0x45, 11, 0x4e, 12,
            0x55, 13, 0x66, 14,
        0x0d, 15, 0x15, 16, 0x1d, 17, 0x24, 18, 0x2d, 19, 0x2c, 20, 0x35, 21, 0x3c, 22, 0x43, 23, 0x44, 24, 0x4d, 25, 0x54, 26, 0x5b, 27, 0x5a, 28, 0x14, 29,
        0x1c, 30, 0x1b, 31, 0x23, 32, 0x2b, 33, 0x34, 34, 0x33, 35, 0x3b, 36, 0x42, 37, 0x4b, 38, 0x4c, 39, 0x52, 40, 0x0e, 41, 0x12, 42, 0x5d, 43, 0x1a, 44,
        0x22, 45, 0x21, 46, 0x2a, 47, 0x32, 48, 0x31, 49, 0x3a, 50, 0x41, 51, 0x49, 52, 0x4a, 53, 0x59, 54, 0x7c, 55, 0x11, 56, 0x29, 57, 0x58, 58, 0x05, 59,
        0x06, 60, 0x04, 61, 0x0c, 62, 0x03, 63, 0x0b, 64, 0x83, 65, 0x0a, 66, 0x01, 67, 0x09, 68, 0x77, 69, 0x7e, 70, 0x6c, 71, 0x75, 72, 0x7d, 73, 0x7b, 74,
        0x6b, 75, 0x73, 76, 0x74, 77, 0x79, 78, 0x69, 79, 0x72, 80, 0x7a, 81, 0x70, 82, 0x71, 83, 0x61, 86, 0x78, 87, 0x07, 88};
    private static final int[] EXTENDED_2 = {0x5a, 96, 0x14, 97, 0x4a, 98, 0x7c, 99, 0x11, 100, 0x6c, 102, 0x75, 103, 0x7d, 104, 0x6b, 105, 0x74, 106, 0x69,
            107, 0x72, 108,
        0x7a, 109, 0x70, 110, 0x71, 111, 0x1f, 125, 0x27, 126, 0x2f, 127};
    private static final int PREFIX = 0xe0, PAUSE_PREFIX = 0xe1, RELEASE = 0xf0;
    /** Bytes behind E1 of the one key that has it; it never tells that it was let go. */
    private static final int PAUSE_1 = 5, PAUSE_2 = 7;

    private final int set;
    private final int[] plain = new int[256];
    private final int[] extended = new int[256];
    private boolean prefixed;
    private boolean released;
    private int skip;

    /** @param set 1 or 2 */
    public Scancodes(int set) {
        if (set != 1 && set != 2) {
            throw new IllegalArgumentException("scancode set: expected 1 or 2, found " + set);
        }
        this.set = set;
        if (set == 1) {
            for (int key = 1; key <= 88; key++) {
                plain[key] = key == 84 || key == 85 ? 0 : key;
            }
        }
        fill(plain, set == 1 ? new int[0] : PLAIN_2);
        fill(extended, set == 1 ? EXTENDED_1 : EXTENDED_2);
    }

    private static void fill(int[] table, int[] pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            table[pairs[i]] = pairs[i + 1];
        }
    }

    /** @return the key's number, below 0 when it was let go, 0 when there is none to tell */
    public int next(int b) {
        if (skip > 0) {
            skip--;
            return 0;
        }
        switch (b) {
            case PREFIX -> {
                prefixed = true;
                return 0;
            }
            case PAUSE_PREFIX -> {
                skip = set == 1 ? PAUSE_1 : PAUSE_2;
                return 0;
            }
            case RELEASE -> {
                if (set == 2) {
                    released = true;
                    return 0;
                }
            }
            default -> { }
        }
        int[] table = prefixed ? extended : plain;
        boolean up = set == 1 ? (b & 0x80) != 0 : released;
        int key = table[set == 1 ? b & 0x7f : b & 0xff];
        prefixed = false;
        released = false;
        return up ? -key : key;
    }
}
