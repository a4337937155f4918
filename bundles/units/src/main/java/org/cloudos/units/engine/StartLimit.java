package org.cloudos.units.engine;

import java.time.Duration;

/** {@code StartLimitIntervalSec=} and {@code StartLimitBurst=}: how often a unit may be started in a while. */
final class StartLimit {
    private final long interval;
    private final int burst;
    private long begin;
    private int count;

    StartLimit(Duration interval, int burst) {
        this.interval = interval.toNanos();
        this.burst = burst;
    }

    boolean sameAs(StartLimit other) {
        return interval == other.interval && burst == other.burst;
    }

    private boolean over(long now) {
        return count == 0 || now - begin >= interval;
    }

    /** Counts one. @return false when it is too many; that one does not count */
    boolean count(long now) {
        if (interval <= 0 || burst <= 0) {
            return true;
        }
        if (over(now)) {
            begin = now;
            count = 0;
        }
        if (count >= burst) {
            return false;
        }
        count++;
        return true;
    }

    boolean exhausted(long now) {
        return interval > 0 && burst > 0 && !over(now) && count >= burst;
    }

    void reset() {
        count = 0;
    }
}
