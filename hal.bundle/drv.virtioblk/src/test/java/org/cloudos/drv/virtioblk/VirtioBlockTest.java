package org.cloudos.drv.virtioblk;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.queue.QueuedDevice;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.virtio.Feature;
import org.cloudos.hal.virtio.VirtioDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The driver with a device that lies, stays silent, breaks and vanishes. */
@Timeout(120)
class VirtioBlockTest {
    private static final int USERS = 4;
    private static final long LONG = TimeUnit.MINUTES.toNanos(1);
    private FakeDisk fake = new FakeDisk(2);
    private final Arena arena = Arena.ofShared();

    private VirtioBlock open() throws IOException {
        return new VirtioBlock(VirtioDevice.on(fake), "vda");
    }

    private static QueuedDevice disk(VirtioBlock block) {
        return new QueuedDevice("vda", 1, block);
    }

    private MemorySegment bytes(int count, long seed) {
        byte[] bytes = new byte[count];
        new SplittableRandom(seed).nextBytes(bytes);
        return arena.allocate(count, 4096).copyFrom(MemorySegment.ofArray(bytes));
    }

    private Reason refused() {
        return assertThrows(DeviceException.class, this::open).reason();
    }

    @Test void writesAndReadsBack() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        MemorySegment written = bytes(8 * FakeDisk.SECTOR, 1), back = arena.allocate(8 * FakeDisk.SECTOR);
        disk.write(120, written);
        disk.flush();
        disk.read(120, back);
        assertEquals(-1, written.mismatch(back));
        assertEquals(-1, fake.disk.asSlice(120 * FakeDisk.SECTOR).mismatch(written));
        disk.close();
        block.close();
        assertEquals(0, fake.memory.given());
    }

    @Test void whatFailsIsTypedAndItWorksOn() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        fake.status = 1;
        BlockException e = assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        assertEquals(BlockStatus.MEDIUM_ERROR, e.status());
        assertTrue(e.getMessage().contains("virtio status"), e.getMessage());
        fake.status = 2;
        assertEquals(BlockStatus.UNSUPPORTED, assertThrows(BlockException.class, () -> disk.write(0, arena.allocate(512))).status());
        fake.status = 0xee;
        assertEquals(BlockStatus.MEDIUM_ERROR, assertThrows(BlockException.class, disk::flush).status());
        fake.status = 0;
        disk.read(0, arena.allocate(512));
        assertEquals(3, block.errors());
        disk.close();
        block.close();
    }

    /** Ids of requests that it does not have end nothing; lengths are not believed. */
    @Test void wrongIdsAndLengthsHurtNobody() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        fake.length = -2;
        disk.write(1, bytes(512, 2));
        fake.length = Integer.MAX_VALUE;
        MemorySegment back = arena.allocate(512);
        disk.read(1, back);
        assertEquals(-1, back.mismatch(bytes(512, 2)));
        BlockQueue queue = disk.queue(8);
        for (int stray : new int[] {1, 3, 1000, -1000, Integer.MIN_VALUE}) {
            fake.stray = stray;
            queue.submit(Op.READ, 0, 1, arena.allocate(512), stray);
            assertEquals(0, queue.complete(1, 1_000_000, (tag, status) -> { }));
        }
        assertEquals(5, queue.underWay());
        fake.vanish(); // ends those that will never come
        endGone(queue, 5);
        queue.close();
        disk.close();
        block.close();
    }

    private static void endGone(BlockQueue queue, int count) throws InterruptedException {
        List<BlockStatus> ends = new ArrayList<>();
        while (queue.underWay() > 0) {
            queue.complete(1, LONG, (tag, status) -> ends.add(status));
        }
        assertEquals(count, ends.size());
        assertTrue(ends.stream().allMatch(s -> s == BlockStatus.GONE), ends.toString());
    }

    @Test void interruptsWithoutWorkAreHarmless() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        try (BlockQueue queue = disk.queue(4)) {
            fake.ignore = 1;
            queue.submit(Op.READ, 0, 1, arena.allocate(512), 0);
            for (int i = 0; i < 200; i++) {
                fake.interrupt();
                assertEquals(0, queue.complete(1, 1_000_000, (tag, status) -> { }));
            }
            fake.vanish();
            endGone(queue, 1);
        }
        disk.close();
        block.close();
    }

    @Test void whatVanishesInMidCommandEndsItsRequests() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        try (BlockQueue queue = disk.queue(4)) {
            fake.ignore = 3;
            for (int i = 0; i < 3; i++) {
                assertTrue(queue.submit(Op.WRITE, i, 1, bytes(512, i), i));
            }
            assertEquals(0, queue.complete(0, 0, (tag, status) -> { }));
            fake.vanish();
            endGone(queue, 3);
        }
        assertEquals(BlockStatus.GONE, assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512))).status());
        assertEquals("gone", block.condition());
        disk.close();
        block.close();
    }

    /** Who finds no queue of his own shares one; devices have as few as one, and answer on threads of their own. */
    @ParameterizedTest @ValueSource(ints = {1, 2})
    void moreUsersThanQueuesTakeTurns(int queues) throws Exception {
        try (ExecutorService device = Executors.newSingleThreadExecutor(); ExecutorService threads = Executors.newFixedThreadPool(USERS)) {
            fake = new FakeDisk(queues);
            fake.answers = device;
            VirtioBlock block = open();
            QueuedDevice disk = disk(block);
            List<Future<?>> users = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                int first = user * FakeDisk.SECTORS / USERS;
                users.add(threads.submit(() -> {
                    writesAndChecks(disk, first);
                    return null;
                }));
            }
            disk.read(0, arena.allocate(512)); // the blocking face takes turns too
            for (Future<?> user : users) {
                user.get();
            }
            disk.close();
            block.close();
            device.submit(() -> { }).get();
        }
        assertEquals(0, fake.memory.given());
    }

    private void writesAndChecks(QueuedDevice disk, int first) throws Exception {
        MemorySegment memory = arena.allocate(8 * 512, 512);
        try (BlockQueue queue = disk.queue(8)) {
            for (int round = 0; round < 100; round++) {
                MemorySegment written = bytes(8 * 512, round * 1000L + first);
                for (Op op : new Op[] {Op.WRITE, Op.READ}) {
                    for (int i = 0; i < 8; i++) {
                        assertTrue(queue.submit(op, first + i, 1, (op == Op.WRITE ? written : memory).asSlice(i * 512L, 512), i));
                    }
                    assertEquals(8, queue.complete(8, LONG, (tag, status) -> assertEquals(BlockStatus.OK, status)));
                }
                assertEquals(-1, memory.mismatch(written));
            }
        }
    }

    /** Who looks after a shared ring copies what is others': memory of one thread would be out of his reach. */
    @Test void memoryOfOneThreadStaysIts() throws Exception {
        fake = new FakeDisk(1);
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        try (BlockQueue queue = disk.queue(4); Arena own = Arena.ofConfined()) {
            MemorySegment mine = own.allocate(512);
            assertThrows(IllegalArgumentException.class, () -> queue.submit(Op.READ, 0, 1, mine, 0));
            disk.write(3, mine.copyFrom(bytes(512, 4)));
            disk.read(3, mine.fill((byte) 0));
            assertEquals(-1, mine.mismatch(bytes(512, 4)));
            assertEquals(-1, fake.disk.asSlice(3 * 512, 512).mismatch(mine));
        }
        try (BlockQueue queue = disk.queue(4)) {
            Arena early = Arena.ofShared();
            fake.ignore = 1;
            queue.submit(Op.READ, 0, 1, early.allocate(512), 0);
            queue.complete(0, 0, (tag, status) -> { });
            early.close(); // with the request under way
            fake.answersLate(0);
            assertEquals(1, queue.complete(1, LONG, (tag, status) -> assertEquals(BlockStatus.DEVICE_ERROR, status)));
        }
        disk.read(3, arena.allocate(512)); // works on
        assertEquals(0, block.resets());
        disk.close();
        block.close();
    }

    /** Late requests and a device that asks for it: a reset, and all of them again. */
    @Test void aResetSubmitsAgainWhatWasUnderWay() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        try (BlockQueue queue = disk.queue(4)) {
            fake.ignore = 1;
            queue.submit(Op.WRITE, 5, 1, bytes(512, 9), 0);
            queue.complete(0, 0, (tag, status) -> { });
            for (int slot = 0; slot < queue.depth(); slot++) {
                ((RequestQueue) queue).due(slot, -1);
            }
            assertEquals(1, queue.complete(1, LONG, (tag, status) -> assertEquals(BlockStatus.OK, status)));
            fake.ignore = 1;
            queue.submit(Op.WRITE, 6, 1, bytes(512, 10), 0);
            queue.complete(0, 0, (tag, status) -> { });
            fake.breaks();
            assertEquals(1, queue.complete(1, LONG, (tag, status) -> assertEquals(BlockStatus.OK, status)));
        }
        assertEquals(2, block.resets());
        assertEquals(-1, fake.disk.asSlice(5 * 512, 512).mismatch(bytes(512, 9)));
        assertEquals(-1, fake.disk.asSlice(6 * 512, 512).mismatch(bytes(512, 10)));
        disk.close();
        block.close();
    }

    @Test void oneThatIsAnotherAfterItsResetHasFailed() throws Exception {
        VirtioBlock block = open();
        QueuedDevice disk = disk(block);
        try (BlockQueue queue = disk.queue(4)) {
            fake.ignore = 1;
            queue.submit(Op.READ, 0, 1, arena.allocate(512), 0);
            queue.complete(0, 0, (tag, status) -> { });
            fake.offered |= Feature.PACKED;
            fake.breaks();
            assertEquals(1, queue.complete(1, LONG, (tag, status) -> assertEquals(BlockStatus.DEVICE_ERROR, status)));
        }
        assertEquals("failed", block.condition());
        disk.close();
        block.close();
    }

    @Test void configurationsThatCantBeAreRefused() {
        fake.configurationBytes(0);
        assertEquals(Reason.MALFORMED, refused());
        fake.configurationBytes(4);
        assertEquals(Reason.MALFORMED, refused());
        fake.configurationBytes(8);
        fake.offered = fake.offered & ~Configuration.QUEUES | Configuration.BLOCK_SIZE; // its field lies behind the end
        assertEquals(Reason.MALFORMED, refused());
        fake.configurationBytes(0x40);
        for (int size : new int[] {0, 3, 256, 1 << 20, -1}) {
            fake.configuration(20, size);
            assertEquals(Reason.MALFORMED, refused(), "blocks of " + size);
        }
        fake.configuration(20, 512);
        fake.configuration(4, -1); // more sectors than there are bytes
        assertEquals(Reason.MALFORMED, refused());
        fake.configuration(4, 0);
        fake.queueSize = 2;
        assertEquals(Reason.MALFORMED, refused());
    }

    @Test void oneThatNeverResetsIsRefused() throws Exception {
        VirtioBlock block = open();
        fake.deaf = true;
        assertEquals(Reason.TIMED_OUT, refused());
        assertFalse(block.isUsable() && !block.condition().equals("ok"));
    }
}
