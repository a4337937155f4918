package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/** Sends numbered frames by one device, and checks what comes by another. */
final class NetLoad {
    private static final int SIZES = 64, BURST = 32;
    private static final long STEP_NS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long BROADCAST = 0xffff_ffff_ffffL;

    /** What was sent. */
    record Sent(String device, long frames, int size, double perSecond, double megabits, double cpuMicros) { }

    /**
     * What came.
     *
     * @param lost      numbers below the highest that never came
     * @param disorder  frames whose number was below one seen before
     */
    record Received(String device, long frames, long bytes, long lost, long disorder, long damaged, double perSecond, double megabits) { }

    private NetLoad() { }

    /** @param size bytes of each, or 0 for all sizes that the device takes */
    static Sent send(NetDevice device, long frames, int size, long to, long limitNanos) throws IOException, InterruptedException {
        int largest = device.abilities().maxFrame();
        if (size != 0 && (size < TestFrame.LEAST || size > largest)) {
            throw new IllegalArgumentException("--size: expected 0 or " + TestFrame.LEAST + " to " + largest + ", found " + size);
        }
        SplittableRandom random = new SplittableRandom(1);
        try (NetQueue queue = device.open(0); Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(largest, 8);
            long begin = System.nanoTime();
            long cpu = cpu();
            long number = 0;
            long bytes = 0;
            while (number < frames && queue.isOpen()) {
                MemorySegment frame = memory.asSlice(0, size != 0 ? size : random.nextInt(TestFrame.LEAST, largest + 1));
                TestFrame.write(frame, to, device.abilities().address(), number);
                while (!queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                    queue.kick();
                    queue.await(STEP_NS);
                    if (System.nanoTime() - begin > limitNanos) {
                        throw new IOException(device.name() + ": sent " + number + " of " + frames + " frames, then its ring stayed full");
                    }
                }
                bytes += frame.byteSize();
                if (++number % BURST == 0) {
                    queue.kick();
                }
            }
            queue.kick();
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Sent(device.name(), number, size, number / seconds, bytes * 8 / seconds / 1e6, (cpu() - cpu) / 1e3 / number);
        }
    }

    private static long cpu() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Takes what is left of a run before. */
    static void drain(NetDevice device) throws IOException, InterruptedException {
        try (NetQueue queue = device.open(0)) {
            do {
                queue.await(STEP_NS);
            } while (queue.receive(Integer.MAX_VALUE, (memory, offset, length, checked) -> { }) > 0);
        }
    }

    /** Until so many frames came, or none for a while. */
    static Received receive(NetDevice device, long frames, long quietNanos) throws IOException, InterruptedException {
        try (NetQueue queue = device.open(0)) {
            Check check = new Check();
            long last = System.nanoTime();
            long before = 0;
            while (check.count < frames && queue.isOpen() && System.nanoTime() - last < quietNanos) {
                if (queue.receive(SIZES, check) == 0) {
                    queue.await(STEP_NS);
                }
                if (check.count != before) {
                    before = check.count;
                    last = System.nanoTime();
                }
            }
            double seconds = Math.max(1, check.lastAt - check.firstAt) / 1e9;
            return new Received(device.name(), check.count, check.bytes, check.highest + 1 - (check.count - check.doubled), check.disorder, check.damaged,
                    check.count / seconds, check.bytes * 8 / seconds / 1e6);
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

        @Override public void frame(MemorySegment memory, long offset, int length, boolean checked) {
            if (!TestFrame.isOurs(memory, offset, length)) {
                return;
            }
            lastAt = System.nanoTime();
            if (count++ == 0) {
                firstAt = lastAt;
            }
            bytes += length;
            long number = TestFrame.number(memory, offset);
            if (!TestFrame.isWhole(memory, offset, length)) {
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
