package org.cloudos.journal.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.cloudos.journal.Condition;

/**
 * Terms of a block, {@code field=value}, as 64-bit hashes in a Bloom filter: 10 bits a term, 6 probes, so that one of a
 * hundred blocks is read for nothing. ASCII letters are hashed as lower case; a query for anything else asks no filter.
 */
final class Terms {
    /** Fields whose values are indexed beside those of all keys. */
    static final String SUBSYSTEM = "subsystem", THREAD = "thread", LOGGER = "logger", TRACE = "trace";
    private static final int BITS = 10, PROBES = 6;
    /** Longer values are not indexed, nor asked for. */
    static final int MAX_VALUE = 256;
    private static final long SEED = 0xcbf29ce484222325L, PRIME = 0x100000001b3L;

    private long[] table = new long[256]; // 0 is free
    private int size;

    static boolean indexed(Condition.Match match) {
        String value = match.pattern().text();
        boolean field = switch (match.field()) {
            case "level", "bundle", "message", "exception", "seq", "time" -> false;
            default -> true;
        };
        return field && match.pattern().literal() && !value.isEmpty() && value.length() <= MAX_VALUE
                && value.chars().allMatch(c -> c < 0x80);
    }

    static boolean bundleMatches(Condition.Match match, String name) {
        return match.pattern().matches(name) || name.startsWith("org.cloudos.") && match.pattern().matches(name.substring(12));
    }

    static long hash(String field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return hash(seed(field), bytes, 0, bytes.length);
    }

    static long seed(String field) {
        long h = SEED;
        for (byte b : field.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ b) * PRIME;
        }
        return h * PRIME; // as if a zero stood between
    }

    static long hash(long seed, byte[] bytes, int from, int length) {
        long h = seed;
        for (int i = from; i < from + length; i++) {
            byte b = bytes[i];
            h = (h ^ (b >= 'A' && b <= 'Z' ? b + 32 : b)) * PRIME;
        }
        h = (h ^ h >>> 32) * 0x9e3779b97f4a7c15L;
        h ^= h >>> 29;
        return h == 0 ? 1 : h;
    }

    void add(long hash) {
        if (size * 2 >= table.length) {
            long[] old = table;
            table = new long[old.length * 2];
            for (long h : old) {
                if (h != 0) {
                    table[slot(h)] = h;
                }
            }
        }
        int slot = slot(hash);
        if (table[slot] == 0) {
            table[slot] = hash;
            size++;
        }
    }

    private int slot(long hash) {
        int slot = (int) hash & table.length - 1;
        while (table[slot] != 0 && table[slot] != hash) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    /** The filter's bytes, and an empty set. */
    byte[] filter() {
        byte[] bits = new byte[(size * BITS + 7) / 8];
        for (long h : table) {
            if (h != 0) {
                for (int probe = 0; probe < PROBES; probe++) {
                    int bit = bit(h, probe, bits.length);
                    bits[bit >> 3] |= (byte) (1 << (bit & 7));
                }
            }
        }
        Arrays.fill(table, 0);
        size = 0;
        return bits;
    }

    private static int bit(long hash, int probe, int bytes) {
        long mixed = hash + probe * (hash >>> 33 | 1);
        return (int) Long.remainderUnsigned(mixed, bytes * 8L);
    }

    /** Reads a filter's bytes. */
    interface Bits {
        int at(int index);
    }

    static boolean mayHold(Bits bits, int bytes, long hash) {
        for (int probe = 0; probe < PROBES; probe++) {
            if (bytes == 0) {
                return false;
            }
            int bit = bit(hash, probe, bytes);
            if ((bits.at(bit >> 3) & 1 << (bit & 7)) == 0) {
                return false;
            }
        }
        return true;
    }
}
