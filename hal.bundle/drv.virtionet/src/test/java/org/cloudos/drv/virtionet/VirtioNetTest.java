package org.cloudos.drv.virtionet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.hal.virtio.VirtioDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver with a card that lies, stays silent and vanishes. */
@Timeout(120)
class VirtioNetTest {
    private static final int BUFFER = 2048, LARGEST = 1518;
    private FakeCard fake = new FakeCard(NetConfiguration.MERGEABLE);
    private final List<byte[]> came = new ArrayList<>();

    private VirtioNet open() throws IOException {
        return new VirtioNet(VirtioDevice.on(fake), "vnet0");
    }

    private Reason refused() {
        return assertThrows(DeviceException.class, this::open).reason();
    }

    private void take(MemorySegment memory, long offset, int length, boolean checked) {
        assertTrue(offset >= 0 && length >= 0 && offset + length <= memory.byteSize(), "outside the buffer");
        came.add(memory.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] frame(byte[] sent) {
        return Arrays.copyOfRange(sent, ReceiveRing.HEADER, sent.length);
    }

    @Test void sendsAndReceivesEverySize() throws Exception {
        VirtioNet net = open();
        assertEquals(0x525400123456L, net.abilities().address());
        try (NetQueue queue = net.open(0); Arena arena = Arena.ofConfined()) {
            for (int size : new int[] {14, 60, 1514, LARGEST}) {
                assertTrue(queue.send(arena.allocate(size, 8).copyFrom(MemorySegment.ofArray(bytes(size))), NetQueue.NO_CHECKSUM, 0));
                queue.kick();
                assertArrayEquals(bytes(size), frame(fake.sent.removeLast()));
                fake.receive(1, bytes(size), ReceiveRing.HEADER + size);
                assertEquals(1, queue.receive(64, this::take));
                assertArrayEquals(bytes(size), came.removeLast());
            }
            assertThrows(IllegalArgumentException.class, () -> queue.send(arena.allocate(LARGEST + 1), NetQueue.NO_CHECKSUM, 0));
        }
        net.close();
        assertEquals(0, fake.memory.given());
    }

    @Test void aFrameInSeveralBuffersIsPutTogether() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        byte[] whole = bytes(3000);
        fake.receive(2, Arrays.copyOf(whole, BUFFER - ReceiveRing.HEADER), BUFFER);
        fake.receiveRaw(Arrays.copyOfRange(whole, BUFFER - ReceiveRing.HEADER, 3000), 3000 - BUFFER + ReceiveRing.HEADER);
        assertEquals(1, queue.receive(64, this::take));
        assertArrayEquals(whole, came.getFirst());
        net.close();
    }

    /** Lengths, counts of buffers and headers at random: nothing outside a buffer is read, and after it a good frame comes whole. */
    @Test void whateverTheCardSaysNothingOutsideIsRead() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        SplittableRandom random = new SplittableRandom(17);
        for (int i = 0; i < 20_000; i++) {
            byte[] header = new byte[ReceiveRing.HEADER + 50];
            random.nextBytes(header);
            header[11] = 0; // or all that comes after belongs to one frame
            fake.receiveRaw(header, random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(2 * BUFFER));
            assertTrue(queue.receive(64, this::take) <= 1);
        }
        assertTrue(came.stream().allMatch(f -> f.length <= (1 << 16) + BUFFER));
        for (int i = 0; i < 256; i++) { // the end of what was begun
            fake.receive(1, bytes(77), ReceiveRing.HEADER + 77);
            queue.receive(64, this::take);
        }
        assertArrayEquals(bytes(77), came.getLast());
        assertTrue(net.counters().errors() > 0);
        net.close();
    }

    @Test void usesOfWhatItDoesNotHaveAreCounted() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        for (int head : new int[] {-1, 16, 1 << 20, Integer.MIN_VALUE}) {
            fake.use(0, head, 100);
            fake.use(1, head, 100);
        }
        assertEquals(0, queue.receive(64, this::take));
        assertEquals(0, queue.sending());
        assertEquals(8, net.counters().errors());
        fake.index(0, 40_000); // runs away
        assertTrue(queue.receive(Integer.MAX_VALUE, this::take) <= 16);
        net.close();
    }

    @Test void interruptsWithoutWorkAreHarmless() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        for (int i = 0; i < 1000; i++) {
            fake.interrupt();
            queue.await(1_000_000);
            assertEquals(0, queue.receive(64, this::take));
        }
        net.close();
    }

    @Test void oneThatVanishesEndsItsQueue() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        fake.vanish();
        assertFalse(queue.isOpen());
        assertFalse(net.link().up());
        assertEquals("gone", net.condition());
        queue.receive(64, this::take);
        net.close();
    }

    @Test void aFullRingRefusesAndTakesAgain() throws Exception {
        VirtioNet net = open();
        NetQueue queue = net.open(0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(60, 8);
            fake.silent = true;
            int taken = 0;
            while (queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                taken++;
            }
            assertEquals(16, taken);
            queue.kick();
            assertEquals(16, queue.sending());
            fake.silent = false;
            fake.notified(1); // the card goes on
            assertTrue(queue.send(frame, NetQueue.NO_CHECKSUM, 0));
            assertEquals(16, fake.sent.size());
        }
        net.close();
    }

    @Test void commandsThatAreRefusedOrNeverAnsweredAreTold() throws Exception {
        fake = new FakeCard(NetConfiguration.CONTROL | NetConfiguration.CONTROL_RECEIVE);
        VirtioNet net = open();
        net.promiscuous(true);
        assertArrayEquals(new byte[] {0, 0, 1}, fake.commands.getLast());
        fake.answer = 1;
        assertEquals(Reason.FAILED, assertThrows(DeviceException.class, () -> net.promiscuous(false)).reason());
        fake.silent = true;
        fake.answer = 0;
        assertEquals(Reason.TIMED_OUT, assertThrows(DeviceException.class, () -> net.promiscuous(false)).reason());
        for (int i = 0; i < 40; i++) { // more than the ring holds, and none of them waits
            assertEquals(Reason.TIMED_OUT, assertThrows(DeviceException.class, () -> net.promiscuous(false)).reason());
        }
        fake.silent = false;
        fake.notified(2); // the answer comes late: it is not taken for the next one's
        fake.answer = 1;
        assertEquals(Reason.FAILED, assertThrows(DeviceException.class, () -> net.promiscuous(true)).reason());
        net.close();
    }

    @Test void configurationsThatCantBeAreRefused() {
        fake.configurationBytes(0);
        assertEquals(Reason.MALFORMED, refused());
        fake.configurationBytes(6); // the link's state lies behind the end
        assertEquals(Reason.MALFORMED, refused());
        fake.configurationBytes(8);
        fake.offered |= NetConfiguration.MTU;
        assertEquals(Reason.MALFORMED, refused());
    }
}
