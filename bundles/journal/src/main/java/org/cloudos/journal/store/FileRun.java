package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Blocks of a file without an index: an open one's up to now, or what a {@link Scan} found. */
record FileRun(AtomicReference<Run> replacement, long first, RandomAccessFile in, List<Located> located) implements Run {
    @Override public Run successor() {
        return replacement.get();
    }

    @Override public int blocks() {
        return located.size();
    }

    @Override public BlockHeader header(int block) {
        return located.get(block).header();
    }

    @Override public boolean mayHold(Prefilter filter) {
        return true;
    }

    @Override public boolean mayHold(int block, Prefilter filter) {
        return located.get(block).mayHold(filter);
    }

    @Override public void read(int block, BlockHeader header, Payload to) throws IOException {
        byte[] room = to.room(header.stored());
        synchronized (in) {
            in.seek(located.get(block).offset() + BlockHeader.SIZE);
            in.readFully(room, 0, header.stored());
        }
        to.take(header, room, 0);
    }

    @Override public long last() {
        return located.isEmpty() ? first - 1 : located.getLast().header().last();
    }
}
