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
    private static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(50), LINGER_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Before it is over: the whole machine may have been held up between two looks, and nothing could move whatever the clock says. */
    private static final int LOOKS = 20;
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
        return await(left, alive, STUCK_NS, MOST_NS, Long.MAX_VALUE);
    }

    /**
     * Waits until nothing more comes, half a second at most. Nobody is answered any more: who waits for answers, as TCP and all that has a window does,
     * runs dry, and what it had sent till then is not lost.
     *
     * @param came  0 when nobody takes what comes, else a number that changes when something came
     * @param alive whether anything can still come
     */
    public void silence(LongSupplier came, BooleanSupplier alive) {
        await(came, alive, QUIET_NS, LINGER_NS, LINGER_NS);
    }

    /** @param onTheClock as {@code most}, but however long the machine was held up: for what need not be waited for */
    private boolean await(LongSupplier left, BooleanSupplier alive, long mostStuck, long most, long onTheClock) {
        long look = mostStuck / LOOKS;
        long begin = clock.getAsLong();
        long before = begin;
        long waited = 0;
        long stuck = 0;
        long last = left.getAsLong();
        while (last != 0) {
            if (!alive.getAsBoolean() || stuck > mostStuck || waited > most || before - begin > onTheClock) {
                return false;
            }
            LockSupport.parkNanos(STEP_NS);
            long now = clock.getAsLong();
            long passed = Math.min(now - before, look);
            before = now;
            waited += passed;
            long next = left.getAsLong();
            stuck = next == last ? stuck + passed : 0;
            last = next;
        }
        return true;
    }
}
