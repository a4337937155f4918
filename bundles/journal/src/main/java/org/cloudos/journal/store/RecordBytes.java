package org.cloudos.journal.store;

import java.util.Arrays;
import java.util.Map;
import org.cloudos.journal.Entry;

/**
 * A record's bytes, but for its time, which is told as the difference to the record before:
 * <pre>
 *   flags      u8      bits 0-2 level · 3 trace · 4 exception · 5 values
 *   bundle     varint  number of a name; so are the next three
 *   subsystem, thread, logger
 *   [trace]    varint 0, then 16 bytes; or varint length, then UTF-8
 *   message    varint length, then UTF-8
 *   [exception]  the same
 *   [values]   varint count, then for each: varint number of the key's name, varint length, UTF-8
 * </pre>
 * Not thread-safe; used again and again.
 */
final class RecordBytes {
    static final int LEVEL = 7, TRACE = 8, EXCEPTION = 16, VALUES = 32, FLAGS = 63;
    static final int MAX_MESSAGE = 32 << 10, MAX_EXCEPTION = 64 << 10, MAX_VALUE = 8 << 10, MAX_VALUES = 64, MAX_TRACE = 128;
    private static final int TRACE_DIGITS = 32;
    private static final String LEFT_OUT = "journal.values.more";

    final Out out = new Out(512);
    /** Numbers of all names in it; the first is the bundle's. */
    int[] used = new int[16];
    int usedCount;
    Names names;
    int level;
    long time;

    /** False when the names have no room for one of it. */
    boolean encode(Entry entry, Names dictionary) {
        names = dictionary;
        level = entry.level().ordinal();
        time = entry.time();
        out.length = 0;
        usedCount = 0;
        Map<String, String> values = entry.values();
        out.u8(level | (entry.trace().isEmpty() ? 0 : TRACE) | (entry.exception().isEmpty() ? 0 : EXCEPTION)
                | (values.isEmpty() ? 0 : VALUES));
        if (!name(entry.bundle()) || !name(entry.subsystem()) || !name(entry.thread()) || !name(entry.logger())) {
            return false;
        }
        if (!entry.trace().isEmpty()) {
            trace(entry.trace());
        }
        out.text(entry.message(), MAX_MESSAGE);
        if (!entry.exception().isEmpty()) {
            out.text(entry.exception(), MAX_EXCEPTION);
        }
        return values.isEmpty() || values(values);
    }

    private boolean values(Map<String, String> values) {
        int kept = Math.min(values.size(), MAX_VALUES);
        out.varint(kept + (kept < values.size() ? 1 : 0));
        int n = 0;
        for (Map.Entry<String, String> value : values.entrySet()) {
            if (n++ == kept) {
                break;
            }
            if (!name(value.getKey())) {
                return false;
            }
            out.text(value.getValue(), MAX_VALUE);
        }
        if (kept < values.size()) {
            if (!name(LEFT_OUT)) {
                return false;
            }
            out.text(Integer.toString(values.size() - kept), MAX_VALUE);
        }
        return true;
    }

    private boolean name(String name) {
        int id = names.id(name);
        if (id < 0) {
            return false;
        }
        out.varint(id);
        if (usedCount == used.length) {
            used = Arrays.copyOf(used, used.length * 2);
        }
        used[usedCount++] = id;
        return true;
    }

    private void trace(String trace) {
        int start = out.length;
        if (trace.length() == TRACE_DIGITS) {
            out.u8(0);
            for (int i = 0; i < TRACE_DIGITS; i += 2) {
                int high = digit(trace.charAt(i)), low = digit(trace.charAt(i + 1));
                if (high < 0 || low < 0) {
                    out.length = start;
                    break;
                }
                out.u8(high << 4 | low);
            }
        }
        if (out.length == start) {
            out.text(trace, MAX_TRACE);
        }
    }

    /** Upper case would not come back as it was. */
    private static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }
}
