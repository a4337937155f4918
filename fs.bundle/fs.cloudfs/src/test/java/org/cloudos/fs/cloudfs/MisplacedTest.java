package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.fs.Errno;
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

/** Blocks that are good by themselves, in the wrong place or of another time; devices that end early; formats that are not known yet. */
class MisplacedTest {
    private static final int BLOCKS = (32 << 20) / 4096, NODE = Layout.NODE / 4096;
    private final Rig rig = new Rig();

    private static SimulatedDevice worked() throws FsException {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        change(device, 1);
        return device;
    }

    private static void change(SimulatedDevice device, int turn) throws FsException {
        var volume = Bench.open(device);
        Probe probe = new Probe(volume.head());
        long folder = probe.folder(FileSystem.ROOT, "d" + turn);
        for (int i = 0; i < 300; i++) {
            probe.write(probe.file(folder, "f" + i), 0, bytes(200 + i * 17, i * turn));
        }
        probe.write(probe.file(folder, "big"), 0, bytes(900_000, turn));
        volume.close();
    }

    private static Map<String, Object> all(SimulatedDevice device) throws FsException {
        var volume = Bench.open(device);
        Map<String, Object> all = Trees.of(volume.head());
        volume.abandon();
        return all;
    }

    private static List<Long> nodes(SimulatedDevice device) {
        List<Long> nodes = new ArrayList<>();
        for (long b = 32; b < BLOCKS; b++) {
            if (Le.i32(device.block(b), 0) == Page.MAGIC) {
                nodes.add(b);
            }
        }
        return nodes;
    }

    private static void copy(SimulatedDevice from, long block, SimulatedDevice to, long toBlock, int count) {
        for (int i = 0; i < count; i++) {
            to.damage(toBlock + i, from.block(block + i).clone());
        }
    }

    @Test void nodesInEachOthersPlaceAreRepaired() throws Exception {
        SimulatedDevice device = worked();
        Map<String, Object> before = all(device.copy());
        List<Long> nodes = nodes(device);
        Random random = new Random(3);
        int found = 0;
        for (int i = 0; i < 60; i++) {
            long a = nodes.get(random.nextInt(nodes.size())), b = nodes.get(random.nextInt(nodes.size()));
            if (a == b || Le.i64(device.block(a), 24) == Le.i64(device.block(b), 24)) {
                continue; // both copies of one
            }
            SimulatedDevice bad = device.copy();
            copy(device, a, bad, b, NODE);
            copy(device, b, bad, a, NODE);
            CheckReport report = rig.check(bad);
            assertEquals(before, all(bad.copy()), a + " and " + b);
            if (!report.clean()) {
                found++;
                assertEquals(List.of(), rig.tools.repair(List.of(bad), null, report, Progress.NONE).problems());
            }
        }
        assertTrue(found > 10, "found " + found);
    }

    @Test void dataInEachOthersPlaceIsAnErrorForItsFileAlone() throws Exception {
        SimulatedDevice device = worked();
        Map<String, Object> before = all(device.copy());
        Random random = new Random(4);
        int told = 0;
        for (int i = 0; i < 100; i++) {
            SimulatedDevice bad = device.copy();
            long a = Layout.firstFree(Layout.logBlocks(BLOCKS)) + random.nextInt(2000), b = a + 1 + random.nextInt(50);
            copy(device, a, bad, b, 1);
            copy(device, b, bad, a, 1);
            try {
                assertEquals(before, all(bad));
            } catch (FsException.Corrupt e) {
                told++;
                assertTrue(e.getMessage().startsWith("data of node "), e.getMessage());
            }
        }
        assertTrue(told > 5, "told " + told);
    }

    /** One copy of a node is what stood there before; then both are. */
    @Test void nodesOfAnOldGenerationAreFound() throws Exception {
        SimulatedDevice device = worked();
        List<SimulatedDevice> past = new ArrayList<>();
        for (int turn = 2; turn < 8; turn++) {
            past.add(device.copy());
            var volume = Bench.open(device); // frees what the next takes
            new Probe(volume.head()).write(new Probe(volume.head()).file(FileSystem.ROOT, "t" + turn), 0, bytes(5000, turn));
            volume.close();
            change(device, turn);
        }
        Map<String, Object> before = all(device.copy());
        int repaired = 0, lost = 0;
        for (SimulatedDevice old : past) {
            for (long node : nodes(old)) {
                if (java.util.Arrays.equals(old.block(node), device.block(node)) || Le.i32(device.block(node), 0) != Page.MAGIC) {
                    continue;
                }
                SimulatedDevice bad = device.copy();
                copy(old, node, bad, node, NODE);
                CheckReport report = rig.check(bad);
                assertEquals(before, all(bad.copy()), "node " + node);
                repaired += report.clean() ? 0 : 1;
                for (long other : nodes(device)) {
                    if (Le.i64(device.block(other), 24) == Le.i64(device.block(node), 24)) {
                        copy(old, node, bad, other, NODE);
                    }
                }
                try {
                    CheckReport both = rig.check(bad);
                    lost += both.clean() ? 0 : 1;
                    assertEquals(report.clean(), both.clean(), "node " + node);
                } catch (FsException.Corrupt e) {
                    lost++; // a root: nothing can be said about the rest
                }
            }
        }
        assertTrue(repaired > 0 && lost == repaired, "repaired " + repaired + ", lost " + lost);
    }

    @Test void aDeviceThatEndsEarlyIsRefused() throws Exception {
        SimulatedDevice device = worked();
        for (int blocks : new int[] {8, 17, 18, 40, 300, 4096, BLOCKS - 1}) {
            SimulatedDevice shorter = new SimulatedDevice(blocks * 4096L);
            copy(device, 0, shorter, 0, blocks);
            FsException e = assertThrows(FsException.class, () -> Bench.open(shorter), blocks + " blocks");
            assertFalse(e.getMessage().isBlank());
            try {
                assertFalse(rig.check(shorter).clean(), blocks + " blocks");
            } catch (FsException refused) {
                assertFalse(refused.getMessage().isBlank());
            }
        }
    }

    @Test void aNewerFormatIsRefusedOrReadOnly() throws Exception {
        SimulatedDevice device = worked();
        Map<String, Object> before = all(device.copy());
        SimulatedDevice incompatible = newer(device, 80, 1L << 40), readable = newer(device, 72, 1L << 40), later = newer(device, 12, 2);
        for (SimulatedDevice refused : List.of(incompatible, later)) {
            assertThrows(FsException.class, () -> rig.open(refused));
            assertThrows(FsException.class, () -> rig.type.open(refused, Map.of("ro", "true")));
        }
        later.damage(16, device.block(16)); // as it was before the newer version came
        FsException.Refused version = assertThrows(FsException.Refused.class, () -> rig.open(later));
        assertTrue(version.getMessage().contains("has format version 3, this version of CloudFS knows version 1"), version.getMessage());
        FsException.Refused e = assertThrows(FsException.Refused.class, () -> rig.open(readable));
        assertTrue(e.getMessage().contains("ro-compat 0x10000000000"), e.getMessage());
        assertNotEquals(Errno.EUCLEAN, e.errno());
        String volume = rig.type.open(readable, Map.of("ro", "true"));
        assertEquals(before, Trees.of(rig.fs(volume)));
        rig.type.close(volume, false);
    }

    /** @param at of a number in both superblocks, that gets this bit besides */
    private static SimulatedDevice newer(SimulatedDevice device, int at, long bit) {
        SimulatedDevice newer = device.copy();
        for (long block = 16; block < 18; block++) {
            byte[] superblock = newer.block(block).clone();
            if (at == 12) {
                Le.i32(superblock, at, Le.i32(superblock, at) | (int) bit);
            } else {
                Le.i64(superblock, at, Le.i64(superblock, at) | bit);
            }
            Le.i32(superblock, 8, Crc.of(superblock, 12, 4084));
            newer.damage(block, superblock);
        }
        return newer;
    }
}
