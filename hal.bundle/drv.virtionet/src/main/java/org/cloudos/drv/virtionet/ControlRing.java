package org.cloudos.drv.virtionet;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.virtio.VirtQueue;

/** Commands to the device, one at a time: class(1) · command(1) · data · answer(1). Virtio 1.2 §5.1.6.5. */
final class ControlRing {
    static final int RECEIVE = 0, PROMISCUOUS = 0, ALL_MULTICAST = 1, MAC = 1, TABLE_SET = 0, PAIRS = 4, PAIRS_SET = 0;
    private static final int DATA = 128, ANSWER = 64, OK = 0;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

    private final VirtQueue queue;
    private final Dma dma;
    private final DmaMemory memory; // 0 table · 64 answer · 128 class, command and data
    private boolean answered;

    ControlRing(VirtQueue queue, Dma dma) throws IOException {
        this.queue = queue;
        this.dma = dma;
        memory = dma.allocate(4096, 4096);
        queue.disarm();
    }

    synchronized void command(int kind, int command, byte[] data) throws DeviceException {
        if (data.length > memory.size() - DATA - 2) {
            throw new IllegalArgumentException("data: expected up to " + (memory.size() - DATA - 2) + " bytes, found " + data.length);
        }
        queue.poll((id, length) -> { }, queue.size());
        if (queue.underWay() > 0) { // its answer would be taken for this one's
            throw new DeviceException(Reason.TIMED_OUT, "the device has not answered an earlier command");
        }
        if (!queue.fits(2)) {
            throw new DeviceException(Reason.MALFORMED, "the device's ring has no room for a command: expected 2 entries, found " + queue.size());
        }
        memory.memory().set(ValueLayout.JAVA_BYTE, ANSWER, (byte) -1);
        memory.putShort(DATA, kind | command << 8);
        for (int i = 0; i < data.length; i++) {
            memory.memory().set(ValueLayout.JAVA_BYTE, DATA + 2L + i, data[i]);
        }
        queue.entry(memory, 0, memory.address() + DATA, 2 + data.length, false, false);
        queue.entry(memory, 1, memory.address() + ANSWER, 1, true, true);
        queue.add(0, memory, 2);
        queue.kick();
        answered = false;
        long end = System.nanoTime() + LIMIT_NS;
        while (!answered) {
            queue.poll((id, length) -> answered = true, 1);
            if (System.nanoTime() > end) {
                throw new DeviceException(Reason.TIMED_OUT, "the device does not answer command " + kind + "." + command);
            }
            Thread.onSpinWait();
        }
        if (memory.memory().get(ValueLayout.JAVA_BYTE, ANSWER) != OK) {
            throw new DeviceException(Reason.FAILED, "the device refuses command " + kind + "." + command);
        }
    }

    void free() {
        queue.free();
        dma.free(memory);
    }
}
