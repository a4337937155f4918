package org.cloudos.kernel.swap.gate;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts calls under way without a shared hot word: calls in and calls out, in stripes of two cache lines each.
 *
 * <p>Who closes sets its flag first and then asks {@link #idle}; who enters counts itself first and then reads the
 * flag. Both are sequentially consistent, so at least one of the two sees the other.
 */
final class InFlight {
    private static final int STRIDE = 16, OUT = 8;
    private static final int STRIPES =
            Integer.highestOneBit(Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 2, 32));

    private final AtomicLongArray cells = new AtomicLongArray(STRIPES * STRIDE);

    /** A stripe for a thread, to be given to {@link #enter} and {@link #leave}. */
    static int stripe(long threadId) {
        return ((int) (threadId * 0x9E3779B97F4A7C15L >>> 33) & STRIPES - 1) * STRIDE;
    }

    void enter(int stripe) {
        cells.getAndIncrement(stripe);
    }

    void leave(int stripe) {
        cells.getAndIncrement(stripe + OUT);
    }

    /**
     * Whether no call is under way that entered before the flag was set. The outs are summed first: each out that is
     * seen has its in seen too, so equal sums leave nobody inside.
     */
    boolean idle() {
        long out = 0, in = 0;
        for (int i = 0; i < cells.length(); i += STRIDE) out += cells.get(i + OUT);
        for (int i = 0; i < cells.length(); i += STRIDE) in += cells.get(i);
        return in == out;
    }
}
