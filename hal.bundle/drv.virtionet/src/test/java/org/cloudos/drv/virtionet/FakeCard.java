package org.cloudos.drv.virtionet;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.sim.SimulatedVirtio;
import org.cloudos.hal.virtio.Feature;

/** A card with one pair of queues and commands, whose frames a test makes. */
final class FakeCard extends SimulatedVirtio {
    private static final int RECEIVE = 0, SEND = 1, CONTROL = 2;
    final List<byte[]> sent = new ArrayList<>();
    final List<byte[]> commands = new ArrayList<>();
    int answer; // to commands
    boolean silent; // commands are not answered, frames not sent

    FakeCard(long features) {
        super(Feature.VERSION_1 | Feature.ACCESS_PLATFORM | NetConfiguration.MAC | NetConfiguration.STATUS | features, 3, 0x40);
        queueSize = 16;
        configuration(0, 0x12005452);
        configuration(4, 1 << 16 | 0x5634); // and the link is up
    }

    @Override protected void notified(int queue) {
        if (queue == RECEIVE || silent) {
            return;
        }
        for (Request r = take(queue); r != null; r = take(queue)) {
            byte[] out = r.out().getFirst().memory().toArray(ValueLayout.JAVA_BYTE);
            (queue == SEND ? sent : commands).add(out);
            if (queue == CONTROL) {
                r.in().getFirst().memory().set(ValueLayout.JAVA_BYTE, 0, (byte) answer);
            }
            use(queue, r.head(), 1);
        }
        interrupt();
    }

    /** A buffer is filled with a header that says it is the first of so many, and with bytes; the device says that it wrote so many. */
    void receive(int buffers, byte[] frame, int claimed) {
        Request r = take(RECEIVE);
        DmaMemory buffer = r.in().getFirst();
        buffer.putShort(10, buffers);
        for (int i = 0; i < frame.length; i++) {
            buffer.memory().set(ValueLayout.JAVA_BYTE, ReceiveRing.HEADER + (long) i, frame[i]);
        }
        use(RECEIVE, r.head(), claimed);
    }

    /** A buffer that belongs to a frame before, or is filled at random. */
    void receiveRaw(byte[] bytes, int claimed) {
        Request r = take(RECEIVE);
        for (int i = 0; i < bytes.length; i++) {
            r.in().getFirst().memory().set(ValueLayout.JAVA_BYTE, i, bytes[i]);
        }
        use(RECEIVE, r.head(), claimed);
    }
}
