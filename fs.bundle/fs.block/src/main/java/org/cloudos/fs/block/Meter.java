package org.cloudos.fs.block;

import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.block.BlockQueue.Op;

/** Counts what a device does. Thread-safe. */
final class Meter {
    final LongAdder reads = new LongAdder(), readBytes = new LongAdder(), writes = new LongAdder(), writtenBytes = new LongAdder(),
            flushes = new LongAdder(), discards = new LongAdder(), failed = new LongAdder(), merged = new LongAdder(), waited = new LongAdder();
    private long underWay, busySince, busy; // guarded by this

    /** @return the time, for {@link #end} */
    long begin() {
        long now = System.nanoTime();
        synchronized (this) {
            if (underWay++ == 0) {
                busySince = now;
            }
        }
        return now;
    }

    void end(Op op, long bytes, boolean ok, long since) {
        long now = System.nanoTime();
        synchronized (this) {
            if (--underWay == 0) {
                busy += now - busySince;
            }
        }
        waited.add(now - since);
        if (!ok) {
            failed.increment();
            return;
        }
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
            case DISCARD, WRITE_ZEROES -> discards.increment();
        }
    }

    synchronized long underWay() {
        return underWay;
    }

    synchronized long busy() {
        return busy + (underWay > 0 ? System.nanoTime() - busySince : 0);
    }
}
