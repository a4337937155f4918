package org.cloudos.kernel.swap.gate;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.ServiceException;

/**
 * One closing of one or more gates, from draining to opening.
 *
 * <p>While it drains, a thread that is inside one of these gates is let through the others and this one again: its
 * call could not end otherwise.
 *
 * <p>Gates share a closure. It is over for each of them on its own, when that gate has another closure or none: who waits
 * looks at its own gate, and is told by {@link #look()} when there may be something to see.
 */
final class Closure {
    private enum Phase { DRAINING, CLOSED, GONE }

    private final Cost cost;
    private final long limitNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
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
        return new Closure(Phase.GONE, new Cost(), Duration.ZERO);
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

    /** A gate that had this closure has it no more. */
    void look() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the gate has this closure no more.
     *
     * @throws InterruptedException where the called method declares it; otherwise the interrupt is kept for later
     * @throws ServiceException     when it does not open in time, or never will
     */
    void await(Gate gate, Method method) throws InterruptedException {
        if (phase == Phase.GONE) throw gone(gate);
        long start = System.nanoTime();
        boolean interrupted = false, over = false;
        lock.lock();
        try {
            long left = limitNanos;
            while (!(over = gate.closure() != this) && left > 0) {
                try {
                    left = changed.awaitNanos(limitNanos - (System.nanoTime() - start));
                } catch (InterruptedException e) {
                    if (Arrays.asList(method.getExceptionTypes()).contains(InterruptedException.class)) throw e;
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            cost.waited(System.nanoTime() - start);
            if (interrupted) Thread.currentThread().interrupt();
        }
        if (!over) {
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
