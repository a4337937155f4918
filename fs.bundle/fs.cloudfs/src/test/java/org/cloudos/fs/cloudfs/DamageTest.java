package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.junit.jupiter.api.Test;

/** Blocks that are not what was written. */
class DamageTest {
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
}
