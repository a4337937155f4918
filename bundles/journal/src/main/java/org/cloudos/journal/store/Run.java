package org.cloudos.journal.store;

import java.io.IOException;

/** Blocks one after the other, in the order of their sequences; a file, or what is in memory still. Thread-safe. */
interface Run {
    int blocks();

    BlockHeader header(int block) throws IOException;

    /** Whether any record can be admitted; looks at what is known of the whole. */
    boolean mayHold(Prefilter filter);

    /** Whether a record of this block can be admitted; reads no block. */
    boolean mayHold(int block, Prefilter filter) throws IOException;

    /** Reads a block. */
    void read(int block, BlockHeader header, Payload to) throws IOException;

    /** The last sequence in it, or that before its first one. */
    long last();

    /** What has the same records since this can't be read any more; null if nothing has. */
    default Run successor() {
        return null;
    }
}
