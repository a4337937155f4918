package org.cloudos.hal.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.DeviceException;

/** Bytes that wait to be read: bounded; what has no room is lost and counted. Thread-safe. */
public final class ByteQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] bytes; // guarded by lock, as all below
    private int first;
    private int count;
    private long taken;
    private long lost;
    private boolean ended;

    public ByteQueue(int capacity) {
        bytes = new byte[capacity];
    }

    /** Adds all or, when there is no room for all, none: half a key is worse than none. */
    public void add(byte[] more) {
        lock.lock();
        try {
            if (ended || more.length > bytes.length - count) {
                lost += more.length;
                return;
            }
            for (byte b : more) {
                bytes[(first + count++) % bytes.length] = b;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a byte. @return bytes taken, -1 when it has ended */
    public int take(MemorySegment into) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (count == 0 && !ended) {
                changed.await();
            }
            if (ended) {
                return -1;
            }
            int n = (int) Math.min(count, into.byteSize());
            for (int i = 0; i < n; i++) {
                into.set(ValueLayout.JAVA_BYTE, i, bytes[first]);
                first = (first + 1) % bytes.length;
            }
            count -= n;
            taken += n;
            return n;
        } finally {
            lock.unlock();
        }
    }

    public int available() {
        lock.lock();
        try {
            return count;
        } finally {
            lock.unlock();
        }
    }

    public long taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    public long lost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Lets waiting readers go: nothing will come. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #take}, of a device: its end is an error. */
    int read(MemorySegment into, String device) throws DeviceException, InterruptedException {
        int read = take(into);
        if (read < 0) {
            throw new DeviceException(Reason.GONE, device + " was taken away");
        }
        return read;
    }
}
