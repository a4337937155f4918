package org.cloudos.fs.cloudfs.format;

import org.cloudos.fs.FsException;

/**
 * A node of a tree, 16 KiB, in memory as on the medium.
 *
 * <pre>
 * 0 magic "CFSN"(4) · 4 crc32c of the bytes from 8(4) · 8 volume(16) · 24 address(8) · 32 generation(8) · 40 tree(8) · 48 level(1) · 49 zero(1)
 * · 50 items(2) · 52 lowest value(4) · 56 bytes of values(4) · 60 zero(4) · 64 slots
 * slot: 0 object(8) · 8 type and offset(8) · 16 where its value stands(2) · 18 its length(2)
 * </pre>
 * Slots ascend by key; values fill the node from its end, and where one without bytes stands means nothing. In a node above the leaves
 * the values are {@link Pointer}s, and the first slot's key counts as the lowest there is.
 */
public final class Page {
    public static final int HEADER = 64, SLOT = 20;
    public static final int ROOM = Layout.NODE - HEADER;
    /** What a pointer takes at most. */
    public static final int BRANCH = SLOT + Pointer.LONG;
    public static final int MAGIC = 'C' | 'F' << 8 | 'S' << 16 | 'N' << 24;

    private Page() { }

    public static byte[] empty(int level) {
        byte[] p = new byte[Layout.NODE];
        p[48] = (byte) level;
        Le.i32(p, 52, Layout.NODE);
        return p;
    }

    public static int count(byte[] p) {
        return Le.u16(p, 50);
    }

    public static int level(byte[] p) {
        return p[48];
    }

    public static long high(byte[] p, int i) {
        return Le.i64(p, HEADER + i * SLOT);
    }

    public static long low(byte[] p, int i) {
        return Le.i64(p, HEADER + i * SLOT + 8);
    }

    public static int at(byte[] p, int i) {
        return Le.u16(p, HEADER + i * SLOT + 16);
    }

    public static int length(byte[] p, int i) {
        return Le.u16(p, HEADER + i * SLOT + 18);
    }

    public static void key(byte[] p, int i, long high, long low) {
        Le.i64(p, HEADER + i * SLOT, high);
        Le.i64(p, HEADER + i * SLOT + 8, low);
    }

    private static int lowest(byte[] p) {
        return Le.i32(p, 52);
    }

    private static int bytes(byte[] p) {
        return Le.i32(p, 56);
    }

    /** Bytes of slots and values. */
    public static int used(byte[] p) {
        return count(p) * SLOT + bytes(p);
    }

    public static int free(byte[] p) {
        return ROOM - used(p);
    }

    /** @return the item's index, or {@code -(where it would stand) - 1} */
    public static int find(byte[] p, long high, long low) {
        int from = 0, to = count(p) - 1;
        while (from <= to) {
            int middle = from + to >>> 1;
            int c = Key.compare(high(p, middle), low(p, middle), high, low);
            if (c < 0) {
                from = middle + 1;
            } else if (c > 0) {
                to = middle - 1;
            } else {
                return middle;
            }
        }
        return -from - 1;
    }

    /** The child that a key belongs to. */
    public static int child(byte[] p, long high, long low) {
        int i = find(p, high, low);
        return i >= 0 ? i : Math.max(0, -i - 2);
    }

    /** Preconditions: there is room. */
    public static void insert(byte[] p, int i, long high, long low, byte[] value, int from, int length) {
        int n = count(p);
        if (lowest(p) - length < HEADER + (n + 1) * SLOT) {
            compact(p);
        }
        System.arraycopy(p, HEADER + i * SLOT, p, HEADER + (i + 1) * SLOT, (n - i) * SLOT);
        Le.u16(p, 50, n + 1);
        Le.i32(p, 56, bytes(p) + length);
        key(p, i, high, low);
        place(p, i, value, from, length);
    }

    private static void place(byte[] p, int i, byte[] value, int from, int length) {
        int at = lowest(p) - length;
        System.arraycopy(value, from, p, at, length);
        Le.i32(p, 52, at);
        Le.u16(p, HEADER + i * SLOT + 16, position(at, length));
        Le.u16(p, HEADER + i * SLOT + 18, length);
    }

    /** A value without bytes stands at the end: anywhere else the lowest value could go and leave it behind, below all others. */
    private static int position(int at, int length) {
        return length == 0 ? Layout.NODE : at;
    }

    /** Preconditions: there is room for the difference. */
    public static void replace(byte[] p, int i, byte[] value, int from, int length) {
        int old = length(p, i);
        if (old == length) {
            System.arraycopy(value, from, p, at(p, i), length);
            return;
        }
        Le.u16(p, HEADER + i * SLOT + 18, 0);
        Le.i32(p, 56, bytes(p) - old);
        if (lowest(p) - length < HEADER + count(p) * SLOT) {
            compact(p);
        }
        Le.i32(p, 56, bytes(p) + length);
        place(p, i, value, from, length);
    }

    public static void remove(byte[] p, int i) {
        int n = count(p);
        Le.i32(p, 56, bytes(p) - length(p, i));
        if (at(p, i) == lowest(p)) {
            Le.i32(p, 52, lowest(p) + length(p, i));
        }
        System.arraycopy(p, HEADER + (i + 1) * SLOT, p, HEADER + i * SLOT, (n - 1 - i) * SLOT);
        Le.u16(p, 50, n - 1);
    }

    private static void compact(byte[] p) {
        byte[] copy = p.clone();
        int at = Layout.NODE;
        for (int i = 0; i < count(p); i++) {
            int length = length(copy, i);
            at -= length;
            System.arraycopy(copy, at(copy, i), p, at, length);
            Le.u16(p, HEADER + i * SLOT + 16, position(at, length));
        }
        Le.i32(p, 52, at);
    }

    /** Moves the items from {@code at} on to the end of another page. Preconditions: they fit there. */
    public static void move(byte[] p, int at, byte[] to) {
        int n = count(p);
        for (int i = at; i < n; i++) {
            insert(to, count(to), high(p, i), low(p, i), p, at(p, i), length(p, i));
        }
        int bytes = 0;
        for (int i = 0; i < at; i++) {
            bytes += length(p, i);
        }
        Le.u16(p, 50, at);
        Le.i32(p, 56, bytes);
        compact(p);
    }

    /** Where to split so that both halves have about as many bytes. From 1 to count - 1. */
    public static int half(byte[] p) {
        int half = used(p) / 2, sum = 0, n = count(p);
        for (int i = 0; i < n - 1; i++) {
            sum += SLOT + length(p, i);
            if (sum >= half) {
                return i + 1;
            }
        }
        return n - 1;
    }

    private static int branch(byte[] p, int i) {
        return at(p, i) <= Layout.NODE - Pointer.BYTES && Pointer.digested(p, at(p, i)) ? Pointer.LONG : Pointer.BYTES;
    }

    /** Untrusted bytes whose checksum is good: slots within the page, keys that ascend, pointers of their length. */
    public static void verify(byte[] p, String where) throws FsException {
        int n = count(p), sum = 0, low = lowest(p);
        int slots = HEADER + n * SLOT;
        if (slots > Layout.NODE || low < slots || low > Layout.NODE) {
            throw new FsException.Corrupt(where, "slots", "to end before the values", n + " slots, values from " + low);
        }
        for (int i = 0; i < n; i++) {
            int length = length(p, i);
            sum += length;
            if (at(p, i) < low && length > 0 || at(p, i) + length > Layout.NODE || level(p) > 0 && length != branch(p, i)) {
                throw new FsException.Corrupt(where, "value " + i, "inside the node", at(p, i) + "+" + length);
            }
            if (level(p) > 0 && Le.i64(p, at(p, i)) < 0) {
                throw new FsException.Corrupt(where, "pointer " + i, "to the medium", Le.i64(p, at(p, i))); // below 0 are nodes in memory
            }
            if (i > 0 && Key.compare(high(p, i - 1), low(p, i - 1), high(p, i), low(p, i)) >= 0) {
                throw new FsException.Corrupt(where, "key " + i, "above the one before", Long.toUnsignedString(high(p, i)));
            }
        }
        if (sum != bytes(p) || sum + slots > Layout.NODE || level(p) > 0 && n == 0) {
            throw new FsException.Corrupt(where, "bytes of values", bytes(p), sum);
        }
    }
}
