package org.cloudos.kernel.swap.gate;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void whoIsInsideIsSeen() {
        InFlight calls = new InFlight();
        assertTrue(calls.idle());
        calls.enter(InFlight.stripe(1));
        calls.enter(InFlight.stripe(7));
        assertFalse(calls.idle());
        calls.leave(InFlight.stripe(1));
        assertFalse(calls.idle());
        calls.leave(InFlight.stripe(7));
        assertTrue(calls.idle());
    }

    /** The protocol of gates: after the flag is set and idle was seen, nobody is inside. */
    @Test
    void nobodyIsInsideOnceItIsIdle() throws Exception {
        for (int round = 0; round < 200; round++) {
            InFlight calls = new InFlight();
            AtomicBoolean closed = new AtomicBoolean();
            AtomicInteger inside = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    int stripe = InFlight.stripe(Thread.currentThread().threadId());
                    while (true) {
                        calls.enter(stripe);
                        if (closed.get()) {
                            calls.leave(stripe);
                            return;
                        }
                        inside.incrementAndGet();
                        inside.decrementAndGet();
                        calls.leave(stripe);
                    }
                }));
            }
            Thread.sleep(1);
            closed.set(true);
            while (!calls.idle()) Thread.onSpinWait();
            assertTrue(inside.get() == 0);
            for (Thread thread : threads) thread.join();
            assertTrue(calls.idle());
        }
    }
}
