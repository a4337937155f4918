package org.cloudos.journal.store;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What blocks are read with: large, so that queries use it one after the other. Thread-safe. */
final class Readers implements AutoCloseable {
    private static final int KEPT = Runtime.getRuntime().availableProcessors() + 1;

    private final ConcurrentLinkedQueue<Reader> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger kept = new AtomicInteger();
    private volatile boolean closed;

    /** Used by one thread at a time. */
    record Reader(Payload payload, BlockReader block) { }

    Reader take() {
        Reader reader = idle.poll();
        if (reader == null) {
            return new Reader(new Payload(), new BlockReader());
        }
        kept.decrementAndGet();
        return reader;
    }

    void give(Reader reader) {
        if (closed || kept.incrementAndGet() > KEPT) {
            kept.decrementAndGet();
            reader.payload.close();
        } else {
            idle.add(reader);
            if (closed) {
                close();
            }
        }
    }

    @Override public void close() {
        closed = true;
        for (Reader reader = idle.poll(); reader != null; reader = idle.poll()) {
            reader.payload.close();
        }
    }
}
