package org.cloudos.fs.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cloudos.drv.ram.RamDisk;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.block.IoPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayeredDeviceTest {
    private static final int BLOCKS = 4096, BLOCK = 4096;

    /** Random work against an array: the same bytes everywhere, whatever stands before the device, and on the device after a flush. */
    @ParameterizedTest @ValueSource(strings = {"plain", "deadline", "cache", "cache and deadline"})
    void keepsWhatAnArrayKeeps(String shape) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] model = new byte[BLOCKS * BLOCK];
        try (RamDisk disk = new RamDisk("d", BLOCK, BLOCKS); Arena arena = Arena.ofShared()) {
            LayeredDevice device = new LayeredDevice(disk);
            device.policy(shape.contains("deadline") ? new DeadlinePolicy() : null);
            device.cache(shape.contains("cache") ? 2 << 20 : 0);
            MemorySegment memory = arena.allocate(64 * BLOCK, BLOCK);
            for (int step = 0; step < 3000; step++) {
                int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 64 : 4), at = random.nextInt(BLOCKS - count);
                MemorySegment part = memory.asSlice(0, (long) count * BLOCK);
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> {
                        part.fill((byte) random.nextInt());
                        part.set(ValueLayout.JAVA_INT, 0, step);
                        MemorySegment.copy(part, ValueLayout.JAVA_BYTE, 0, model, at * BLOCK, count * BLOCK);
                        if (step % 5 == 0) {
                            device.writeThrough(at, part);
                        } else {
                            device.write(at, part);
                        }
                    }
                    case 3 -> {
                        device.writeZeroes(at, count);
                        Arrays.fill(model, at * BLOCK, (at + count) * BLOCK, (byte) 0);
                    }
                    case 4 -> device.flush();
                    default -> {
                        device.read(at, part);
                        assertEquals(-1, part.mismatch(MemorySegment.ofArray(model).asSlice((long) at * BLOCK, (long) count * BLOCK)),
                                "seed " + seed + ", step " + step);
                    }
                }
            }
            device.close();
            MemorySegment all = arena.allocate((long) BLOCKS * BLOCK, BLOCK);
            disk.read(0, all);
            assertEquals(-1, all.mismatch(MemorySegment.ofArray(model)), "seed " + seed);
            assertEquals(0, device.statistics().waiting());
        }
    }

    @Test void manyThreadsShareTheCache() throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        try (RamDisk disk = new RamDisk("d", 512, 8 * BLOCKS); Arena arena = Arena.ofShared()) {
            LayeredDevice device = new LayeredDevice(disk);
            device.cache(1 << 20);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int mine = t;
                threads.add(Thread.ofPlatform().start(() -> {
                    Random random = new Random(mine);
                    MemorySegment memory = arena.allocate(512, 512);
                    int[] last = new int[8 * BLOCKS];
                    for (int i = 1; i < 10_000; i++) {
                        int block = random.nextInt(2 * BLOCKS) * 4 + mine; // pages are shared by the threads, blocks are not
                        try {
                            device.read(block, memory);
                            wrong.addAndGet(memory.get(ValueLayout.JAVA_INT, 0) == last[block] ? 0 : 1);
                            device.write(block, memory.fill((byte) i).asSlice(0, 512));
                            last[block] = memory.get(ValueLayout.JAVA_INT, 0);
                        } catch (BlockException e) {
                            wrong.incrementAndGet();
                        }
                    }
                }));
            }
            for (Thread t : threads) {
                t.join();
            }
            assertTrue(device.statistics().dirty() <= 1 << 19, "half of it may be dirty");
            device.close();
        }
        assertEquals(0, wrong.get());
    }

    @Test void aDeviceThatFailsIsSaidAndNobodyHangs() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (RamDisk disk = new RamDisk("d", BLOCK, BLOCKS)) {
            CacheDevice cache = new CacheDevice(new CacheDevice.Below() {
                @Override public void read(long block, MemorySegment into) throws BlockException {
                    disk.read(block, into);
                }

                @Override public void write(long block, MemorySegment from) throws BlockException {
                    if (broken.get()) {
                        throw new BlockException("d", "write", BlockStatus.MEDIUM_ERROR);
                    }
                    disk.write(block, from);
                }

                @Override public void flush() { }

                @Override public BlockGeometry geometry() {
                    return disk.geometry();
                }
            }, 1 << 20);
            MemorySegment block = MemorySegment.ofArray(new byte[BLOCK]);
            assertThrows(BlockException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    cache.write(i, block);
                }
            });
            assertThrows(BlockException.class, cache::flush);
            broken.set(false);
            cache.flush(); // what was dirty is still there
            assertEquals(0, cache.dirtyBytes());
            cache.close();
        }
    }

    @Test void neighboursGoAsOneAndNobodyStarves() {
        IoPolicy.Order order = new DeadlinePolicy().order();
        long now = System.nanoTime(); // before they come: nobody has waited long, however slow the machine is
        for (int i : new int[] {5, 3, 9, 1, 7}) {
            order.add(new Task(Op.READ, i, 1, null, i, null));
        }
        order.add(new Task(Op.WRITE, 2, 1, null, 2, null));
        order.add(new Task(Op.FLUSH, 0, 0, null, 0, null));
        StringBuilder said = new StringBuilder();
        while (order.size() > 0) {
            IoPolicy.Request r = order.next(now);
            said.append(r.op()).append(r.block()).append(' ');
        }
        assertEquals("FLUSH0 READ1 READ3 READ5 READ7 READ9 WRITE2 ", said.toString());
        order.add(new Task(Op.READ, 1, 1, null, 0, null));
        order.add(new Task(Op.WRITE, 50, 1, null, 0, null));
        for (int i = 0; i < 100; i++) {
            order.add(new Task(Op.READ, i, 1, null, 0, null));
        }
        boolean written = false;
        long later = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
        for (int i = 0; i < 60; i++) {
            written |= order.next(later).op() == Op.WRITE;
        }
        assertTrue(written);
    }

    @Test void aQueueGoesThroughTheOrder() throws Exception {
        try (RamDisk disk = new RamDisk("d", BLOCK, BLOCKS); Arena arena = Arena.ofShared()) {
            LayeredDevice device = new LayeredDevice(disk);
            device.policy(new DeadlinePolicy());
            MemorySegment memory = arena.allocate(64 * BLOCK, BLOCK);
            for (int i = 0; i < 64; i++) {
                memory.set(ValueLayout.JAVA_INT, (long) i * BLOCK, i + 1);
            }
            try (BlockQueue queue = device.queue(64)) {
                for (Op op : new Op[] {Op.WRITE, Op.READ}) {
                    for (int i = 63; i >= 0; i--) {
                        assertTrue(queue.submit(op, i, 1, memory.asSlice((long) i * BLOCK, BLOCK), i));
                    }
                    int[] ended = {0};
                    queue.complete(64, Long.MAX_VALUE, (tag, status) -> ended[0] += status == BlockStatus.OK ? 1 : 100);
                    assertEquals(64, ended[0]);
                }
            }
            for (int i = 0; i < 64; i++) {
                assertEquals(i + 1, memory.get(ValueLayout.JAVA_INT, (long) i * BLOCK));
            }
            BlockDevice after = disk;
            after.read(5, memory.asSlice(0, BLOCK));
            assertEquals(6, memory.get(ValueLayout.JAVA_INT, 0));
            assertEquals(64, device.statistics().writes());
            device.close();
        }
    }

    /** Who keeps a queue full submits at each end: a call returns all the same, and so it does when all is refused. */
    @Test @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) void aSinkThatSubmitsKeepsNoCall() throws Exception {
        try (RamDisk disk = new RamDisk("d", BLOCK, BLOCKS); Arena arena = Arena.ofShared()) {
            LayeredDevice device = new LayeredDevice(disk);
            device.policy(new DeadlinePolicy());
            MemorySegment memory = arena.allocate(4 * BLOCK, BLOCK);
            try (BlockQueue queue = device.queue(4)) {
                BlockQueue.Completion again = (tag, status) -> assertTrue(queue.submit(Op.READ, tag, 1, memory.asSlice(tag * BLOCK, BLOCK), tag));
                for (int i = 0; i < 4; i++) {
                    again.done(i, BlockStatus.OK);
                }
                for (int i = 0; i < 100; i++) {
                    assertTrue(queue.complete(1 + i % 9, Long.MAX_VALUE, again) > i % 9);
                }
                device.close();
                for (int i = 0; i < 100; i++) {
                    assertTrue(queue.complete(1 + i % 9, Long.MAX_VALUE, again) > i % 9);
                }
            }
        }
    }
}
