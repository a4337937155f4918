package org.cloudos.drv.ram;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class RamDiskTest {
    private static MemorySegment random(int bytes, long seed) {
        byte[] data = new byte[bytes];
        new Random(seed).nextBytes(data);
        return MemorySegment.ofArray(data);
    }

    @Test void aDiskOf16TiBTakesWhatIsWritten() throws Exception {
        try (RamDisk disk = new RamDisk("big", 4096, 1L << 32)) {
            MemorySegment data = random(3 * 65_536, 1), back = MemorySegment.ofArray(new byte[3 * 65_536]);
            long at = (1L << 32) - 100;
            disk.write(at, data);
            disk.read(at, back);
            assertEquals(-1, data.mismatch(back));
            assertEquals(4 * 65_536, disk.used());
            disk.discard(0, 1L << 32);
            assertEquals(0, disk.used());
            disk.read(at, back);
            assertEquals(-1, back.mismatch(MemorySegment.ofArray(new byte[3 * 65_536])));
        }
    }

    @Test void aPartOfAChunkIsCleared() throws Exception {
        try (RamDisk disk = new RamDisk("small", 512, 1024)) {
            disk.write(0, random(65_536, 2));
            disk.writeZeroes(1, 2);
            MemorySegment back = MemorySegment.ofArray(new byte[4 * 512]);
            disk.read(0, back);
            assertEquals(-1, back.asSlice(512, 1024).mismatch(MemorySegment.ofArray(new byte[1024])));
            assertEquals(-1, back.asSlice(1536).mismatch(random(65_536, 2).asSlice(1536, 512)));
        }
    }

    @Test void aFullMemoryIsSaid() throws Exception {
        try (RamDisk disk = new RamDisk("full", 4096, 1024, 65_536)) {
            disk.write(0, random(65_536, 3));
            assertEquals(BlockStatus.NO_SPACE, assertThrows(BlockException.class, () -> disk.write(512, random(4096, 3))).status());
            disk.write(0, random(65_536, 4));
            disk.discard(0, 16);
            disk.write(512, random(4096, 3));
        }
    }

    @Test void refusesWhatCantBe() throws Exception {
        RamDisk disk = new RamDisk("small", 512, 8);
        assertEquals(BlockStatus.OUT_OF_RANGE, assertThrows(BlockException.class, () -> disk.read(8, random(512, 0))).status());
        assertEquals(BlockStatus.OUT_OF_RANGE, assertThrows(BlockException.class, () -> disk.discard(1, Long.MAX_VALUE)).status());
        assertThrows(IllegalArgumentException.class, () -> disk.read(0, random(100, 0)));
        disk.close();
        disk.close();
        assertEquals(BlockStatus.GONE, assertThrows(BlockException.class, () -> disk.read(0, random(512, 0))).status());
    }

    @Test void aQueueKeepsWhatEnded() throws Exception {
        try (RamDisk disk = new RamDisk("queued", 512, 8); BlockQueue queue = disk.queue(2)) {
            assertTrue(queue.submit(Op.WRITE, 0, 1, random(512, 5), 1));
            assertTrue(queue.submit(Op.FLUSH, 0, 0, null, 2));
            assertFalse(queue.submit(Op.FLUSH, 0, 0, null, 3));
            StringBuilder ends = new StringBuilder();
            assertEquals(2, queue.complete(2, 0, (tag, status) -> ends.append(tag).append(status)));
            assertEquals("1OK2OK", ends.toString());
            queue.submit(Op.READ, 8, 1, random(512, 5), 4);
            queue.complete(1, 0, (tag, status) -> assertEquals(BlockStatus.OUT_OF_RANGE, status));
        }
    }

    /** Who keeps a queue full submits at each end: a call returns all the same. */
    @Test @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) void aSinkThatSubmitsKeepsNoCall() throws Exception {
        try (RamDisk disk = new RamDisk("busy", 512, 8); BlockQueue queue = disk.queue(4)) {
            MemorySegment memory = random(512, 6);
            for (int i = 0; i < 3; i++) {
                queue.submit(Op.WRITE, i, 1, memory, i);
            }
            assertEquals(3, queue.complete(1, 0, (tag, status) -> assertTrue(queue.submit(Op.WRITE, tag, 1, memory, tag))));
            assertEquals(10, queue.complete(10, 0, (tag, status) -> assertTrue(queue.submit(Op.WRITE, tag, 1, memory, tag))));
            assertEquals(3, queue.complete(3, 0, (tag, status) -> assertEquals(BlockStatus.OK, status)));
        }
    }

    /** Threads write and discard blocks of their own in the chunks of all: nobody may see another's bytes. */
    @Test void threadsDontMeet() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        try (RamDisk disk = new RamDisk("shared", 512, 4096)) {
            Thread[] threads = new Thread[4];
            for (int t = 0; t < threads.length; t++) {
                int mine = t;
                threads[t] = Thread.ofPlatform().start(() -> {
                    Random random = new Random(mine);
                    MemorySegment back = MemorySegment.ofArray(new byte[512]);
                    for (int i = 0; i < 5_000; i++) {
                        long block = random.nextInt(1024) * 4L + mine;
                        MemorySegment data = random(512, i);
                        try {
                            disk.write(block, data);
                            disk.read(block, back);
                            wrong.addAndGet(data.mismatch(back) == -1 ? 0 : 1);
                            disk.discard(block, 1);
                        } catch (BlockException e) {
                            wrong.incrementAndGet();
                        }
                    }
                });
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(0, wrong.get());
    }

    @Test void optionsAreRead() {
        assertEquals(3L << 40, RamDriver.disk("d", Map.of("size", "3T")).geometry().bytes());
        assertEquals(512, RamDriver.disk("d", Map.of("size", "64k", "block-size", "512")).geometry().blockSize());
        for (Map<String, String> wrong : List.of(Map.<String, String>of(), Map.of("size", "x"), Map.of("size", "-1"), Map.of("size", "9999999T"),
                Map.of("size", "1M", "block-size", "3"), Map.of("sise", "1M"), Map.of("size", ""))) {
            assertThrows(IllegalArgumentException.class, () -> RamDriver.disk("d", wrong), wrong.toString());
        }
    }
}
