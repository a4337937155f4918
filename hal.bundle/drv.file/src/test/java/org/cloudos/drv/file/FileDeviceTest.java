package org.cloudos.drv.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.cloudos.drv.file.FileDevice.Option;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.linux.ffm.FileCalls;
import org.cloudos.linux.file.LinuxFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileDeviceTest {
    private static final long SIZE = 16 << 20;
    @TempDir Path folder;
    private final LinuxFiles files = new FileCalls();

    private FileDevice device(Option... options) throws BlockException {
        String path = folder.resolve("image").toString();
        if (!Files.exists(Path.of(path))) {
            FileDevice.create(files, path, SIZE);
        }
        return FileDevice.open(files, "image", path, options.length == 0 ? Set.of() : EnumSet.of(options[0], options));
    }

    private static MemorySegment random(Arena arena, long bytes, long alignment, long seed) {
        MemorySegment memory = arena.allocate(bytes, alignment);
        Random random = new Random(seed);
        for (long i = 0; i < bytes; i += 8) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, i, random.nextLong());
        }
        return memory;
    }

    @ParameterizedTest @ValueSource(strings = {"", "BUFFERED", "THREADS"})
    void keepsWhatIsWrittenWhateverTheMemory(String option) throws Exception {
        try (FileDevice device = option.isEmpty() ? device() : device(Option.valueOf(option)); Arena arena = Arena.ofConfined()) {
            int block = device.geometry().blockSize();
            MemorySegment data = random(arena, 3 << 20, 4096, 1), back = arena.allocate(3 << 20, 4096);
            device.write(8, data);
            device.read(8, back);
            assertEquals(-1, data.mismatch(back));
            MemorySegment odd = arena.allocate((3 << 20) + 1).asSlice(1);
            device.read(8, odd);
            assertEquals(-1, data.mismatch(odd));
            device.writeThrough(8 + 1, odd.asSlice(0, 2L * block));
            MemorySegment heap = MemorySegment.ofArray(new byte[2 * block]);
            device.read(9, heap);
            assertEquals(-1, heap.mismatch(odd.asSlice(0, 2L * block)));
            device.flush();
            device.writeZeroes(9, 1);
            device.read(9, heap);
            assertEquals(-1, heap.asSlice(0, block).mismatch(MemorySegment.ofArray(new byte[block])));
            device.discard(0, device.geometry().blocks());
        }
    }

    @ParameterizedTest @ValueSource(strings = {"", "BUFFERED", "THREADS"})
    void aQueueDoesManyAtOnce(String option) throws Exception {
        try (FileDevice device = option.isEmpty() ? device() : device(Option.valueOf(option)); Arena arena = Arena.ofShared()) {
            int block = device.geometry().blockSize(), count = 64;
            MemorySegment data = random(arena, 64L * 4096, 4096, 2), back = arena.allocate(64L * 4096, 4096);
            long per = 4096 / block;
            int[] ended = new int[count];
            try (BlockQueue queue = device.queue(16)) {
                for (Op op : new Op[] {Op.WRITE, Op.READ}) {
                    for (int i = 0; i < count; i++) {
                        MemorySegment part = (op == Op.WRITE ? data : back).asSlice(i * 4096L, 4096);
                        while (!queue.submit(op, i * per, per, part, i)) {
                            queue.complete(1, TimeUnit.MINUTES.toNanos(1), (tag, status) -> ended[(int) tag] += status == BlockStatus.OK ? 1 : 100);
                        }
                    }
                    queue.complete(queue.underWay(), TimeUnit.MINUTES.toNanos(1), (tag, status) -> ended[(int) tag] += status == BlockStatus.OK ? 1 : 100);
                    assertEquals(0, queue.underWay());
                }
                for (int e : ended) {
                    assertEquals(2, e);
                }
                assertEquals(-1, data.mismatch(back));
                BlockStatus[] last = new BlockStatus[1];
                for (Op op : new Op[] {Op.FLUSH, Op.WRITE_ZEROES, Op.DISCARD}) {
                    assertTrue(queue.submit(op, 0, op == Op.FLUSH ? 0 : per, null, 0));
                    queue.complete(1, TimeUnit.MINUTES.toNanos(1), (tag, status) -> last[0] = status);
                    assertEquals(BlockStatus.OK, last[0]);
                }
                try (Arena own = Arena.ofConfined()) {
                    MemorySegment mine = own.allocate(4096, 4096);
                    if (option.equals("THREADS")) {
                        assertThrows(IllegalArgumentException.class, () -> queue.submit(Op.READ, 0, per, mine, 0));
                    }
                }
                queue.submit(Op.READ, device.geometry().blocks(), per, back, 0);
                queue.complete(1, TimeUnit.MINUTES.toNanos(1), (tag, status) -> last[0] = status);
                assertEquals(BlockStatus.OUT_OF_RANGE, last[0]);
                assertEquals(0, queue.complete(0, 0, (tag, status) -> { }));
            }
        }
    }

    /** Who keeps a queue full submits at each end, what is refused at once too: a call returns all the same. */
    @ParameterizedTest @ValueSource(strings = {"", "BUFFERED", "THREADS"}) @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
    void aSinkThatSubmitsKeepsNoCall(String option) throws Exception {
        try (FileDevice device = option.isEmpty() ? device() : device(Option.valueOf(option)); Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4 * 4096L, 4096);
            long per = 4096 / device.geometry().blockSize(), behind = device.geometry().blocks();
            int[] refused = new int[1];
            try (BlockQueue queue = device.queue(4)) {
                BlockQueue.Completion again = (tag, status) -> {
                    refused[0] += status == BlockStatus.OUT_OF_RANGE ? 1 : 0;
                    assertTrue(queue.submit(Op.READ, tag < 2 ? behind : tag * per, per, memory.asSlice(tag * 4096, 4096), tag));
                };
                for (int i = 0; i < 4; i++) {
                    again.done(i, BlockStatus.OK);
                }
                for (int i = 0; i < 100; i++) {
                    assertTrue(queue.complete(1 + i % 9, Long.MAX_VALUE, again) > i % 9);
                }
                assertEquals(4, queue.complete(4, Long.MAX_VALUE, (tag, status) -> { }));
            }
            assertTrue(refused[0] > 0);
        }
    }

    @Test void refusesWhatCantBe() throws Exception {
        try (FileDevice device = device(); Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(device.geometry().blockSize(), 4096);
            assertEquals(BlockStatus.OUT_OF_RANGE,
                    assertThrows(BlockException.class, () -> device.read(device.geometry().blocks(), block)).status());
            assertEquals(BlockStatus.OUT_OF_RANGE, assertThrows(BlockException.class, () -> device.write(-1, block)).status());
            assertThrows(IllegalArgumentException.class, () -> device.read(0, block.asSlice(1)));
            BlockException twice = assertThrows(BlockException.class, this::device);
            assertTrue(twice.getMessage().contains("another system has it open"), twice.getMessage());
        }
        try (FileDevice device = device(Option.READ_ONLY); FileDevice second = device(Option.READ_ONLY); Arena arena = Arena.ofConfined()) {
            assertTrue(second.geometry().readOnly());
            MemorySegment block = arena.allocate(device.geometry().blockSize(), 4096);
            assertEquals(BlockStatus.READ_ONLY, assertThrows(BlockException.class, () -> device.write(0, block)).status());
        }
        assertThrows(BlockException.class, () -> FileDevice.open(files, "folder", folder.toString(), Set.of(Option.READ_ONLY)));
        assertThrows(BlockException.class, () -> FileDevice.open(files, "none", folder.resolve("none").toString(), Set.of()));
    }

    @Test void isGoneWhenClosed() throws Exception {
        FileDevice device = device();
        device.close();
        device.close();
        assertEquals(BlockStatus.GONE, assertThrows(BlockException.class, device::flush).status());
        device().close(); // the lock went with it
    }

    @Test void noticesAShorterFile() throws Exception {
        try (FileDevice device = device(); Arena arena = Arena.ofConfined()) {
            Files.write(folder.resolve("image"), new byte[4096]);
            MemorySegment memory = arena.allocate(8192, 4096);
            assertEquals(BlockStatus.DEVICE_ERROR, assertThrows(BlockException.class, () -> device.read(0, memory)).status());
            device.refresh();
            assertEquals(4096, device.geometry().bytes());
        }
    }

    @Test void anInterruptEndsOnlyTheWait() throws Exception {
        try (FileDevice device = device(); BlockQueue queue = device.queue(4); Arena arena = Arena.ofConfined()) {
            assertTrue(queue.submit(Op.READ, 0, 4096 / device.geometry().blockSize(), arena.allocate(4096, 4096), 7));
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> queue.complete(1, Long.MAX_VALUE, (tag, status) -> { }));
            assertFalse(Thread.currentThread().isInterrupted());
            assertEquals(1, queue.complete(1, Long.MAX_VALUE, (tag, status) -> assertEquals(7, tag)));
        }
    }
}
