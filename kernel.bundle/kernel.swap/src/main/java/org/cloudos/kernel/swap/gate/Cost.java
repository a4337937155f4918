package org.cloudos.kernel.swap.gate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What one change costs the callers. Thread-safe. */
public final class Cost {
    private final LongAdder held = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAccumulator stall = new LongAccumulator(Math::max, 0);
    private final AtomicReference<Throwable> fault = new AtomicReference<>();

    void waited(long nanos) {
        stall.accumulate(nanos);
    }

    void wentOn() {
        held.increment();
    }

    void refused() {
        failed.increment();
    }

    /** A call that failed because of the change: its provider went away under it, or can't be linked. */
    void broke(Throwable cause) {
        failed.increment();
        if (cause instanceof LinkageError) fault.compareAndSet(null, cause);
    }

    /** The longest time that a caller waited. */
    public Duration stall() {
        return Duration.ofNanos(stall.get());
    }

    /** Calls that waited and then went on. */
    public long held() {
        return held.sum();
    }

    /** Calls that failed because of the change. */
    public long failed() {
        return failed.sum();
    }

    /** The first linkage error that a caller got, or null. */
    public Throwable fault() {
        return fault.get();
    }
}
