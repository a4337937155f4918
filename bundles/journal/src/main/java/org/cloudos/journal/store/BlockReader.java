package org.cloudos.journal.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;

/**
 * Goes through a block's records. Records that a {@link Prefilter} does not admit are passed over undecoded. Used again
 * for block after block; not thread-safe.
 */
final class BlockReader {
    private static final Level[] LEVELS = Level.values();
    private static final int TRACE_BYTES = 16, MAX_SHARED = 4096, MAX_KEPT = 256;

    private final int[] nameAt = new int[Names.MAX];
    private final int[] nameLength = new int[Names.MAX];
    private final int[] nameIn = new int[Names.MAX]; // the block in which the number has a name
    /** Texts outlast their block: in the next one the same numbers mostly have the same names. */
    private final String[] nameText = new String[Names.MAX];
    private final byte[][] nameBytes = new byte[Names.MAX][]; // of nameText; null for long ones
    private final boolean[] admitted = new boolean[Names.MAX];
    private final boolean[] judged = new boolean[Names.MAX]; // whether admitted is the filter's answer for nameText
    /** One String a name, however many blocks have it. */
    private final Map<String, String> shared = new HashMap<>();
    private int block;

    private final In in = new In(new byte[0], 0, 0);
    private Prefilter filter;
    private long nextSequence;
    private int left;
    private boolean byBundle;

    long sequence;
    long time;
    int flags;
    int bundle;
    int bodyEnd;

    void open(BlockHeader header, Payload payload, Prefilter only) throws CorruptException {
        if (filter != only) {
            filter = only;
            Arrays.fill(judged, false);
        }
        nextSequence = header.first();
        left = header.count();
        time = 0;
        bodyEnd = 0;
        block++;
        byBundle = !only.bundles.isEmpty();
        int end = payload.from + payload.length;
        in.reset(payload.raw, end - header.names(), end);
        while (in.more()) {
            long number = in.varint();
            long id = number >>> 1;
            if (id >= Names.MAX) {
                throw new CorruptException("number of a name", "below " + Names.MAX, id);
            }
            name((int) id, (number & 1) != 0);
        }
        nameIn[0] = block;
        nameText[0] = "";
        admitted[0] = byBundle && only.admitsBundle("");
        in.reset(payload.raw, payload.from, end - header.names());
    }

    private void name(int id, boolean isBundle) throws CorruptException {
        int length = in.length();
        nameIn[id] = block;
        nameAt[id] = in.at;
        nameLength[id] = length;
        in.skip(length);
        if (nameBytes[id] == null || !Arrays.equals(nameBytes[id], 0, nameBytes[id].length, in.bytes, nameAt[id], in.at)) {
            nameText[id] = null;
            nameBytes[id] = null;
            judged[id] = false;
        }
        if (isBundle && byBundle && !judged[id]) {
            admitted[id] = filter.admitsBundle(text(id));
            judged[id] = true;
        }
    }

    /** Bytes of a name; {@code at} and {@code length} in {@link #bytes}. */
    int nameAt(int id) {
        return nameAt[id];
    }

    int nameLength(int id) {
        return id == 0 ? 0 : nameLength[id];
    }

    byte[] bytes() {
        return in.bytes;
    }

    In in() {
        return in;
    }

    /** A name's text. */
    String text(int id) throws CorruptException {
        if (nameIn[id] != block) {
            throw new CorruptException("name", "number " + id + " among the block's names", "none");
        }
        String text = nameText[id];
        if (text == null) {
            String made = new String(in.bytes, nameAt[id], nameLength[id], StandardCharsets.UTF_8);
            if (shared.size() > MAX_SHARED) {
                shared.clear();
            }
            text = shared.computeIfAbsent(made, t -> t);
            nameText[id] = text;
            nameBytes[id] = nameLength[id] > MAX_KEPT ? null : Arrays.copyOfRange(in.bytes, nameAt[id], nameAt[id] + nameLength[id]);
        }
        return text;
    }

    /** To the next record that may be admitted; its body after flags and bundle is next in {@link #in}. */
    boolean next() throws CorruptException {
        if (bodyEnd > in.at && bodyEnd <= in.end) {
            in.at = bodyEnd;
        }
        while (left > 0) {
            left--;
            int length = in.length();
            time += in.zigzag();
            sequence = nextSequence++;
            bodyEnd = in.at + length;
            if (bodyEnd > in.end) {
                throw new CorruptException("record", "to end before the names", bodyEnd - in.end + " bytes later");
            }
            if (admits()) {
                return true;
            }
            in.at = bodyEnd;
        }
        return false;
    }

    private boolean admits() throws CorruptException {
        flags = in.u8();
        int level = flags & RecordBytes.LEVEL;
        if (level >= LEVELS.length || (flags & ~RecordBytes.FLAGS) != 0) {
            throw new CorruptException("record's flags", "at most " + RecordBytes.FLAGS + " and a level", flags);
        }
        if ((filter.levels & 1 << level) == 0 || !filter.admitsTime(time) || sequence < filter.firstSequence
                || sequence > filter.lastSequence) {
            return false;
        }
        bundle = in.number(Names.MAX);
        return !byBundle || admitted[bundle];
    }

    /** The record that {@link #next} went to. Once for each. */
    Entry entry() throws CorruptException {
        String subsystem = text(in.number(Names.MAX)), thread = text(in.number(Names.MAX)), logger = text(in.number(Names.MAX));
        String trace = (flags & RecordBytes.TRACE) == 0 ? "" : trace();
        String message = in.text();
        String exception = (flags & RecordBytes.EXCEPTION) == 0 ? "" : in.text();
        Map<String, String> values = (flags & RecordBytes.VALUES) == 0 ? Map.of() : values();
        if (in.at != bodyEnd) {
            throw new CorruptException("record", "to end at " + bodyEnd, in.at);
        }
        return new Entry(sequence, time, LEVELS[flags & RecordBytes.LEVEL], text(bundle), subsystem, thread, logger, trace, message,
                exception, values);
    }

    private String trace() throws CorruptException {
        int length = in.length();
        if (length == 0) {
            int from = in.at;
            in.skip(TRACE_BYTES);
            return HexFormat.of().formatHex(in.bytes, from, in.at);
        }
        int from = in.at;
        in.skip(length);
        return new String(in.bytes, from, length, StandardCharsets.UTF_8);
    }

    private Map<String, String> values() throws CorruptException {
        int count = in.length();
        Map<String, String> values = LinkedHashMap.newLinkedHashMap(Math.min(count, RecordBytes.MAX_VALUES + 1));
        for (int i = 0; i < count; i++) {
            values.put(text(in.number(Names.MAX)), in.text());
        }
        return Collections.unmodifiableMap(values);
    }
}
