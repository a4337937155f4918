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
        left = 10 * 20; // one each 900 ms: nine seconds
        assertTrue(drain(45).await(() -> (left-- + 19) / 20, () -> true));
    }

    @Test
    void doesNotWaitForAStuckOne() {
        assertFalse(drain(40).await(() -> 5, () -> true));
        assertTrue(now < TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void doesNotWaitForEver() {
        assertFalse(drain(40).await(() -> ++left, () -> true));
        assertTrue(now < TimeUnit.SECONDS.toNanos(11));
    }

    @Test
    void doesNotWaitForOneThatIsGone() {
        assertFalse(drain(1).await(() -> 5, () -> false));
        assertEquals(TimeUnit.MILLISECONDS.toNanos(1), now); // one look at the clock: no wait
    }

    @Test
    void goesOnAfterTheMachineWasHeldUp() {
        left = 10;
        assertTrue(drain(60_000).await(() -> left--, () -> true));
    }

    @Test
    void silenceIsAwaitedForAWhileOnly() {
        left = 100;
        drain(1).silence(() -> left = Math.max(1, left - 1), () -> true); // a hundred, then nothing
        assertEquals(1, left);
        assertTrue(now < TimeUnit.MILLISECONDS.toNanos(200), "50 ms of silence: " + now);
        now = 0;
        drain(1).silence(() -> ++left, () -> true);
        assertTrue(now > TimeUnit.MILLISECONDS.toNanos(400) && now < TimeUnit.MILLISECONDS.toNanos(600), "half a second of noise: " + now);
    }

    @Test
    void noiseThatTakesLongToLookAtIsNotAwaitedForLonger() {
        drain(300).silence(() -> ++left, () -> true);
        assertTrue(now < TimeUnit.SECONDS.toNanos(2), "half a second, and a look more: " + now);
    }

    @Test
    void isDoneAtOnce() {
        assertTrue(drain(1).await(() -> 0, () -> false));
    }
}
