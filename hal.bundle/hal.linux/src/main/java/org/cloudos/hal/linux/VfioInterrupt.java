package org.cloudos.hal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.EventCounter;

/** An interrupt that counts in an event counter. A line was masked when it came; it is let come again by the next wait. */
final class VfioInterrupt implements Interrupt {
    private final EventCounter counter;
    private final DeviceFile line; // null for a message
    private final MemorySegment unmasking;
    private final AtomicLong count = new AtomicLong();
    private volatile boolean woken;
    private boolean masked;

    VfioInterrupt(EventCounter counter, DeviceFile line) {
        this.counter = counter;
        this.line = line;
        this.unmasking = line == null ? null : Vfio.unmasking(Arena.ofAuto());
    }

    @Override public long await(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            if (masked) {
                masked = false;
                Vfio.unmask(line, unmasking);
            }
            long came = counter.take(nanos);
            if (came > 0 && woken) {
                woken = false;
                came--;
            }
            if (came > 0) {
                count.addAndGet(came);
                masked = line != null;
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
