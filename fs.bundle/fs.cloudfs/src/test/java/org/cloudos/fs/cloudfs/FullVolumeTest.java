package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.suite.Probe;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A volume that becomes full under several writers, with much in memory: they are refused when they write, and what was taken from them
 * gets its place on the medium.
 */
class FullVolumeTest {
    private static final int BLOCK = 4096, WRITERS = 4, REFUSALS = 40;
    private final Rig rig = new Rig();
    private final Map<Long, byte[]> expected = new ConcurrentHashMap<>();

    @ParameterizedTest @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whoeverWasNotRefusedFindsHisData(long seed) throws Exception {
        Random random = new Random(seed);
        SimulatedDevice device = Bench.formatted((16 + random.nextInt(80)) << 20, seed % 3 == 0 ? "lz4" : "none");
        Map<String, String> options = Map.of("memory", "32m", "commit", seed % 2 == 0 ? "1" : "300");
        String volume = rig.type.open(device, options);
        fill(rig.fs(volume), random);
        rig.snapshots.create(volume, "shared"); // from here on each write needs a new place, and counts blocks that are shared
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            long own = seed * 100 + i;
            writers.add(Thread.ofPlatform().start(() -> {
                try {
                    write(rig.fs(volume), own);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
        if (failure.get() != null) {
            throw new AssertionError("seed " + seed, failure.get());
        }
        for (long node : expected.keySet()) {
            rig.fs(volume).sync(node, false); // refuses nothing that write took
        }
        compare(rig.fs(volume), seed);
        rig.type.close(volume, false);
        rig.clean(device);
        String again = rig.type.open(device, options);
        compare(rig.fs(again), seed);
        rig.type.close(again, false);
    }

    /** Files in pieces, up to half of the volume. */
    private void fill(FileSystem fs, Random random) throws FsException {
        long blocks = fs.space().available() / 2 / BLOCK;
        for (int i = 0; i < WRITERS; i++) {
            long node = fs.create(FileSystem.ROOT, "large" + i, NewNode.file(0644, 0, 0)).node();
            byte[] all = new byte[(int) (blocks / WRITERS) * BLOCK];
            expected.put(node, all);
            List<Integer> order = new ArrayList<>();
            for (int b = 0; b < all.length / BLOCK; b++) {
                order.add(b);
            }
            java.util.Collections.shuffle(order, random);
            for (int n = 0; n < order.size(); n++) {
                put(fs, node, order.get(n) * BLOCK, bytes(BLOCK, random.nextInt()));
                if (n % 64 == 63) {
                    fs.sync(node, false);
                }
            }
        }
    }

    private void put(FileSystem fs, long node, int offset, byte[] data) throws FsException {
        long done = fs.write(node, offset, MemorySegment.ofArray(data));
        byte[] all = expected.get(node);
        if (offset + done > all.length) {
            all = Arrays.copyOf(all, (int) (offset + done));
        }
        System.arraycopy(data, 0, all, offset, (int) done);
        expected.put(node, all);
    }

    private void write(FileSystem fs, long seed) throws FsException {
        Random random = new Random(seed);
        List<Long> own = new ArrayList<>(List.of(fs.lookup(FileSystem.ROOT, "large" + seed % 100).node()));
        for (int refused = 0, n = 0; refused < REFUSALS; n++) {
            try {
                long node = own.get(random.nextInt(3) == 0 ? random.nextInt(own.size()) : 0);
                switch (random.nextInt(16)) {
                    case 0 -> {
                        long made = fs.create(FileSystem.ROOT, "f" + seed + "-" + n, NewNode.file(0644, 0, 0)).node();
                        expected.put(made, new byte[0]);
                        own.add(made);
                    }
                    case 1 -> put(fs, node, expected.get(node).length, bytes(1 + random.nextInt(30_000), n));
                    case 2 -> put(fs, node, expected.get(node).length / BLOCK * BLOCK, bytes(300_000, n));
                    default -> put(fs, node, Math.max(0, random.nextInt(Math.max(1, expected.get(node).length)) / BLOCK * BLOCK), bytes(BLOCK, n));
                }
            } catch (FsException.Refused e) {
                assertEquals(Errno.ENOSPC, e.errno(), e.getMessage());
                refused++;
            }
            assertTrue(n < 1_000_000, "the volume never became full");
        }
    }

    private void compare(FileSystem fs, long seed) throws FsException {
        for (Map.Entry<Long, byte[]> e : expected.entrySet()) {
            assertArrayEquals(e.getValue(), new Probe(fs).all(e.getKey()), "seed " + seed + ", node " + e.getKey());
        }
    }

    /** Half of a small volume can wait in memory: it finds its place, and so does most of the rest. */
    @ParameterizedTest @ValueSource(strings = {"none", "lz4"})
    void oneWriterFillsAFreshVolume(String codec) throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, codec);
        String volume = rig.type.open(device, Map.of("memory", "64m", "commit", "300"));
        Probe probe = new Probe(rig.fs(volume));
        long file = probe.file(FileSystem.ROOT, "f");
        byte[] piece = bytes(64 << 10, 5);
        long[] written = {0};
        Probe.refused(Errno.ENOSPC, () -> {
            while (true) {
                written[0] += probe.write(file, written[0], piece);
            }
        });
        assertTrue(written[0] > 52 << 20, "written " + written[0]);
        rig.fs(volume).sync(file, false);
        rig.type.close(volume, true);
        rig.clean(device);
        String again = rig.type.open(device, Map.of());
        assertEquals(written[0], rig.fs(again).attributes(file).size());
        for (long at = 0; at < written[0]; at += piece.length) {
            assertArrayEquals(Arrays.copyOf(piece, (int) Math.min(piece.length, written[0] - at)), new Probe(rig.fs(again)).read(file, at, piece.length));
        }
        rig.type.close(again, false);
    }
}
