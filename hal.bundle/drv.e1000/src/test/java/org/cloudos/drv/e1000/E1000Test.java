package org.cloudos.drv.e1000;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.NetQueue;
import org.cloudos.hal.sim.Allocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class E1000Test {
    private static final int DONE = 1, END = 2;
    private final FakeE1000 fake = new FakeE1000();
    private final List<Integer> lengths = new ArrayList<>();

    private E1000 open() throws IOException {
        return new E1000(fake, "e0");
    }

    private void take(MemorySegment memory, long offset, int length, boolean checked) {
        assertTrue(offset >= 0 && length >= 0 && offset + length <= memory.byteSize(), "outside the buffer");
        lengths.add(length);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new SplittableRandom(length).nextBytes(bytes);
        return bytes;
    }

    @Test void sendsFramesOfAllSizesInPieces() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        try (Arena arena = Arena.ofConfined()) {
            for (int size : new int[] {14, 60, 1514, 2047, 2048, 2049, 4096, 9018}) {
                MemorySegment frame = arena.allocate(size, 8);
                frame.copyFrom(MemorySegment.ofArray(bytes(size)));
                assertTrue(queue.send(frame, NetQueue.NO_CHECKSUM, 0));
                queue.kick();
                assertArrayEquals(bytes(size), fake.sent.removeLast());
            }
            assertThrows(IllegalArgumentException.class, () -> queue.send(arena.allocate(9019), NetQueue.NO_CHECKSUM, 0));
        }
        assertEquals(0, queue.sending());
        e.end();
        assertEquals(0, fake.memory.given());
    }

    @Test void aFrameAllocatesNothing() throws Exception {
        E1000 e = open();
        try (NetQueue queue = e.open(0); Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(1514, 8);
            fake.forgetful = true;
            assertEquals(0, Allocation.perStep(() -> {
                assertTrue(queue.send(frame, NetQueue.NO_CHECKSUM, 0));
                queue.kick();
            }), "bytes of a frame sent");
            int[] next = new int[1];
            NetQueue.Receiver nobody = (memory, offset, length, checked) -> next[0] = (next[0] + 1) % 256;
            byte[] data = bytes(64);
            assertEquals(0, Allocation.perStep(() -> {
                long begin = Allocation.begin();
                fake.receive(next[0], data, 64, DONE | END);
                Allocation.end(begin);
                assertEquals(1, queue.receive(64, nobody));
            }), "bytes of a frame received");
        }
        e.end();
    }

    @Test void aFullRingRefusesAndTakesAgain() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        fake.silent = true;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(60, 8);
            int taken = 0;
            while (queue.send(frame, NetQueue.NO_CHECKSUM, 0)) {
                taken++;
            }
            assertEquals(255, taken);
            fake.silent = false;
            queue.kick();
            assertTrue(queue.send(frame, NetQueue.NO_CHECKSUM, 0));
        }
        e.end();
    }

    @Test void whateverADescriptorSaysNothingOutsideIsRead() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        SplittableRandom random = new SplittableRandom(7);
        int next = 0;
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < 100; i++, next = (next + 1) % 256) {
                fake.receive(next, bytes(64), random.nextInt(), random.nextInt() | DONE);
            }
            assertTrue(queue.receive(Integer.MAX_VALUE, this::take) <= 100);
        }
        assertTrue(lengths.stream().allMatch(l -> l <= 9018 + 2 * 2048));
        for (int i = 0; i < 2; i++, next = (next + 1) % 256) { // the end of what was begun, then a good one
            fake.receive(next, bytes(100), 100, DONE | END);
        }
        lengths.clear();
        queue.receive(Integer.MAX_VALUE, this::take);
        assertEquals(100, lengths.getLast());
        e.end();
    }

    @Test void aFrameWithoutEndIsCountedAndForgotten() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        for (int i = 0; i < 200; i++) {
            fake.receive(i, bytes(2048), 2048, DONE);
        }
        fake.receive(200, bytes(10), 10, DONE | END);
        fake.receive(201, bytes(77), 77, DONE | END);
        assertEquals(1, queue.receive(Integer.MAX_VALUE, this::take));
        assertEquals(List.of(77), lengths);
        assertEquals(1, e.counters().errors());
        e.end();
    }

    @Test void whatCameIsThereAfterItsDriverWent() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        for (int i = 0; i < 3; i++) {
            fake.receive(i, bytes(100 + i), 100 + i, DONE | END);
        }
        fake.receive(3, bytes(2048), 2048, DONE);
        fake.receive(4, bytes(500), 500, DONE | END);
        assertEquals(1, queue.receive(1, this::take));
        e.end();
        assertEquals(0, fake.memory.given(), "the device's memory went");
        assertFalse(queue.isOpen());
        assertEquals(1, queue.receive(1, this::take));
        assertEquals(2, queue.receive(Integer.MAX_VALUE, (memory, offset, length, checked) -> {
            take(memory, offset, length, checked);
            byte[] wanted = length == 102 ? bytes(102) : java.util.Arrays.copyOf(bytes(2048), 2048);
            assertArrayEquals(wanted, memory.asSlice(offset, wanted.length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
        }));
        assertEquals(List.of(100, 101, 102, 2548), lengths);
        assertEquals(0, queue.receive(64, this::take));
    }

    @Test void interruptsWithoutWorkAreHarmless() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        for (int i = 0; i < 1000; i++) {
            fake.interrupt();
            queue.await(1_000_000);
            assertEquals(0, queue.receive(64, this::take));
        }
        e.end();
    }

    @Test void groupsOpenTheFilterAndMoreThanItHoldsOpensAll() throws Exception {
        E1000 e = open();
        e.multicast(new long[] {0x01005e000001L});
        int bits = 0;
        for (int i = 0; i < 128; i++) {
            bits += Integer.bitCount(fake.register(Registers.MTA.at(i, 4)));
        }
        assertEquals(1, bits);
        e.promiscuous(true);
        assertTrue((fake.register(Registers.RCTL) & Registers.ALL_UNICAST) != 0);
        e.promiscuous(false);
        assertFalse((fake.register(Registers.RCTL) & Registers.ALL_UNICAST) != 0);
        e.end();
    }

    @Test void aDeviceThatNeverEndsItsResetIsRefused() {
        fake.deaf = true;
        assertEquals(Reason.TIMED_OUT, assertThrows(DeviceException.class, this::open).reason());
    }

    @Test void oneThatVanishesEndsItsQueue() throws Exception {
        E1000 e = open();
        NetQueue queue = e.open(0);
        fake.vanish();
        assertFalse(queue.isOpen());
        assertFalse(e.link().up());
        assertEquals("gone", e.condition());
        queue.receive(64, this::take);
        e.end();
    }
}
