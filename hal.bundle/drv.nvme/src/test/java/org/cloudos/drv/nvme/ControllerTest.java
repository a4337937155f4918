package org.cloudos.drv.nvme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.queue.QueuedDevice;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.sim.Allocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ControllerTest {
    private static final long LONG = 60_000_000_000L;
    private final FakeNvme fake = new FakeNvme();
    private final Arena arena = Arena.ofShared();

    @AfterEach void end() {
        fake.close();
        arena.close();
    }

    private QueuedDevice disk(Controller controller) throws IOException {
        NamespaceIdentity namespace = controller.namespaces(new ArrayList<>()).getFirst();
        BlockGeometry geometry = controller.geometry(namespace);
        return new QueuedDevice("disk", 2, new QueuedDevice.Hardware() {
            @Override public BlockGeometry geometry() {
                return geometry;
            }

            @Override public BlockQueue open(int depth) throws BlockException {
                return controller.open(namespace, geometry, depth);
            }
        });
    }

    private MemorySegment bytes(int size, int first) {
        MemorySegment memory = arena.allocate(size, 8);
        for (int i = 0; i < size; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (first + i * 7));
        }
        return memory;
    }

    @Test void identifiesAndTransfersEverySize() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        assertEquals(new Identity("SERIAL", "A model", "", 8192, false, false, true, false), controller.identity());
        QueuedDevice disk = disk(controller);
        for (int blocks : new int[] {1, 2, 7, 8, 9, 15, 16, 17, 33, 100}) {
            MemorySegment written = bytes(blocks * FakeNvme.BLOCK, blocks);
            disk.write(blocks, written);
            MemorySegment read = arena.allocate(written.byteSize());
            disk.read(blocks, read);
            assertEquals(-1, read.mismatch(written), blocks + " blocks");
            assertEquals(-1, fake.disk.asSlice((long) blocks * FakeNvme.BLOCK, written.byteSize()).mismatch(written));
        }
        disk.flush();
        BlockException e = assertThrows(BlockException.class, () -> disk.read(FakeNvme.BLOCKS - 1, arena.allocate(1024)));
        assertEquals(BlockStatus.OUT_OF_RANGE, e.status());
        disk.close();
        controller.close();
    }

    @Test void queueKeepsManyUnderWayInAnyOrderAndGivesAllMemoryBack() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        int before = fake.given();
        try (BlockQueue queue = disk.queue(16)) {
            assertTrue(queue.depth() >= 16);
            MemorySegment[] memory = new MemorySegment[queue.depth()];
            for (int i = 0; i < memory.length; i++) {
                memory[i] = bytes(1024, i);
                assertTrue(queue.submit(Op.WRITE, i * 2L, 2, memory[i], i));
            }
            assertFalse(queue.submit(Op.FLUSH, 0, 0, null, 0), "the queue is full");
            List<Long> ended = new ArrayList<>();
            while (queue.underWay() > 0) {
                queue.complete(1, LONG, (tag, status) -> {
                    assertEquals(BlockStatus.OK, status);
                    ended.add(tag);
                });
            }
            assertEquals(memory.length, ended.stream().distinct().count());
            assertEquals(-1, fake.disk.asSlice(2 * 1024, 1024).mismatch(memory[2]));
        }
        assertEquals(before, fake.given());
        controller.close();
    }

    @Test void aRequestAllocatesNothing() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        for (int depth : new int[] {1, 15}) {
            try (BlockQueue queue = disk.queue(depth)) {
                assertEquals(0, Allocation.perRequest(queue, depth, arena.allocate(FakeNvme.BLOCK, 4096)), "bytes of a request at depth " + depth);
            }
        }
        controller.close();
    }

    @Test void failuresKeepTheDevicesReason() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        fake.status = 2 << 9 | 0x81 << 1; // media: unrecovered read error
        BlockException e = assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        assertEquals(BlockStatus.MEDIUM_ERROR, e.status());
        assertEquals(1, controller.errors());
        fake.status = 0;
        disk.read(0, arena.allocate(512)); // works on
        controller.close();
    }

    @Test void aControllerThatNeverGetsReadyIsRefused() {
        fake.deaf = true;
        DeviceException e = assertThrows(DeviceException.class, () -> new Controller(fake, "nvme0"));
        assertEquals(Reason.TIMED_OUT, e.reason());
    }

    @Test void whatVanishesEndsItsRequests() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        disk.read(0, arena.allocate(512));
        fake.ignore = Integer.MAX_VALUE;
        Thread pull = Thread.ofPlatform().start(() -> fake.vanish());
        BlockException e = assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        assertEquals(BlockStatus.GONE, e.status());
        pull.join();
        assertThrows(BlockException.class, () -> disk.read(1, arena.allocate(512)));
    }

    @Test void completionsForNothingAreCountedAndHurtNobody() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        try (BlockQueue queue = disk.queue(8)) {
            fake.wrongIds = true;
            queue.submit(Op.READ, 0, 1, arena.allocate(512), 1);
            assertEquals(0, queue.complete(1, 300_000_000L, (tag, status) -> { }));
            assertEquals(1, queue.underWay());
            fake.wrongIds = false;
            fake.vanish(); // ends the one that will never come
        }
    }

    @Test void aResetSubmitsAgainWhatWasUnderWay() throws Exception {
        Controller controller = new Controller(fake, "nvme0");
        QueuedDevice disk = disk(controller);
        MemorySegment written = bytes(512, 3);
        try (BlockQueue queue = disk.queue(8)) {
            fake.ignore = 1;
            queue.submit(Op.WRITE, 5, 1, written, 9);
            queue.complete(0, 0, (tag, status) -> { });
            for (int slot = 0; slot < queue.depth(); slot++) {
                ((RequestQueue) queue).due(slot, -1); // late, without half a minute of waiting
            }
            List<BlockStatus> ends = new ArrayList<>();
            while (queue.underWay() > 0) {
                queue.complete(1, LONG, (tag, status) -> ends.add(status));
            }
            assertEquals(List.of(BlockStatus.OK), ends);
        }
        assertEquals(2, fake.resets);
        assertEquals(1, controller.resets());
        assertEquals(-1, fake.disk.asSlice(5 * 512, 512).mismatch(written));
        controller.close();
    }
}
