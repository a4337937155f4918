package org.cloudos.hal.host;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.cloudos.hal.machine.CycleCounter;

/**
 * A counter against the monotonic clock. Each end is a reading of the counter between two of the clock, the closest of several: the
 * counter was read within, so that the error is known and not guessed.
 */
final class Calibrated implements CycleCounter {
    private static final int TRIES = 64, COST_READS = 200, COST_ROUNDS = 5;
    private static final long FIRST_NS = 50_000_000;

    /** The counter's value at {@code nanos}, give or take {@code half}. */
    record Sample(long count, double nanos, double half) { }

    private final String name;
    private final LongSupplier counter;
    private final LongSupplier clock;
    private final boolean invariant;
    private final long stated;
    private final Sample base;
    private volatile Calibration last;

    Calibrated(String name, LongSupplier counter, LongSupplier clock, boolean invariant, long stated) {
        this.name = name;
        this.counter = counter;
        this.clock = clock;
        this.invariant = invariant;
        this.stated = stated;
        base = sample();
        for (long end = clock.getAsLong() + FIRST_NS, left = FIRST_NS; left > 0; left = end - clock.getAsLong()) {
            LockSupport.parkNanos(left);
            if (Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // parking does not wait then
            }
        }
        last = compare();
    }

    private Sample sample() {
        long width = Long.MAX_VALUE, count = 0, at = 0;
        for (int i = 0; i < TRIES; i++) {
            long before = clock.getAsLong(), now = counter.getAsLong(), after = clock.getAsLong();
            if (after - before < width) {
                width = after - before;
                at = before;
                count = now;
            }
        }
        return new Sample(count, at + width / 2.0, width / 2.0 + 1); // the clock's own step is 1 ns
    }

    private Calibration compare() {
        Sample now = sample();
        double nanos = now.nanos - base.nanos;
        double cost = Double.MAX_VALUE;
        for (int round = 0; round < COST_ROUNDS; round++) {
            long before = clock.getAsLong();
            for (int i = 0; i < COST_READS; i++) {
                counter.getAsLong();
            }
            cost = Math.min(cost, (clock.getAsLong() - before) / (double) COST_READS);
        }
        return new Calibration((now.count - base.count) / nanos * 1e9, (base.half + now.half) / nanos, stated, Math.round(nanos), cost);
    }

    @Override public String name() {
        return name;
    }

    @Override public long read() {
        return counter.getAsLong();
    }

    @Override public boolean isInvariant() {
        return invariant;
    }

    @Override public Calibration calibration() {
        return last;
    }

    @Override public Calibration calibrate() {
        Calibration now = compare();
        last = now;
        return now;
    }

    @Override public long nanos(long cycles) {
        return Math.round(cycles * (1e9 / last.hertz()));
    }
}
