package org.cloudos.kernel.swap.gate;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.ServiceException;

/**
 * One closing of one or more gates, from draining to opening.
 *
 * <p>While it drains, a thread that is inside one of these gates is let through the others and this one again: its
 * call could not end otherwise.
 */
final class Closure {
    private enum Phase { DRAINING, CLOSED, OPEN, GONE }

    private final Cost cost;
    private final long limitNanos;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Phase phase;
    private volatile Thread drainer;

    private Closure(Phase phase, Cost cost, Duration limit) {
        this.phase = phase;
        this.cost = cost;
        this.limitNanos = limit.toNanos();
    }

    /** Closes to newcomers; who is inside may end. */
    static Closure draining(Cost cost, Duration limit) {
        return new Closure(Phase.DRAINING, cost, limit);
    }

    /** Closed to all. */
    static Closure closed(Cost cost, Duration limit) {
        return new Closure(Phase.CLOSED, cost, limit);
    }

    /** The service is gone for good. */
    static Closure gone() {
        Closure gone = new Closure(Phase.GONE, new Cost(), Duration.ZERO);
        gone.over.countDown();
        return gone;
    }

    boolean admits(Inside inside) {
        return inside.mayPass(this) || phase == Phase.DRAINING && inside.insideOf(this);
    }

    /** Somebody left a gate: the drainer looks again. */
    void left() {
        Thread waiting = drainer;
        if (waiting != null) LockSupport.unpark(waiting);
    }

    /**
     * Waits until nobody is inside, then closes to all.
     *
     * @return false when the time ran out with calls still under way
     */
    boolean drain(Collection<Gate> gates, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        drainer = Thread.currentThread();
        try {
            while (!idle(gates)) {
                long left = end - System.nanoTime();
                if (left <= 0) return false;
                // Bounded: a thread that is interrupted parks no more, and must not spin.
                if (Thread.currentThread().isInterrupted()) Thread.onSpinWait();
                LockSupport.parkNanos(this, Math.min(left, 1_000_000));
            }
            return true;
        } finally {
            drainer = null;
            phase = Phase.CLOSED;
        }
    }

    private static boolean idle(Collection<Gate> gates) {
        for (Gate gate : gates) {
            if (!gate.idle()) return false;
        }
        return true;
    }

    void open() {
        phase = Phase.OPEN;
        over.countDown();
    }

    /**
     * Waits until the gate opens.
     *
     * @throws InterruptedException where the called method declares it; otherwise the interrupt is kept for later
     * @throws ServiceException     when it does not open in time, or never will
     */
    void await(Gate gate, Method method) throws InterruptedException {
        if (phase == Phase.GONE) throw gone(gate);
        long start = System.nanoTime();
        boolean interrupted = false, opened = false;
        try {
            while (!opened) {
                long left = limitNanos - (System.nanoTime() - start);
                if (left <= 0) break;
                try {
                    opened = over.await(left, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    if (Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class)) throw e;
                    interrupted = true;
                }
            }
        } finally {
            cost.waited(System.nanoTime() - start);
            if (interrupted) Thread.currentThread().interrupt();
        }
        if (!opened) {
            cost.refused();
            throw new ServiceException(gate.name() + " is being swapped: it was not back after "
                    + Duration.ofNanos(limitNanos).toSeconds() + " s", ServiceException.UNREGISTERED);
        }
        cost.wentOn();
    }

    private static ServiceException gone(Gate gate) {
        return new ServiceException(gate.name() + " is no longer there: its bundle was stopped",
                ServiceException.UNREGISTERED);
    }
}
