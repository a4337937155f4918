package org.cloudos.hal.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.pci.Interrupt;

/**
 * One interrupt for several that wait: a device's queues that outnumber its interrupts, ports of a controller that has but one. Each gets a line;
 * the interrupt raises all of them, since only they can tell whose it was.
 */
public final class SharedInterrupt {
    private final Interrupt interrupt;
    private final ReentrantLock lock = new ReentrantLock(); // guards all below
    private final List<Line> lines = new ArrayList<>();
    private Line leader; // waits for the interrupt itself

    public SharedInterrupt(Interrupt interrupt) {
        this.interrupt = interrupt;
    }

    /** For one thread at a time, as an interrupt is. */
    public Interrupt line() {
        lock.lock();
        try {
            Line line = new Line();
            lines.add(line);
            return line;
        } finally {
            lock.unlock();
        }
    }

    private final class Line implements Interrupt {
        private final Condition raised = lock.newCondition();
        private final AtomicLong count = new AtomicLong();
        private long pending;
        private boolean parked;
        private boolean woken;

        @Override public long await(long nanos) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long left = nanos;
                while (pending == 0 && !woken && leader != null) {
                    if (left <= 0) {
                        return 0;
                    }
                    left = park(left);
                }
                if (pending > 0 || woken) {
                    return take();
                }
                leader = this;
            } finally {
                lock.unlock();
            }
            long came = 0;
            try {
                came = interrupt.await(nanos);
            } finally {
                resign(came);
            }
            return count(came);
        }

        /** Holds the lock, as take and raise. */
        private long park(long nanos) throws InterruptedException {
            parked = true;
            try {
                return raised.awaitNanos(nanos);
            } finally {
                parked = false;
            }
        }

        private long take() {
            long came = pending;
            pending = 0;
            woken = false;
            return count(came);
        }

        private long count(long came) {
            count.addAndGet(came);
            return came;
        }

        private void resign(long came) {
            lock.lock();
            try {
                leader = null;
                woken = false;
                boolean followed = false;
                for (int i = 0; i < lines.size(); i++) { // no iterator: this is done for each request
                    Line line = lines.get(i);
                    if (line != this) {
                        line.pending += came;
                        if (line.parked && (came > 0 || !followed)) {
                            followed = true; // one of them waits for the interrupt now
                            line.raised.signal();
                        }
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        @Override public void wake() {
            lock.lock();
            try {
                woken = true;
                if (leader == this) {
                    interrupt.wake();
                } else {
                    raised.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override public long count() {
            return count.get();
        }
    }
}
