package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockGeometry;

/**
 * Writes or reads a stretch of a device in pieces of sizes that bite: one block, odd numbers of them, just under, at and over the largest
 * transfer, from memory that is and is not aligned to pages.
 */
final class Transfers {
    private static final int LARGEST_FACTOR = 3;

    private final BlockDevice device;
    private final BlockGeometry geometry;
    private final Pattern pattern;
    private final SplittableRandom random;

    Transfers(BlockDevice device, Pattern pattern) {
        this.device = device;
        this.geometry = device.geometry();
        this.pattern = pattern;
        this.random = new SplittableRandom(pattern.seed());
    }

    /** Takes a piece of memory that stands for the device's bytes from an offset on. */
    private interface Step {
        void at(long block, MemorySegment memory) throws IOException;
    }

    void write(long from, long bytes) throws IOException {
        walk(from, bytes, (block, memory) -> {
            pattern.fill(memory, block * geometry.blockSize());
            if (random.nextInt(16) == 0) {
                device.writeThrough(block, memory);
            } else {
                device.write(block, memory);
            }
        });
        device.flush();
    }

    /** @throws IOException also when a byte is not what {@link #write} wrote */
    void check(long from, long bytes) throws IOException {
        walk(from, bytes, (block, memory) -> {
            memory.fill((byte) 0x55);
            device.read(block, memory);
            long wrong = pattern.firstDifference(memory, block * geometry.blockSize());
            if (wrong >= 0) {
                throw new IOException(device.name() + ": byte " + wrong + " is not what was written with the seed " + pattern.seed());
            }
        });
    }

    private void walk(long from, long bytes, Step step) throws IOException {
        int size = geometry.blockSize();
        long most = (long) LARGEST_FACTOR * geometry.maxTransfer() / size;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(most * size + 4096, 4096);
            long block = from / size;
            long end = block + bytes / size;
            while (block < end) {
                long count = Math.min(end - block, pieceBlocks(most));
                long shift = random.nextInt(3) * 8L; // aligned to pages, or hardly
                step.at(block, memory.asSlice(shift, count * size));
                block += count;
            }
        }
    }

    private long pieceBlocks(long most) {
        long limit = geometry.maxTransfer() / geometry.blockSize();
        return switch (random.nextInt(6)) {
            case 0 -> 1;
            case 1 -> random.nextLong(1, 18);
            case 2 -> Math.max(1, limit - 1);
            case 3 -> limit;
            case 4 -> limit + 1;
            default -> random.nextLong(1, most + 1);
        };
    }
}
