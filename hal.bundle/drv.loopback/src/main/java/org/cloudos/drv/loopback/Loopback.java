package org.cloudos.drv.loopback;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.LinkState;
import org.cloudos.hal.net.NetAbilities;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/** What is sent is received: one ring of frames, in memory that is taken once. */
final class Loopback implements NetDevice {
    private static final int SLOTS = 256;
    private final String name;
    private final int maxFrame;
    private final AtomicBoolean open = new AtomicBoolean();
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private volatile boolean ended;
    private volatile Ring ring;

    Loopback(String name, int maxFrame) {
        this.name = name;
        this.maxFrame = maxFrame;
    }

    @Override public String name() {
        return name;
    }

    @Override public NetAbilities abilities() {
        return new NetAbilities(0, maxFrame, 1, true, true, false, Integer.MAX_VALUE);
    }

    @Override public LinkState link() {
        return new LinkState(!ended, 0, true);
    }

    @Override public NetCounters counters() {
        return new NetCounters(received.sum(), receivedBytes.sum(), sent.sum(), sentBytes.sum(), 0, 0, 0, 0);
    }

    @Override public void multicast(long[] groups) {
        // what is sent comes, whoever it is for
    }

    @Override public void promiscuous(boolean on) {
        // as above
    }

    @Override public NetQueue open(int number) throws DeviceException {
        if (ended) {
            throw new DeviceException(Reason.GONE, name + " was removed");
        }
        if (number != 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected queue 0, found " + number);
        }
        if (!open.compareAndSet(false, true)) {
            throw new DeviceException(Reason.BUSY, name + ": its queue is open");
        }
        Ring opened = new Ring();
        ring = opened;
        return opened;
    }

    void end() {
        ended = true;
        Ring last = ring;
        if (last != null) {
            last.wake();
        }
    }

    private final class Ring implements NetQueue {
        private final Arena arena = Arena.ofShared();
        private final long slot = maxFrame + 63L & -64L;
        private final MemorySegment frames = arena.allocate(slot * SLOTS, 64);
        private final int[] lengths = new int[SLOTS];
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private long first; // guarded by lock, as all below
        private long next;
        private boolean woken;
        private boolean closed;

        @Override public boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
            int length = (int) frame.byteSize();
            if (frame.byteSize() < 14 || frame.byteSize() > maxFrame) {
                throw new IllegalArgumentException("frame: expected 14 to " + maxFrame + " bytes, found " + frame.byteSize());
            }
            lock.lock();
            try {
                if (closed || next - first == SLOTS) {
                    return false;
                }
                int at = (int) (next % SLOTS);
                MemorySegment.copy(frame, 0, frames, at * slot, length);
                lengths[at] = length;
                next++;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            sent.increment();
            sentBytes.add(length);
            return true;
        }

        @Override public void kick() {
            // it is there already
        }

        @Override public int sending() {
            return 0;
        }

        /** The receiver runs without the lock, so that it may send: its slot is not given again before it returned. */
        @Override public int receive(int most, Receiver receiver) {
            int n = 0;
            while (n < most) {
                int at;
                lock.lock();
                try {
                    if (closed || first == next) {
                        return n;
                    }
                    at = (int) (first % SLOTS);
                } finally {
                    lock.unlock();
                }
                received.increment();
                receivedBytes.add(lengths[at]);
                receiver.frame(frames, at * slot, lengths[at], true); // it never left memory: nothing can have damaged it
                n++;
                lock.lock();
                try {
                    first++;
                } finally {
                    lock.unlock();
                }
            }
            return n;
        }

        @Override public void await(long nanos) throws InterruptedException {
            long limit = System.nanoTime() + nanos;
            lock.lockInterruptibly();
            try {
                while (!woken && !closed && !ended && first == next) {
                    long left = limit - System.nanoTime();
                    if (left <= 0 || !changed.await(left, TimeUnit.NANOSECONDS)) {
                        break;
                    }
                }
                woken = false;
            } finally {
                lock.unlock();
            }
        }

        @Override public void wake() {
            lock.lock();
            try {
                woken = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override public boolean isOpen() {
            return !closed && !ended;
        }

        @Override public void close() {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            ring = null;
            arena.close();
            open.set(false);
        }
    }
}
