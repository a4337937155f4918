package org.cloudos.hal.linux;

import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.EventCounter;

/** An interrupt that counts in an event counter. A line was masked when it came; the next wait lets it come again. Allocates nothing. */
final class VfioInterrupt implements Interrupt {
    private final EventCounter counter;
    private final EventCounter unmasking; // of a line; null for a message
    private final AtomicLong count = new AtomicLong();
    private volatile boolean woken;
    private boolean masked;

    VfioInterrupt(EventCounter counter, EventCounter unmasking) {
        this.counter = counter;
        this.unmasking = unmasking;
    }

    @Override public long await(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            if (masked) {
                masked = false;
                unmasking.add();
            }
            long came = counter.take(nanos);
            if (came > 0 && woken) {
                woken = false;
                came--;
            }
            if (came > 0) {
                count.addAndGet(came);
                masked = unmasking != null;
            }
            return came;
        } catch (LinuxException e) {
            throw new IllegalStateException("the interrupt was given back", e);
        }
    }

    @Override public void wake() {
        woken = true;
        try {
            counter.add();
        } catch (LinuxException e) {
            throw new IllegalStateException("the interrupt was given back", e);
        }
    }

    @Override public long count() {
        return count.get();
    }
}
