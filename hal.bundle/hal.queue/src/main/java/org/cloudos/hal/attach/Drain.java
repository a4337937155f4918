package org.cloudos.hal.attach;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The end of a device's work: who lets it go waits as long as it gets on, however slow the device or its users are, and not for one that is
 * stuck. The caller must not hold a lock that they need.
 */
public final class Drain {
    private static final long STUCK_NS = TimeUnit.SECONDS.toNanos(1), MOST_NS = TimeUnit.SECONDS.toNanos(10), STEP_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private final LongSupplier clock;

    public Drain() {
        this(System::nanoTime);
    }

    /** @param clock nanoseconds */
    Drain(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Waits.
     *
     * @param left  0 when all is done, else a number that changes when something was
     * @param alive whether anything can still be done
     * @return whether all was done
     */
    public boolean await(LongSupplier left, BooleanSupplier alive) {
        long begin = clock.getAsLong();
        long moved = begin;
        long last = left.getAsLong();
        while (last != 0) {
            long now = clock.getAsLong();
            if (!alive.getAsBoolean() || now - moved > STUCK_NS || now - begin > MOST_NS) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
            long next = left.getAsLong();
            moved = next == last ? moved : now;
            last = next;
        }
        return true;
    }
}
