package org.cloudos.journal.store;

import java.util.HexFormat;
import java.util.Arrays;

/** Moves records from block to block: the numbers of their names change, the rest stays bytes. Not thread-safe. */
final class Recoder {
    private static final long SUBSYSTEM = Terms.seed(Terms.SUBSYSTEM), THREAD = Terms.seed(Terms.THREAD),
            LOGGER = Terms.seed(Terms.LOGGER), TRACE = Terms.seed(Terms.TRACE);
    private static final int TRACE_BYTES = 16;

    private final BlockReader from;
    private final int[] numbers = new int[Names.MAX];   // of the block that is read; -1 not known yet
    private final long[] seeds = new long[Names.MAX];   // of keys, by the new number
    private final RecordBytes record = new RecordBytes();
    private Names names;
    private long[] terms = new long[16];
    private int termCount;

    Recoder(BlockReader from) {
        this.from = from;
    }

    /** The numbers of what comes are another block's. */
    void nextBlock() {
        Arrays.fill(numbers, -1);
    }

    /** The record that the reader is at; null when the names have no room. Its terms are in {@link #addTerms} then. */
    RecordBytes recode(Names to) throws CorruptException {
        if (names != to) {
            names = to;
            nextBlock();
            Arrays.fill(seeds, 0);
        }
        In in = from.in();
        int start = in.at;
        record.names = to;
        record.level = from.flags & RecordBytes.LEVEL;
        record.time = from.time;
        record.out.length = 0;
        record.usedCount = 0;
        termCount = 0;
        record.out.u8(from.flags);
        if (!name(from.bundle, 0) || !name(in.number(Names.MAX), SUBSYSTEM) || !name(in.number(Names.MAX), THREAD)
                || !name(in.number(Names.MAX), LOGGER) || !rest(in)) {
            in.at = start; // to be read again
            return null;
        }
        return record;
    }

    private boolean rest(In in) throws CorruptException {
        if ((from.flags & RecordBytes.TRACE) != 0) {
            trace(in);
        }
        copyText(in, 0);
        if ((from.flags & RecordBytes.EXCEPTION) != 0) {
            copyText(in, 0);
        }
        int count = (from.flags & RecordBytes.VALUES) == 0 ? 0 : in.length();
        if (count > 0) {
            record.out.varint(count);
        }
        for (int i = 0; i < count; i++) {
            int old = in.number(Names.MAX);
            if (!name(old, 0)) {
                return false;
            }
            copyText(in, seed(numbers[old], old));
        }
        if (in.at != from.bodyEnd) {
            throw new CorruptException("record", "to end at " + from.bodyEnd, in.at);
        }
        return true;
    }

    private long seed(int id, int old) throws CorruptException {
        if (seeds[id] == 0) {
            seeds[id] = Terms.seed(from.text(old));
        }
        return seeds[id];
    }

    private void trace(In in) throws CorruptException {
        int at = in.at;
        if (in.length() == 0) {
            in.skip(TRACE_BYTES);
            byte[] digits = HexFormat.of().formatHex(in.bytes, at + 1, in.at).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            term(TRACE, digits, 0, digits.length);
            record.out.put(in.bytes, at, in.at - at);
        } else {
            in.at = at;
            copyText(in, TRACE);
        }
    }

    /** @param seed of the term that it makes; 0 for none */
    private void copyText(In in, long seed) throws CorruptException {
        int at = in.at, length = in.length();
        if (seed != 0) {
            term(seed, in.bytes, in.at, length);
        }
        in.skip(length);
        record.out.put(in.bytes, at, in.at - at);
    }

    private boolean name(int old, long seed) throws CorruptException {
        int id = numbers[old];
        if (id < 0) {
            id = names.id(from.text(old));
            if (id < 0) {
                return false;
            }
            numbers[old] = id;
        }
        record.out.varint(id);
        if (record.usedCount == record.used.length) {
            record.used = Arrays.copyOf(record.used, record.used.length * 2);
        }
        record.used[record.usedCount++] = id;
        if (seed != 0 && old != 0) {
            term(seed, from.bytes(), from.nameAt(old), from.nameLength(old));
        }
        return true;
    }

    private void term(long seed, byte[] bytes, int at, int length) {
        if (length == 0 || length > Terms.MAX_VALUE) {
            return;
        }
        if (termCount == terms.length) {
            terms = Arrays.copyOf(terms, terms.length * 2);
        }
        terms[termCount++] = Terms.hash(seed, bytes, at, length);
    }

    /** Those of the record that was recoded last. */
    void addTerms(Terms to) {
        for (int i = 0; i < termCount; i++) {
            to.add(terms[i]);
        }
    }
}
