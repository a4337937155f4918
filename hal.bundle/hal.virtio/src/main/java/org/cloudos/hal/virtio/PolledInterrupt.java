package org.cloudos.hal.virtio;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.pci.Interrupt;

/**
 * The interrupt of a device on MMIO, looked at: the register says whether the device raised its line, and no module of Debian's kernel gives the lines of
 * such devices to programs. The first look is after 50 µs, the next ones later and later, up to 2 ms. Virtio 1.2 §4.2.2.
 */
final class PolledInterrupt implements Interrupt {
    private static final Reg32 STATUS = Reg32.ro(0x060), ACKNOWLEDGE = Reg32.wo(0x064);
    private static final int KNOWN = 3; // used buffers, changed configuration; a device that is gone says all ones
    private static final long FIRST_NS = TimeUnit.MICROSECONDS.toNanos(50), LAST_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Mmio registers;
    private final AtomicLong count = new AtomicLong();
    private volatile Thread waiting;
    private volatile boolean woken;

    PolledInterrupt(Mmio registers) {
        this.registers = registers;
    }

    @Override public long await(long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        waiting = Thread.currentThread();
        try {
            long step = FIRST_NS;
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (woken) {
                    woken = false;
                    return 0;
                }
                int came = registers.read(STATUS) & KNOWN;
                if (came != 0) {
                    registers.write(ACKNOWLEDGE, came);
                    count.incrementAndGet();
                    return 1;
                }
                long left = nanos - (System.nanoTime() - begin);
                if (left <= 0) {
                    return 0;
                }
                LockSupport.parkNanos(this, Math.min(step, left));
                step = Math.min(step * 2, LAST_NS);
            }
        } finally {
            waiting = null;
        }
    }

    @Override public void wake() {
        woken = true;
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override public long count() {
        return count.get();
    }
}
