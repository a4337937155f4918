package org.cloudos.hal.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainTest {
    private long now;
    private long left;

    private Drain drain(long millisecondsALook) {
        return new Drain(() -> now += TimeUnit.MILLISECONDS.toNanos(millisecondsALook));
    }

    @Test
    void waitsForASlowDeviceThatGetsOn() {
        left = 10; // one each 900 ms: nine seconds
        assertTrue(drain(900).await(() -> left--, () -> true));
    }

    @Test
    void doesNotWaitForAStuckOne() {
        assertFalse(drain(100).await(() -> 5, () -> true));
        assertTrue(now < TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void doesNotWaitForEver() {
        assertFalse(drain(100).await(() -> ++left, () -> true));
        assertTrue(now < TimeUnit.SECONDS.toNanos(11));
    }

    @Test
    void doesNotWaitForOneThatIsGone() {
        assertFalse(drain(1).await(() -> 5, () -> false));
        assertEquals(TimeUnit.MILLISECONDS.toNanos(2), now);
    }

    @Test
    void isDoneAtOnce() {
        assertTrue(drain(1).await(() -> 0, () -> false));
    }
}
