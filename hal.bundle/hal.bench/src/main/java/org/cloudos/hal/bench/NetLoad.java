package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/** Sends numbered frames by one device, and checks what comes by another. A queue that ends, since its driver is swapped, is opened again. */
final class NetLoad {
    private static final int BURST = 32;
    static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long REOPEN_NS = TimeUnit.SECONDS.toNanos(60);
    static final long BROADCAST = 0xffff_ffff_ffffL;

    /**
     * What is sent.
     *
     * @param size bytes of each, or 0 for all sizes that the device takes
     * @param vlan number of the VLAN whose tag they have, or 0 for none
     */
    record Order(long frames, int size, int vlan) { }

    /**
     * What was sent.
     *
     * @param frames         those that were ordered, or fewer when the other end had enough
     * @param longestGap     milliseconds from a frame that the device took to the next
     * @param allocatedBytes on the heap, for one frame
     */
    record Sent(String device, long frames, int size, double perSecond, double megabits, double cpuMicros, double allocatedBytes, double longestGap) { }

    /**
     * What came.
     *
     * @param lost       numbers below the highest that never came
     * @param disorder   frames whose number was below one seen before
     * @param longestGap milliseconds from a frame to the next
     */
    record Received(String device, long frames, long bytes, long lost, long disorder, long damaged, double perSecond, double megabits, double cpuMicros,
            double longestGap) { }

    private NetLoad() { }

    static Sent send(NetDevice device, Order order, long to, long limitNanos) throws IOException, InterruptedException {
        int largest = device.abilities().maxFrame();
        if (order.size != 0 && (order.size < TestFrame.LEAST || order.size > largest)) {
            throw new IllegalArgumentException("--size: expected 0 or " + TestFrame.LEAST + " to " + largest + ", found " + order.size);
        }
        try (Arena arena = Arena.ofConfined(); Sending sending = new Sending(device, order, to, arena.allocate(largest, 8))) {
            return sending.run(limitNanos);
        }
    }

    /** One run of {@link #send}. */
    private static final class Sending implements AutoCloseable, NetQueue.Receiver {
        private final NetDevice device;
        private final Order order;
        private final long to;
        private final MemorySegment memory;
        private final SplittableRandom random = new SplittableRandom(1);
        private NetQueue queue;
        private long gap;
        private boolean enough;

        private Sending(NetDevice device, Order order, long to, MemorySegment memory) throws IOException, InterruptedException {
            this.device = device;
            this.order = order;
            this.to = to;
            this.memory = memory;
            queue = reopen(device);
        }

        private Sent run(long limitNanos) throws IOException, InterruptedException {
            var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
            int largest = (int) memory.byteSize();
            long from = device.abilities().address();
            long begin = System.nanoTime();
            long cpu = threads.getCurrentThreadCpuTime();
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long last = begin;
            long bytes = 0;
            long frames = 0;
            MemorySegment frame = order.size == 0 ? memory : memory.asSlice(0, order.size);
            while (frames < order.frames && !enough) {
                frame = order.size != 0 ? frame : memory.asSlice(0, random.nextInt(TestFrame.LEAST, largest + 1));
                TestFrame.write(frame, to, from, frames, order.vlan);
                put(frame, begin + limitNanos, frames);
                long now = System.nanoTime();
                gap = Math.max(gap, now - last);
                last = now;
                bytes += frame.byteSize();
                if (++frames % BURST == 0) {
                    queue.receive(BURST, this); // which tells the device of the frames
                }
            }
            if (enough) {
                TestFrame.write(frame, to, from, ~frames, order.vlan);
                put(frame, begin + limitNanos, frames);
            }
            queue.kick();
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Sent(device.name(), frames, order.size, frames / seconds, bytes * 8 / seconds / 1e6,
                    (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / frames,
                    (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / frames, gap / 1e6);
        }

        private void put(MemorySegment frame, long end, long number) throws IOException, InterruptedException {
            while (!queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                room(end, number);
            }
        }

        /** The other end may have enough; what else comes is nobody's. */
        @Override public void frame(MemorySegment in, long offset, int length, boolean checked) {
            int shift = TestFrame.shift(in, offset, length);
            enough |= shift >= 0 && TestFrame.number(in, offset + shift) < 0;
        }

        private void room(long end, long number) throws IOException, InterruptedException {
            boolean open = queue.isOpen();
            queue.receive(BURST, this);
            if (!open) {
                queue.close();
                queue = reopen(device);
                return;
            }
            queue.await(STEP_NS);
            if (System.nanoTime() > end) {
                throw new IOException(device.name() + ": sent " + number + " of " + order.frames + " frames, then its ring stayed full");
            }
        }

        @Override public void close() {
            queue.close();
        }
    }

    /** The device's first queue, once there is one: the device may be between two drivers. */
    static NetQueue reopen(NetDevice device) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            try {
                return device.open(0);
            } catch (DeviceException e) {
                if (e.reason() != DeviceException.Reason.GONE || System.nanoTime() - begin > REOPEN_NS) {
                    throw e;
                }
                Thread.sleep(1);
            }
        }
    }

    /** Takes what is left of a run before. */
    static void drain(NetDevice device) throws IOException, InterruptedException {
        try (NetQueue queue = device.open(0)) {
            do {
                queue.await(STEP_NS);
            } while (queue.receive(Integer.MAX_VALUE, (memory, offset, length, checked) -> { }) > 0);
        }
    }
}
