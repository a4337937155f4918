package org.cloudos.kernel.swap.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceException;

@Timeout(120)
class ClosureTest {
    private static final Method CALLED = Runnable.class.getMethods()[0];

    private static final Bundle PROVIDER = (Bundle) Proxy.newProxyInstance(Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class},
            (proxy, method, args) -> method.getName().equals("getSymbolicName") ? "provider" : null);

    private final Cost cost = new Cost();
    private final Closure shared = Closure.closed(cost, Duration.ofMinutes(2));
    private final Gate one = closed(), other = closed();
    private final CompletableFuture<Void> entered = new CompletableFuture<>();
    private final Thread caller = Thread.ofPlatform().daemon().unstarted(() -> {
        try {
            other.enter(Inside.current(), CALLED);
            entered.complete(null);
        } catch (InterruptedException | RuntimeException e) {
            entered.completeExceptionally(e);
        }
    });

    private Gate closed() {
        Gate gate = new Gate(PROVIDER, List.of(Runnable.class));
        gate.close(shared);
        return gate;
    }

    private void callWaits() {
        while (caller.getState() != Thread.State.TIMED_WAITING) Thread.onSpinWait();
    }

    /** Who waits at one gate waits on, once, when another gate of the same change is opened or goes for good. */
    @Test
    void gatesThatAreClosedTogetherEndOnTheirOwn() throws Exception {
        caller.start();
        callWaits();
        one.unregister();
        shared.look(); // a look that shows nothing
        caller.interrupt(); // kept for later: the method declares none
        callWaits();
        assertFalse(entered.isDone());
        assertEquals(0, cost.held());
        other.open();
        entered.get();
        assertEquals(1, cost.held());
        caller.join();
    }

    @Test
    void whoWaitsAtAGateThatGoesIsToldSo() {
        caller.start();
        callWaits();
        Thread.ofPlatform().start(other::unregister);
        ExecutionException e = assertThrows(ExecutionException.class, entered::get);
        assertTrue(e.getCause() instanceof ServiceException);
    }
}
