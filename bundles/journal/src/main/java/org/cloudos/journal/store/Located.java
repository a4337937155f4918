package org.cloudos.journal.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A block of an open file, or one in memory. Immutable.
 *
 * @param offset  of the header
 * @param bundles names of the bundles in it
 */
record Located(BlockHeader header, long offset, List<String> bundles) {
    static Located of(Chunk chunk, long offset) {
        String[] names = new String[chunk.bundles().length];
        for (int i = 0; i < names.length; i++) {
            names[i] = new String(chunk.bundles()[i], StandardCharsets.UTF_8).intern();
        }
        return new Located(chunk.header(), offset, List.of(names));
    }

    boolean mayHold(Prefilter filter) {
        BlockHeader h = header;
        if (h.count() == 0 || !filter.overlaps(h.first(), h.last(), h.levels(), h.least(), h.greatest())) {
            return false;
        }
        return filter.bundles.isEmpty() || bundles.stream().anyMatch(filter::admitsBundle);
    }

    /** What is in memory and not in a file yet. */
    record Pending(List<Chunk> chunks) implements Run {
        @Override public int blocks() {
            return chunks.size();
        }

        @Override public BlockHeader header(int block) {
            return chunks.get(block).header();
        }

        @Override public boolean mayHold(Prefilter filter) {
            return true;
        }

        @Override public boolean mayHold(int block, Prefilter filter) {
            return of(chunks.get(block), 0).mayHold(filter);
        }

        @Override public void read(int block, BlockHeader header, Payload to) throws IOException {
            to.take(header, chunks.get(block).bytes(), BlockHeader.SIZE);
        }

        @Override public long last() {
            return chunks.isEmpty() ? -1 : chunks.getLast().header().last();
        }
    }
}
