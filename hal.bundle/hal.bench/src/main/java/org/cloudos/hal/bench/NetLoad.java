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
    private static final int SIZES = 64, BURST = 32;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100), REOPEN_NS = TimeUnit.SECONDS.toNanos(60);
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
    private static final class Sending implements AutoCloseable {
        private final NetDevice device;
        private final Order order;
        private final long to;
        private final MemorySegment memory;
        private final SplittableRandom random = new SplittableRandom(1);
        private NetQueue queue;
        private long gap;

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
            MemorySegment frame = order.size == 0 ? memory : memory.asSlice(0, order.size);
            for (long number = 0; number < order.frames;) {
                frame = order.size != 0 ? frame : memory.asSlice(0, random.nextInt(TestFrame.LEAST, largest + 1));
                TestFrame.write(frame, to, from, number, order.vlan);
                while (!queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                    room(begin + limitNanos, number);
                }
                long now = System.nanoTime();
                gap = Math.max(gap, now - last);
                last = now;
                bytes += frame.byteSize();
                if (++number % BURST == 0) {
                    queue.kick();
                }
            }
            queue.kick();
            double seconds = (System.nanoTime() - begin) / 1e9;
            long frames = order.frames;
            return new Sent(device.name(), frames, order.size, frames / seconds, bytes * 8 / seconds / 1e6,
                    (threads.getCurrentThreadCpuTime() - cpu) / 1e3 / frames,
                    (double) (threads.getCurrentThreadAllocatedBytes() - allocated) / frames, gap / 1e6);
        }

        private void room(long end, long number) throws IOException, InterruptedException {
            if (!queue.isOpen()) {
                queue.close();
                queue = reopen(device);
                return;
            }
            queue.kick();
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
    private static NetQueue reopen(NetDevice device) throws IOException, InterruptedException {
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

    /**
     * Until so many frames came, or none for a while.
     *
     * @param answer after so many frames one goes back, with the number that is waited for: a sender that waits for it loses none; 0 for never
     */
    static Received receive(NetDevice device, long frames, int answer, long quietNanos) throws IOException, InterruptedException {
        NetQueue queue = reopen(device);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment back = arena.allocate(TestFrame.LEAST, 8);
            long answered = 0;
            Check check = new Check();
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long last = System.nanoTime();
            long before = 0;
            while (check.highest + 1 < frames && System.nanoTime() - last < quietNanos) {
                if (!queue.isOpen()) {
                    queue.receive(Integer.MAX_VALUE, check); // what came until then
                    queue.close();
                    queue = reopen(device);
                }
                if (queue.receive(SIZES, check) == 0) {
                    queue.await(STEP_NS);
                }
                if (answer > 0 && check.highest + 1 >= answered + answer) {
                    answered = check.highest + 1;
                    TestFrame.write(back, BROADCAST, device.abilities().address(), answered, 0);
                    queue.send(back, NetQueue.NO_CHECKSUM, 0);
                    queue.kick();
                }
                if (check.count != before) {
                    before = check.count;
                    last = System.nanoTime();
                }
            }
            cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
            double seconds = Math.max(1, check.lastAt - check.firstAt) / 1e9;
            return new Received(device.name(), check.count, check.bytes, check.highest + 1 - (check.count - check.doubled - check.damaged), check.disorder,
                    check.damaged, check.count / seconds, check.bytes * 8 / seconds / 1e6, cpu / 1e3 / Math.max(1, check.count), check.gap / 1e6);
        } finally {
            queue.close();
        }
    }

    private static final class Check implements NetQueue.Receiver {
        private long count;
        private long bytes;
        private long highest = -1;
        private long disorder;
        private long doubled;
        private long damaged;
        private long firstAt;
        private long lastAt;
        private long gap;

        @Override public void frame(MemorySegment memory, long offset, int length, boolean checked) {
            int shift = TestFrame.shift(memory, offset, length);
            if (shift < 0) {
                return;
            }
            long now = System.nanoTime();
            if (count++ == 0) {
                firstAt = now;
            } else {
                gap = Math.max(gap, now - lastAt);
            }
            lastAt = now;
            bytes += length;
            long number = TestFrame.number(memory, offset + shift);
            if (!TestFrame.isWhole(memory, offset, length, shift)) {
                damaged++;
            } else if (number <= highest) {
                disorder++;
                doubled += number == highest ? 1 : 0;
            } else {
                highest = number;
            }
        }
    }
}
