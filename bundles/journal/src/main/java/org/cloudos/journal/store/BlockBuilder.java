package org.cloudos.journal.store;

import java.util.Arrays;

/**
 * Puts records together to a block: records, each {@code varint length of the body · zigzag time less that of the record
 * before · body}, then the names that they use, each {@code varint number * 2 + (1 if a bundle) · varint length · UTF-8}.
 * Not thread-safe.
 */
final class BlockBuilder {
    private static final int ROOM = 32; // the record's length and time
    private final int target;
    private final Out out;
    private final int[] usedIn = new int[Names.MAX]; // the block in which a name was used last; below zero as a bundle
    private int[] used = new int[64];
    private int usedCount;
    private int block = 1;
    private Names names;
    private int count;
    private int levels;
    private long first;
    private long least;
    private long greatest;
    private long before;

    /** @param target bytes after which a block is full; a record that is larger has one of its own */
    BlockBuilder(int target) {
        this.target = target;
        out = new Out(4096);
        out.length = BlockHeader.SIZE;
    }

    int count() {
        return count;
    }

    int length() {
        return out.length;
    }

    /** Whether this record can go in: there is room, and its names are numbered as those that are here. */
    boolean takes(RecordBytes record) {
        return count == 0 || names == record.names && out.length + record.out.length + ROOM <= target;
    }

    /** Preconditions: {@link #takes}. */
    void add(long sequence, RecordBytes record) {
        if (count == 0) {
            first = sequence;
            least = record.time;
            greatest = record.time;
            before = 0;
            names = record.names;
        }
        out.reserve(record.out.length + ROOM);
        out.varint(record.out.length);
        out.zigzag(record.time - before);
        out.put(record.out.bytes, 0, record.out.length);
        before = record.time;
        least = Math.min(least, record.time);
        greatest = Math.max(greatest, record.time);
        levels |= 1 << record.level;
        count++;
        for (int i = 0; i < record.usedCount; i++) {
            use(record.used[i], i == 0);
        }
    }

    private void use(int id, boolean bundle) {
        if (id == 0 && !bundle) {
            return;
        }
        int last = usedIn[id];
        if (Math.abs(last) != block) {
            if (usedCount == used.length) {
                used = Arrays.copyOf(used, used.length * 2);
            }
            used[usedCount++] = id;
            usedIn[id] = bundle ? -block : block;
        } else if (bundle) {
            usedIn[id] = -block;
        }
    }

    /** The block, and an empty builder. */
    Chunk finish(int flags) {
        int names0 = out.length;
        int[] bundles = new int[usedCount];
        int bundleCount = 0;
        for (int i = 0; i < usedCount; i++) {
            int id = used[i];
            boolean bundle = usedIn[id] < 0;
            out.varint(id * 2L + (bundle ? 1 : 0));
            if (bundle) {
                bundles[bundleCount++] = id;
            }
            byte[] text = id == 0 ? new byte[0] : names.text(id);
            out.varint(text.length);
            out.put(text, 0, text.length);
        }
        int raw = out.length - BlockHeader.SIZE;
        BlockHeader header = new BlockHeader(flags, levels, raw, raw, count, BlockHeader.crc(out.bytes, BlockHeader.SIZE, raw), first,
                least, greatest, out.length - names0);
        header.emit(out.bytes, 0);
        byte[][] texts = new byte[bundleCount][];
        for (int i = 0; i < bundleCount; i++) {
            texts[i] = bundles[i] == 0 ? new byte[0] : names.text(bundles[i]);
        }
        Chunk chunk = new Chunk(header, Arrays.copyOf(out.bytes, out.length), texts);
        clear();
        return chunk;
    }

    private void clear() {
        out.length = BlockHeader.SIZE;
        count = 0;
        levels = 0;
        usedCount = 0;
        names = null;
        if (++block == Integer.MAX_VALUE) {
            Arrays.fill(usedIn, 0);
            block = 1;
        }
    }
}
