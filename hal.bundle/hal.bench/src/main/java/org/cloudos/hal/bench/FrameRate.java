package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/**
 * How many frames of one size a device takes or gives in a while. They are counted and not looked at: what is measured is the way through the driver. What
 * comes is asked for from the other end by a frame: 14 the text of {@link #ASK}(8) · 22 bytes of each frame(4) · 26 milliseconds(4).
 */
final class FrameRate implements NetQueue.Receiver {
    static final int LEAST = 60, MOST = 1514;
    private static final int BURST = 32, TYPE = 0x88b5;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100), WARM = 4;
    private static final byte[] ASK = "SENDHERE".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /**
     * What came of it.
     *
     * @param total          frames that were sent or came in all; those of the measured time are fewer
     * @param cpuMicros      of the thread, for one frame
     * @param allocatedBytes on the heap, for one frame
     */
    record Result(String device, String direction, int size, long total, double perSecond, double megabits, double cpuMicros, double allocatedBytes) { }

    private final com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final NetDevice device;
    private final int size;
    private long frames;
    private long cpu;
    private long allocated;
    private long begin;
    private long before;

    FrameRate(NetDevice device, int size) {
        if (size < LEAST || size > MOST) {
            throw new IllegalArgumentException("--size: expected " + LEAST + " to " + MOST + ", found " + size);
        }
        this.device = device;
        this.size = size;
    }

    /** Bytes from the destination address on: to all, of a type that nobody else has. */
    private static void address(MemorySegment frame, long from) {
        frame.fill((byte) 0);
        frame.asSlice(0, 6).fill((byte) 0xff);
        frame.set(SHORT, 6, (short) (from >>> 32));
        frame.set(INT, 8, (int) from);
        frame.set(SHORT, 12, (short) TYPE);
    }

    /** Asks the other end for frames. */
    static void ask(NetDevice device, NetQueue queue, int size, long nanos) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(LEAST, 8);
            address(frame, device.abilities().address());
            MemorySegment.copy(MemorySegment.ofArray(ASK), 0, frame, 14, ASK.length);
            frame.set(INT, 22, size);
            frame.set(INT, 26, (int) TimeUnit.NANOSECONDS.toMillis(nanos));
            if (!queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                throw new IOException(device.name() + ": expected room for a frame, found none");
            }
            queue.kick();
        }
    }

    private void start() {
        before = frames;
        allocated = threads.getCurrentThreadAllocatedBytes();
        cpu = threads.getCurrentThreadCpuTime();
        begin = System.nanoTime();
    }

    private Result result(String direction) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        long counted = Math.max(1, frames - before);
        cpu = threads.getCurrentThreadCpuTime() - cpu;
        allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
        return new Result(device.name(), direction, size, frames, counted / seconds, counted * (double) size * 8 / seconds / 1e6, cpu / 1e3 / counted,
                (double) allocated / counted);
    }

    Result out(long nanos) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined(); NetQueue queue = device.open(0)) {
            MemorySegment frame = arena.allocate(size, 8);
            address(frame, device.abilities().address());
            send(queue, frame, nanos / WARM);
            start();
            send(queue, frame, nanos);
            Result result = result("out");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (queue.sending() > 0 && System.nanoTime() < end) {
                queue.await(TimeUnit.MILLISECONDS.toNanos(1));
            }
            return result;
        }
    }

    private void send(NetQueue queue, MemorySegment frame, long nanos) throws IOException, InterruptedException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            for (int i = 0; i < BURST; i++) {
                while (!queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                    queue.kick();
                    queue.await(STEP_NS);
                    if (!queue.isOpen() || System.nanoTime() - end > STEP_NS * 100) {
                        throw new IOException(device.name() + ": expected that its ring has room again, found it full");
                    }
                }
                frames++;
            }
            queue.kick();
        }
    }

    Result in(long nanos) throws IOException, InterruptedException {
        try (NetQueue queue = device.open(0)) {
            ask(device, queue, size, nanos + nanos / WARM + STEP_NS * 5);
            long quiet = System.nanoTime() + STEP_NS * 600;
            while (frames == 0) {
                receive(queue);
                if (System.nanoTime() > quiet) {
                    throw new IOException(device.name() + ": asked the other end for frames, found none");
                }
            }
            receive(queue, nanos / WARM);
            start();
            receive(queue, nanos);
            Result result = result("in");
            long end = System.nanoTime() + STEP_NS * 600;
            for (long last = -1; last != frames && System.nanoTime() < end;) { // what is on its way: the next run wants a silent cable
                last = frames;
                receive(queue, STEP_NS * 5);
            }
            return result;
        }
    }

    private void receive(NetQueue queue, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            receive(queue);
        }
    }

    private void receive(NetQueue queue) throws InterruptedException {
        if (queue.receive(BURST * 2, this) == 0) {
            queue.await(STEP_NS);
        }
    }

    @Override public void frame(MemorySegment memory, long offset, int length, boolean checked) {
        frames += length == size ? 1 : 0;
    }
}
