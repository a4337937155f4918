package org.cloudos.hal.riding;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.LinkState;
import org.cloudos.hal.net.NetAbilities;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/** A network device over a file of frames. What comes is filtered here as a card would: Linux gives all. */
public final class FrameFile implements NetDevice {
    private static final long BROADCAST = 0xffff_ffff_ffffL, MULTICAST = 1L << 40;
    private static final int LARGEST = 65_600; // Linux joins frames that came behind each other; such ones are dropped, whole
    private static final int HEADER = 14, TAG = 4, DOWN = 100, EIO = 5; // ENETDOWN
    private static final ValueLayout.OfLong DESTINATION = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final String name;
    private final Path facts;
    private final DeviceFile file;
    private final long address;
    private final int maxFrame;
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private volatile long[] groups = {};
    private volatile boolean all;
    private Frames queue; // guarded by this, as all below
    private boolean ended;

    /**
     * @param file           closed by {@link #end}
     * @param interfaceName  Linux's
     * @param address        ours, 48 bits
     */
    public FrameFile(String name, DeviceFile file, String interfaceName, long address) {
        this.name = name;
        this.file = file;
        this.address = address;
        facts = Path.of("/sys/class/net", interfaceName);
        maxFrame = Math.clamp(number("mtu", 1500) + HEADER, 60, LARGEST - TAG);
    }

    private int number(String fact, int absent) {
        String text = text(fact);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : absent;
    }

    private String text(String fact) {
        try {
            return Files.readString(facts.resolve(fact)).strip();
        } catch (IOException e) {
            return ""; // it went, or is off: Linux then tells neither carrier nor speed
        }
    }

    @Override public String name() {
        return name;
    }

    @Override public NetAbilities abilities() {
        return new NetAbilities(address, maxFrame, 1, false, false, false, Integer.MAX_VALUE);
    }

    @Override public LinkState link() {
        return new LinkState(text("carrier").equals("1"), number("speed", 0), !text("duplex").equals("half"));
    }

    @Override public NetCounters counters() {
        return new NetCounters(received.sum(), receivedBytes.sum(), sent.sum(), sentBytes.sum(), dropped.sum(), errors.sum(), 0, number("carrier_changes", 0));
    }

    @Override public void multicast(long[] addresses) {
        long[] sorted = addresses.clone();
        Arrays.sort(sorted);
        groups = sorted;
    }

    @Override public void promiscuous(boolean on) {
        all = on;
    }

    private boolean isForUs(long destination) {
        return all || destination == address || destination == BROADCAST
                || (destination & MULTICAST) != 0 && Arrays.binarySearch(groups, destination) >= 0;
    }

    @Override public synchronized NetQueue open(int number) throws DeviceException {
        if (ended) {
            throw new DeviceException(Reason.GONE, name + " was removed");
        }
        if (number != 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected queue 0, found " + number);
        }
        if (queue != null) {
            throw new DeviceException(Reason.BUSY, name + ": its queue is open");
        }
        queue = new Frames();
        return queue;
    }

    /** Nothing comes or goes after this; who holds the queue sees it closed. */
    public void end() {
        Frames last;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            last = queue;
            if (last != null) {
                last.finished = true;
            }
            file.wake();
        }
        synchronized (last == null ? this : last) {
            file.close();
        }
    }

    private synchronized void wakeFile() {
        if (!ended) {
            file.wake();
        }
    }

    /** Each call holds the queue's monitor, so that the file is not closed under it; a thread that waits is woken first. */
    private final class Frames implements NetQueue {
        private final Arena arena = Arena.ofShared();
        private final MemorySegment buffer = arena.allocate(LARGEST, 8);
        private volatile boolean finished;
        private volatile boolean failed;

        @Override public synchronized boolean send(MemorySegment frame, int checksumStart, int checksumOffset) {
            if (frame.byteSize() < HEADER || frame.byteSize() > maxFrame || checksumStart != NO_CHECKSUM) {
                throw new IllegalArgumentException("frame: expected " + HEADER + " to " + maxFrame + " bytes without a checksum to fill in, found "
                        + frame.byteSize());
            }
            if (!isOpen()) {
                return false;
            }
            try {
                if (!file.put(frame)) {
                    return false;
                }
                sent.increment();
                sentBytes.add(frame.byteSize());
            } catch (LinuxException e) {
                failure(e); // lost, as on a cable that is pulled
            }
            return true;
        }

        /** An interface that is down is no end; anything else is. */
        private void failure(LinuxException e) {
            errors.increment();
            failed |= e.errno() != DOWN && e.errno() != EIO;
        }

        @Override public void kick() {
            // each went by itself
        }

        @Override public int sending() {
            return 0;
        }

        @Override public synchronized int receive(int most, Receiver receiver) {
            int n = 0;
            try {
                while (n < most && isOpen()) {
                    int length = (int) file.next(buffer);
                    if (length == 0) {
                        return n;
                    }
                    if (length < HEADER || length > maxFrame + TAG || !isForUs(buffer.get(DESTINATION, 0) >>> 16)) {
                        dropped.increment();
                        continue;
                    }
                    received.increment();
                    receivedBytes.add(length);
                    receiver.frame(buffer, 0, length, false);
                    n++;
                }
            } catch (LinuxException e) {
                failure(e);
            }
            return n;
        }

        @Override public synchronized void await(long nanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (isOpen()) {
                try {
                    file.await(nanos);
                } catch (LinuxException e) {
                    failure(e);
                }
            }
        }

        @Override public void wake() {
            wakeFile();
        }

        @Override public boolean isOpen() {
            return !finished && !failed;
        }

        @Override public void close() {
            synchronized (FrameFile.this) {
                if (queue != this) {
                    return;
                }
                queue = null;
            }
            finished = true;
            wakeFile();
            synchronized (this) {
                arena.close();
            }
        }
    }
}
