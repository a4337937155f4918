package org.cloudos.hal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/** A line's interrupt: Linux masks it in the command register when it came, and counts; the next wait lets it come again. */
final class UioInterrupt implements Interrupt {
    /** Lets the line through: the upper half of the command register without bit 10. */
    @FunctionalInterface
    interface Unmasking {
        void run() throws LinuxException;
    }

    private final DeviceFile file;
    private final Unmasking unmasking;
    private final MemorySegment total = Arena.ofAuto().allocate(4, 4);
    private final AtomicLong count = new AtomicLong();
    private int seen;
    private boolean known; // whether the count that Linux began with was read

    UioInterrupt(DeviceFile file, Unmasking unmasking) {
        this.file = file;
        this.unmasking = unmasking;
    }

    @Override public long await(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            unmasking.run();
            if (!file.await(nanos) || file.next(total) != total.byteSize()) {
                return 0;
            }
            int now = total.get(ValueLayout.JAVA_INT, 0);
            long came = known ? Integer.toUnsignedLong(now - seen) : 1;
            seen = now;
            known = true;
            count.addAndGet(came);
            return came;
        } catch (LinuxException e) {
            throw new IllegalStateException("the interrupt was given back", e);
        }
    }

    @Override public void wake() {
        file.wake();
    }

    @Override public long count() {
        return count.get();
    }
}
