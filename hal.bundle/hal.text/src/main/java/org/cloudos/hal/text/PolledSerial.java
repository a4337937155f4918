package org.cloudos.hal.text;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.SerialPort;

/**
 * A serial port that is looked at, since Linux gives programs no interrupts of such devices: a thread empties the receiver every
 * 2 ms, without a pause while bytes come. Thread-safe.
 */
public abstract class PolledSerial implements SerialPort {
    private static final int CAPACITY = 64 << 10;
    private static final long PAUSE_NS = 2_000_000, SEND_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private final String name;
    private final ByteQueue queue = new ByteQueue(CAPACITY);
    private final LongAdder written = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final Object sending = new Object();
    private volatile Thread thread;
    private volatile boolean ended;

    protected PolledSerial(String name) {
        this.name = name;
    }

    /** A byte that came, or -1. */
    protected abstract int receive() throws DeviceException;

    /** Hands a byte to the device. @return false when it has no room now */
    protected abstract boolean send(int value) throws DeviceException;

    /** A byte was damaged, or lost for want of room in the device. */
    protected final void error() {
        errors.increment();
    }

    /** Begins to look. */
    protected final void start() {
        thread = Thread.ofPlatform().daemon().name(name).start(this::look);
    }

    private void look() {
        byte[] one = new byte[1];
        try {
            while (!ended) {
                int value = receive();
                if (value >= 0) {
                    one[0] = (byte) value;
                    queue.add(one);
                } else {
                    LockSupport.parkNanos(PAUSE_NS);
                }
            }
        } catch (DeviceException | IllegalStateException e) {
            errors.increment();
        }
        queue.end();
    }

    /** No byte is read or written after this. */
    public final void end() {
        ended = true;
        Thread looking = thread;
        if (looking != null) {
            LockSupport.unpark(looking);
            boolean interrupted = false;
            while (looking.isAlive()) {
                try {
                    looking.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        synchronized (sending) {
            queue.end();
        }
    }

    @Override public final String name() {
        return name;
    }

    @Override public final int read(MemorySegment into) throws DeviceException, InterruptedException {
        return queue.read(into, name);
    }

    @Override public final int available() {
        return queue.available();
    }

    @Override public final void write(MemorySegment from) throws DeviceException, InterruptedException {
        synchronized (sending) {
            for (long i = 0; i < from.byteSize(); i++) {
                int value = from.get(ValueLayout.JAVA_BYTE, i) & 0xff;
                long limit = System.nanoTime() + SEND_LIMIT_NS;
                while (!sent(value)) {
                    if (System.nanoTime() > limit) {
                        throw new DeviceException(Reason.TIMED_OUT, name + ": expected room for a byte within 10 s, found none: is the other end there?");
                    }
                    TimeUnit.MILLISECONDS.sleep(1);
                }
                written.increment();
            }
        }
    }

    private boolean sent(int value) throws DeviceException {
        if (ended) {
            throw new DeviceException(Reason.GONE, name + " was taken away");
        }
        return send(value);
    }

    @Override public final Counters counters() {
        return new Counters(queue.taken(), written.sum(), queue.lost(), errors.sum());
    }
}
