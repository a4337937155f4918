package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Small writes all over a file, as those of a database. */
class ScatteredTest {
    private static final int BLOCK = 4096, BLOCKS = 4096, WRITES = 1000;

    @ParameterizedTest @ValueSource(strings = {"none", "lz4"})
    void lieTogetherOnTheMedium(String compression) throws FsException {
        SimulatedDevice device = Bench.formatted(256 << 20, compression);
        byte[] expected = new byte[BLOCKS * BLOCK];
        long node;
        OpenVolume volume = Bench.open(device);
        try {
            FileSystem fs = volume.head();
            node = fs.create(FileSystem.ROOT, "database", NewNode.file(0644, 0, 0)).node();
            new Random(1).nextBytes(expected);
            fs.write(node, 0, MemorySegment.ofArray(expected));
            fs.sync(node, false);
            long before = device.requests();
            Random random = new Random(2);
            for (int i = 0; i < WRITES; i++) {
                byte[] block = new byte[BLOCK];
                random.nextBytes(block);
                int at = random.nextInt(BLOCKS) * BLOCK;
                System.arraycopy(block, 0, expected, at, BLOCK);
                fs.write(node, at, MemorySegment.ofArray(block));
            }
            volume.contents().writeBackAll(0);
            long requests = device.requests() - before;
            assertTrue(compression.equals("lz4") || requests < WRITES / 10, requests + " requests of the device for " + WRITES + " writes");
        } finally {
            volume.close();
        }
        OpenVolume again = Bench.open(device.copy());
        try {
            byte[] found = new byte[expected.length];
            again.head().read(node, 0, MemorySegment.ofArray(found));
            assertArrayEquals(expected, found);
        } finally {
            again.close();
        }
        new Rig().clean(device.copy());
    }
}
