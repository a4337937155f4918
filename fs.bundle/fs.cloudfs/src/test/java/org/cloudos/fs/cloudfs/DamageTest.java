package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.junit.jupiter.api.Test;

/** Blocks that are not what was written. */
class DamageTest {
    /** Seeds that found faults once. */
    private static final long[] FUZZED_BEFORE = {100118};
    private final Rig rig = new Rig();

    private static SimulatedDevice worked() throws FsException {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        var volume = Bench.open(device);
        Probe probe = new Probe(volume.head());
        long d = probe.folder(FileSystem.ROOT, "d");
        for (int i = 0; i < 400; i++) {
            probe.write(probe.file(d, "f" + i), 0, bytes(200 + i * 11, i));
        }
        probe.write(probe.file(FileSystem.ROOT, "big"), 0, bytes(1_000_000, 3));
        volume.head().sync();
        volume.catalog().snapshot(5, "s", new java.util.UUID(1, 2));
        probe.write(probe.file(FileSystem.ROOT, "late"), 0, bytes(9000, 3));
        volume.close();
        return device;
    }

    private static List<Long> nodes(SimulatedDevice device) {
        List<Long> nodes = new ArrayList<>();
        for (long b = 0; b < (32 << 20) / 4096; b++) {
            if (Le.i32(device.block(b), 0) == Page.MAGIC) {
                nodes.add(b);
            }
        }
        return nodes;
    }

    @Test void oneCopyOfAnyNodeIsRepaired() throws Exception {
        SimulatedDevice device = worked();
        Map<String, Object> before = all(device);
        int repaired = 0;
        for (long node : nodes(device)) {
            SimulatedDevice bad = device.copy();
            byte[] block = bad.block(node + 2).clone();
            block[1000] ^= 4;
            bad.damage(node + 2, block);
            CheckReport report = rig.check(bad);
            if (report.clean()) {
                continue; // of an old generation
            }
            repaired++;
            assertEquals(before, all(bad.copy()), "node " + node);
            assertEquals(List.of(), rig.tools.repair(List.of(bad), null, report, Progress.NONE).problems());
        }
        assertTrue(repaired > 10, "nodes in use: " + repaired);
    }

    private static Map<String, Object> all(SimulatedDevice device) throws FsException {
        var volume = Bench.open(device);
        Map<String, Object> all = Trees.of(volume.head());
        volume.close();
        return all;
    }

    @Test void aDamagedBlockOfDataIsAnErrorForItsFileAlone() throws Exception {
        SimulatedDevice device = worked();
        Map<String, Object> before = all(device);
        Random random = new Random(5);
        int told = 0;
        for (int i = 0; i < 200; i++) {
            SimulatedDevice bad = device.copy();
            long block = Layout.firstFree(Layout.logBlocks(8192)) + random.nextInt(7000);
            byte[] bytes = new byte[4096];
            random.nextBytes(bytes);
            bad.damage(block, bytes);
            var volume = Bench.open(bad);
            try {
                assertEquals(before, Trees.of(volume.head()));
            } catch (FsException.Corrupt e) {
                told++;
                assertTrue(e.getMessage().startsWith("data of node "), e.getMessage());
            }
            volume.abandon();
        }
        assertTrue(told > 5, "files that were hit: " + told);
    }

    @Test void bothCopiesLostAreGivenUpByRepair() throws Exception {
        SimulatedDevice device = worked();
        List<Long> nodes = nodes(device);
        int repaired = 0;
        for (int i = 0; i < nodes.size(); i++) {
            SimulatedDevice bad = device.copy();
            long address = Le.i64(device.block(nodes.get(i)), 24);
            for (long node : nodes) {
                if (Le.i64(device.block(node), 24) == address) {
                    bad.damage(node, new byte[4096]);
                }
            }
            CheckReport report = rig.check(bad);
            if (report.clean() || report.problems().stream().anyMatch(p -> p.remedy().isEmpty() && p.loss())) {
                continue;
            }
            CheckReport after = rig.tools.repair(List.of(bad), null, report, Progress.NONE);
            assertEquals(List.of(), after.problems(), "node " + address + ", before: " + report.problems());
            all(bad);
            repaired++;
        }
        assertTrue(repaired > 5, "repaired " + repaired);
    }

    /** Any byte changed, with checksums that are made good again: nothing hangs, crashes or eats memory. */
    @Test void fuzzedImagesAreRefusedOrRead() throws Exception {
        SimulatedDevice device = worked();
        List<Long> nodes = nodes(device);
        long first = Long.getLong("cloudfs.seed", 1);
        for (int i = -FUZZED_BEFORE.length; i < Integer.getInteger("cloudfs.fuzz", 150); i++) {
            long seed = i < 0 ? FUZZED_BEFORE[-i - 1] : first + i;
            Random random = new Random(seed);
            SimulatedDevice bad = device.copy();
            for (int k = 1 + random.nextInt(4); k > 0; k--) {
                forge(bad, random.nextInt(4) == 0 ? 16 + random.nextInt(2) : nodes.get(random.nextInt(nodes.size())), random);
            }
            assertTimeoutPreemptively(Duration.ofSeconds(60), () -> use(bad, seed), "-Dcloudfs.seed=" + seed);
        }
    }

    private static byte[] whole(SimulatedDevice device, long block, int bytes) {
        byte[] all = new byte[bytes];
        for (int i = 0; i < bytes / 4096; i++) {
            System.arraycopy(device.block(block + i), 0, all, i * 4096, 4096);
        }
        return all;
    }

    private static void put(SimulatedDevice device, long block, byte[] all) {
        for (int i = 0; i < all.length / 4096; i++) {
            device.damage(block + i, java.util.Arrays.copyOfRange(all, i * 4096, (i + 1) * 4096));
        }
    }

    private static void forge(SimulatedDevice device, long block, Random random) {
        boolean superblock = block < 32;
        byte[] all = whole(device, block, superblock ? 4096 : Layout.NODE);
        int before = Le.i32(all, 4);
        long address = Le.i64(all, 24);
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            int at = 40 + (random.nextInt(3) == 0 ? random.nextInt(all.length - 48) : random.nextInt(Math.min(500, all.length - 48)));
            if (random.nextBoolean()) {
                all[at] ^= (byte) (1 << random.nextInt(8));
            } else {
                Le.i64(all, at, random.nextBoolean() ? random.nextLong() : random.nextInt(9000));
            }
        }
        put(device, block, all);
        if (superblock) {
            reseal(device, block);
        } else {
            Le.i32(all, 4, Crc.of(all, 8, all.length - 8));
            put(device, block, all);
            above(device, address, before, Le.i32(all, 4), 0);
        }
    }

    private static void reseal(SimulatedDevice device, long superblock) {
        byte[] all = device.block(superblock).clone();
        Le.i32(all, 8, Crc.of(all, 12, 4084));
        device.damage(superblock, all);
    }

    /** All that points to a forged node is made to agree, up to the superblocks. */
    private static void above(SimulatedDevice device, long address, int before, int now, int depth) {
        List<Long> all = new ArrayList<>(nodes(device));
        all.addAll(List.of(16L, 17L));
        for (long at : all) {
            byte[] page = whole(device, at, at < 32 ? 4096 : Layout.NODE);
            int was = Le.i32(page, 4);
            boolean found = false;
            for (int i = 64; i < page.length - 28; i++) {
                if (Le.i64(page, i) == address && Le.i32(page, i + 24) == before) {
                    Le.i32(page, i + 24, now);
                    found = true;
                }
            }
            if (found) {
                if (at >= 32) {
                    Le.i32(page, 4, Crc.of(page, 8, page.length - 8));
                }
                put(device, at, page);
                if (at < 32) {
                    reseal(device, at);
                } else if (depth < 8) {
                    above(device, Le.i64(page, 24), was, Le.i32(page, 4), depth + 1);
                }
            }
        }
    }

    private void use(SimulatedDevice bad, long seed) {
        try {
            CheckReport report = rig.check(bad);
            if (!report.clean()) {
                rig.tools.repair(List.of(bad), null, report, Progress.NONE);
            }
        } catch (FsException expected) {
            assertTrue(expected.getMessage() != null);
        } catch (RuntimeException e) {
            throw new AssertionError("-Dcloudfs.seed=" + seed, e);
        }
        try {
            var volume = Bench.open(bad);
            try {
                Trees.of(volume.head());
                Probe probe = new Probe(volume.head());
                probe.write(probe.file(FileSystem.ROOT, "new"), 0, bytes(30_000, 1));
                volume.head().sync();
            } finally {
                volume.abandon();
            }
        } catch (FsException expected) {
            assertTrue(expected.getMessage() != null);
        } catch (RuntimeException e) {
            throw new AssertionError("-Dcloudfs.seed=" + seed, e);
        }
    }
}
