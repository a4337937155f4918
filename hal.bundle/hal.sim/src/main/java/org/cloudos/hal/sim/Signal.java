package org.cloudos.hal.sim;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.pci.Interrupt;

/** An interrupt that a simulated device raises. */
public final class Signal implements Interrupt {
    private final Semaphore came = new Semaphore(0);
    private final AtomicLong count = new AtomicLong();

    public void raise() {
        count.incrementAndGet();
        came.release();
    }

    @Override public long await(long nanos) throws InterruptedException {
        long begin = Allocation.begin();
        try {
            return came.tryAcquire(nanos, TimeUnit.NANOSECONDS) ? 1 + came.drainPermits() : 0;
        } finally {
            Allocation.end(begin);
        }
    }

    @Override public void wake() {
        came.release();
    }

    @Override public long count() {
        return count.get();
    }
}
