package org.cloudos.hal.queue;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.block.BlockQueue.Op;

/** What all queues of a device have done: requests that ended well, and their bytes. Thread-safe. */
public final class Traffic {
    private final LongAdder reads = new LongAdder();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder writes = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final LongAdder flushes = new LongAdder();
    private final LongAdder others = new LongAdder();

    void ended(Op op, long bytes) {
        switch (op) {
            case READ -> {
                reads.increment();
                readBytes.add(bytes);
            }
            case WRITE, WRITE_THROUGH -> {
                writes.increment();
                writtenBytes.add(bytes);
            }
            case FLUSH -> flushes.increment();
            case DISCARD, WRITE_ZEROES -> others.increment();
        }
    }

    /** For a person, after what the driver itself counts. */
    public void addTo(Map<String, Long> counters) {
        counters.put("reads", reads.sum());
        counters.put("writes", writes.sum());
        counters.put("flushes", flushes.sum());
        counters.put("bytes read", readBytes.sum());
        counters.put("bytes written", writtenBytes.sum());
        counters.put("discards and zeroes", others.sum());
    }
}
