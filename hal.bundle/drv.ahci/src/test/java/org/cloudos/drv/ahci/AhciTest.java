package org.cloudos.drv.ahci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.sim.Allocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class AhciTest {
    private static final long LONG = TimeUnit.MINUTES.toNanos(1);
    private final FakeAhci fake = new FakeAhci();
    private final Arena arena = Arena.ofShared();
    private final BlockingQueue<PortDevice> came = new LinkedBlockingQueue<>();
    private final BlockingQueue<PortDevice> went = new LinkedBlockingQueue<>();

    @AfterEach void end() {
        arena.close();
    }

    private Ahci open() throws IOException {
        return new Ahci(fake, "ahci0", d -> {
            came.add(d);
            return () -> went.add(d);
        }, () -> { });
    }

    private BlockDevice disk() throws InterruptedException {
        PortDevice device = came.poll(60, TimeUnit.SECONDS);
        assertTrue(device != null, "no disk came");
        return device.device();
    }

    private MemorySegment bytes(int size, int first) {
        MemorySegment memory = arena.allocate(size, 8);
        for (int i = 0; i < size; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (first + i * 7));
        }
        return memory;
    }

    private void transfersEverySize() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        assertEquals("ahci0p0", disk.name());
        assertEquals(4096, disk.geometry().physicalBlock());
        for (int count : new int[] {1, 2, 7, 8, 9, 33, 1023, 1024, 1025, 3000}) {
            MemorySegment written = bytes(count * FakeAhci.SECTOR, count);
            disk.write(count, written);
            MemorySegment read = arena.allocate(written.byteSize());
            disk.read(count, read);
            assertEquals(-1, read.mismatch(written), count + " sectors");
            assertEquals(-1, fake.disk.asSlice((long) count * FakeAhci.SECTOR, written.byteSize()).mismatch(written));
        }
        disk.writeThrough(FakeAhci.SECTORS - 1, bytes(512, 5));
        disk.flush();
        disk.discard(0, 3000);
        disk.writeZeroes(1, 4000);
        assertEquals(-1, fake.disk.asSlice(512, 4000 * 512).mismatch(arena.allocate(4000 * 512)));
        BlockException e = assertThrows(BlockException.class, () -> disk.read(FakeAhci.SECTORS - 1, arena.allocate(1024)));
        assertEquals(BlockStatus.OUT_OF_RANGE, e.status());
        ahci.close();
        assertEquals(1, fake.memory.given(), "the zeros go with the function");
    }

    @Test void transfersEverySizeQueued() throws Exception {
        transfersEverySize();
    }

    @Test void transfersEverySizeWithoutQueuing() throws Exception {
        fake.queues = false;
        transfersEverySize();
    }

    @Test void manyUsersShareThePort() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            Callable<Integer> user = () -> {
                int ends = 0;
                try (BlockQueue queue = disk.queue(32)) {
                    MemorySegment memory = arena.allocate(512, 8);
                    int[] seen = new int[1];
                    for (int i = 0; i < 2000; i++) {
                        while (!queue.submit(i % 50 == 0 ? Op.FLUSH : Op.READ, i % 50 == 0 ? 0 : i, i % 50 == 0 ? 0 : 1, memory, i)) {
                            ends += queue.complete(1, LONG, (tag, status) -> seen[0] += status == BlockStatus.OK ? 1 : 0);
                        }
                    }
                    ends += queue.complete(queue.underWay(), LONG, (tag, status) -> seen[0] += status == BlockStatus.OK ? 1 : 0);
                    assertEquals(ends, seen[0]);
                }
                return ends;
            };
            List<Future<Integer>> all = IntStream.range(0, 6).mapToObj(i -> threads.submit(user)).toList();
            for (Future<Integer> f : all) {
                assertEquals(2000, f.get(90, TimeUnit.SECONDS));
            }
        }
        ahci.close();
    }

    @Test void aRequestAllocatesNothing() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        for (int depth : new int[] {1, 32}) {
            try (BlockQueue queue = disk.queue(depth)) {
                assertEquals(0, Allocation.perRequest(queue, depth, arena.allocate(FakeAhci.SECTOR, 4096)), "bytes of a request at depth " + depth);
            }
        }
        ahci.close();
    }

    /** Each access of a register leaves a virtual machine. */
    @Test void aRequestAloneCostsTwoWritesOfRegisters() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        try (BlockQueue queue = disk.queue(1)) {
            MemorySegment memory = arena.allocate(FakeAhci.SECTOR, 4096);
            int before = fake.accesses;
            for (int i = 0; i < 100; i++) {
                queue.submit(Op.READ, i, 1, memory, i);
                assertEquals(1, queue.complete(1, LONG, (tag, status) -> assertEquals(BlockStatus.OK, status)));
            }
            int touched = fake.accesses - before; // the watch looks at the link now and then
            assertTrue(touched >= 200 && touched < 300, "expected some 200 accesses of registers for 100 requests, found " + touched);
        }
        ahci.close();
    }

    private void onlyTheBadSectorFails() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        fake.badSector = 13;
        try (BlockQueue queue = disk.queue(32)) {
            for (int i = 0; i < 32; i++) {
                assertTrue(queue.submit(Op.READ, i, 1, arena.allocate(512, 8), i));
            }
            queue.complete(32, LONG, (tag, status) -> assertEquals(tag == 13 ? BlockStatus.MEDIUM_ERROR : BlockStatus.OK, status, "sector " + tag));
            assertEquals(0, queue.underWay());
        }
        BlockException e = assertThrows(BlockException.class, () -> disk.read(13, arena.allocate(512)));
        assertTrue(e.getMessage().contains("ATA error 0x40"), e.getMessage());
        disk.read(14, arena.allocate(512)); // works on
        ahci.close();
    }

    @Test void anErrorThatTheLogNamesFailsOneRequest() throws Exception {
        fake.namesCulprit = true;
        onlyTheBadSectorFails();
    }

    @Test void anErrorThatNothingNamesIsFoundOneByOne() throws Exception {
        onlyTheBadSectorFails();
    }

    @Test void anErrorWithoutQueuing() throws Exception {
        fake.queues = false;
        onlyTheBadSectorFails();
    }

    @Test void errorsOutOfNothingHurtNobody() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        MemorySegment memory = arena.allocate(512, 8);
        for (int i = 0; i < 100; i++) {
            fake.spurious = true;
            disk.read(i, memory);
        }
        ahci.close();
    }

    @Test void aPulledDiskEndsItsRequestsAndAnotherComes() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        fake.silent = true;
        Thread pull = Thread.ofPlatform().start(() -> fake.unplugged = true);
        BlockException e = assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        assertEquals(BlockStatus.GONE, e.status());
        pull.join();
        assertEquals(disk, went.poll(60, TimeUnit.SECONDS).device());
        fake.silent = false;
        fake.unplugged = false;
        BlockDevice next = disk();
        next.read(0, arena.allocate(512));
        assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        ahci.close();
    }

    @Test void aVanishedControllerEndsItsRequests() throws Exception {
        Ahci ahci = open();
        BlockDevice disk = disk();
        fake.silent = true;
        Thread pull = Thread.ofPlatform().start(fake::vanish);
        BlockException e = assertThrows(BlockException.class, () -> disk.read(0, arena.allocate(512)));
        assertEquals(BlockStatus.GONE, e.status());
        pull.join();
        ahci.close();
    }

    /** A command without an answer, late at once: the link is reset, three times; then it fails, and the disk works on. */
    @Test void whatIsNeverAnsweredFailsInTheEnd() throws Exception {
        Ahci ahci = open();
        PortDevice device = came.poll(60, TimeUnit.SECONDS);
        fake.silent = true;
        List<BlockStatus> ends = new java.util.ArrayList<>();
        try (BlockQueue queue = device.device().queue(8)) {
            queue.submit(Op.READ, 0, 1, arena.allocate(512, 8), 1);
            while (queue.underWay() > 0) {
                device.expire();
                queue.complete(1, 1_000_000, (tag, status) -> ends.add(status));
            }
        }
        assertEquals(List.of(BlockStatus.TIMED_OUT), ends);
        assertEquals(3, fake.resets);
        fake.silent = false;
        device.device().read(0, arena.allocate(512));
        ahci.close();
    }

    @Test void aControllerThatNeverEndsItsResetIsRefused() {
        fake.deaf = true;
        assertEquals(Reason.TIMED_OUT, assertThrows(DeviceException.class, this::open).reason());
    }
}
