package org.cloudos.hal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private final Patience patience = new Patience();

    @Test void aFastDeviceIsWaitedForTwiceAsLongAsItTook() {
        patience.waited(30_000);
        assertEquals(60_000, patience.nanos());
        patience.waited(150_000);
        assertEquals(Patience.MOST, patience.nanos());
        patience.waited(10);
        assertEquals(Patience.LEAST, patience.nanos());
    }

    @Test void anAnswerThatIsThereIsSeenAndNoOtherWaitedForLongerThanAsked() {
        assertTrue(patience.sees(() -> true, System.nanoTime() + 60_000_000_000L, 60_000_000_000L)); // has not begun: a slow machine has time
        assertFalse(patience.sees(() -> false, System.nanoTime(), 60_000_000_000L));
        assertFalse(patience.sees(() -> true, System.nanoTime(), 0));
    }

    @Test void aSlowOneIsHardlyLookedAtButNowAndThen() {
        for (int i = 0; i < 40; i++) {
            patience.waited(5_000_000);
        }
        assertEquals(Patience.LEAST, patience.nanos());
        long looks = LongStream.range(0, 640).filter(i -> {
            patience.waited(5_000_000);
            return patience.nanos() == Patience.MOST;
        }).count();
        assertEquals(10, looks);
    }

    @Test void oneThatGetsFastIsFoundOut() {
        for (int i = 0; i < 100; i++) {
            patience.waited(5_000_000);
        }
        int waits = 0;
        while (patience.nanos() < 80_000) { // it answers after 40 us, a sleeper hears of it after 300
            patience.waited(patience.nanos() >= 40_000 ? 40_000 : 300_000);
            assertTrue(++waits < 200);
        }
    }
}
