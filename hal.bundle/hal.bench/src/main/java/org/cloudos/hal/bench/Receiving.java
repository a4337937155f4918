package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetQueue;

/** The end at which {@link TestFrame}s come. A queue that ends, since its driver is swapped, is read to its end and opened again. */
final class Receiving implements NetQueue.Receiver, AutoCloseable {
    private static final int BURST = 64;

    private final NetDevice device;
    private final int answer;
    private final long address; // a call of the device would wait while its driver is swapped
    private final MemorySegment back; // the answer
    private NetQueue queue;
    private long wanted;
    private long answered;
    private long count;
    private long bytes;
    private long highest = -1;
    private long disorder;
    private long doubled;
    private long damaged;
    private long firstAt;
    private long lastAt;
    private long gap;

    private Receiving(NetDevice device, long frames, int answer, Arena arena) throws IOException, InterruptedException {
        this.device = device;
        this.answer = answer;
        address = device.abilities().address();
        wanted = frames;
        back = arena.allocate(TestFrame.LEAST, 8);
        queue = NetLoad.reopen(device);
    }

    /**
     * Until so many frames came, or none for a while.
     *
     * @param answer after so many frames one goes back, with the number that is waited for: a sender that waits for it loses none; 0 for never
     */
    static NetLoad.Received run(NetDevice device, long frames, int answer, long quietNanos) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined(); Receiving receiving = new Receiving(device, frames, answer, arena)) {
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            receiving.all(quietNanos);
            return receiving.result((ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e3);
        }
    }

    private void all(long quietNanos) throws IOException, InterruptedException {
        long last = System.nanoTime();
        long before = 0;
        while ((highest + 1 < wanted || owesAnswer()) && System.nanoTime() - last < quietNanos) {
            if (!queue.isOpen()) {
                queue.receive(Integer.MAX_VALUE, this); // what came until then
                queue.close();
                queue = NetLoad.reopen(device);
            }
            if (queue.receive(BURST, this) == 0) {
                queue.await(NetLoad.STEP_NS);
            }
            if (owesAnswer()) {
                answer();
            }
            if (count != before) {
                before = count;
                last = System.nanoTime();
            }
        }
    }

    private boolean owesAnswer() {
        return answer > 0 && highest + 1 >= answered + answer;
    }

    /** Again at the next turn when the ring does not take it: it is full, or its driver goes. */
    private void answer() {
        TestFrame.write(back, NetLoad.BROADCAST, address, highest + 1, 0);
        if (queue.send(back, NetQueue.NO_CHECKSUM, 0)) {
            answered = highest + 1;
            queue.kick();
        }
    }

    private NetLoad.Received result(double cpuMicros) {
        double seconds = Math.max(1, lastAt - firstAt) / 1e9;
        return new NetLoad.Received(device.name(), count, bytes, highest + 1 - (count - doubled - damaged), disorder, damaged, count / seconds,
                bytes * 8 / seconds / 1e6, cpuMicros / Math.max(1, count), gap / 1e6);
    }

    @Override public void frame(MemorySegment memory, long offset, int length, boolean checked) {
        int shift = TestFrame.shift(memory, offset, length);
        if (shift < 0) {
            return;
        }
        long number = TestFrame.number(memory, offset + shift);
        boolean whole = TestFrame.isWhole(memory, offset, length, shift);
        if (number < 0 && whole) {
            wanted = Math.min(wanted, ~number);
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
        if (!whole) {
            damaged++;
        } else if (number <= highest) {
            disorder++;
            doubled += number == highest ? 1 : 0;
        } else {
            highest = number;
        }
    }

    @Override public void close() {
        queue.close();
    }
}
