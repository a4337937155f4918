package org.cloudos.hal.queue;

import java.util.function.BooleanSupplier;

/**
 * How long a thread looks for an answer itself before it sleeps until the interrupt. To sleep and be woken costs tens of microseconds, about what a fast
 * device takes for an answer: looking is worth twice what the answers took lately, and hardly anything where they take long. What a sleeper sees is
 * longer than what the device took: now and then it is looked for as long as for a fast one. Linux's halt_poll_ns has the same bound. For one thread
 * at a time.
 */
public final class Patience {
    static final long MOST = 200_000, LEAST = 5_000;
    private static final int NOW_AND_THEN = 64;
    private long nanos = MOST;
    private int waits;

    /** As long it is worth looking. */
    public long nanos() {
        return waits == 0 ? MOST : nanos;
    }

    /**
     * Looks for an answer, as long as that is worth it.
     *
     * @param answer whether it is there; allocates nothing
     * @param begin  of the wait, by System.nanoTime
     * @param most   nanoseconds of the wait
     * @return whether it came; the thread is to sleep else, and to say {@link #waited} after it
     */
    public boolean sees(BooleanSupplier answer, long begin, long most) {
        while (System.nanoTime() - begin < Math.min(most, nanos())) {
            if (answer.getAsBoolean()) {
                waited(System.nanoTime() - begin);
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** An answer took so long, whether the thread slept or not. */
    public void waited(long took) {
        waits = (waits + 1) % NOW_AND_THEN;
        nanos = took <= MOST ? Math.clamp(2 * took, LEAST, MOST) : Math.max(LEAST, nanos / 2);
    }
}
