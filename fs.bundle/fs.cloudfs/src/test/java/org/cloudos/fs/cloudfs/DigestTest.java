package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Progress;
import org.junit.jupiter.api.Test;

/** Volumes with SHA-256: what has the right CRC-32C and is not what was written is found. */
class DigestTest {
    private static final long ROOT = FileSystem.ROOT;
    private final Rig rig = new Rig();

    /** Changes some bits of 8 bytes so that the CRC-32C of all stays: it is linear, and 33 changes of a bit depend on each other. */
    private static byte[] sameCrc(byte[] block, int from, int at) {
        byte[] changed = block.clone();
        int length = block.length - from, plain = Crc.of(block, from, length);
        long[] rows = new long[32]; // by highest bit: what it changes in the sum, and by which bits of the 8 bytes
        for (int bit = 0; bit < 40; bit++) {
            changed[at + bit / 8] ^= (byte) (1 << bit % 8);
            int sum = Crc.of(changed, from, length) ^ plain;
            changed[at + bit / 8] ^= (byte) (1 << bit % 8);
            long bits = 1L << bit;
            int[] sums = new int[1];
            sums[0] = sum;
            while (sums[0] != 0 && rows[31 - Integer.numberOfLeadingZeros(sums[0])] != 0) {
                long row = rows[31 - Integer.numberOfLeadingZeros(sums[0])];
                bits ^= row;
                sums[0] = sum(block, from, at, bits) ^ plain;
            }
            if (sums[0] == 0) {
                return flipped(block, at, bits);
            }
            rows[31 - Integer.numberOfLeadingZeros(sums[0])] = bits;
        }
        throw new AssertionError("40 changes of 32 bits depend on each other");
    }

    private static int sum(byte[] block, int from, int at, long bits) {
        return Crc.of(flipped(block, at, bits), from, block.length - from);
    }

    private static byte[] flipped(byte[] block, int at, long bits) {
        byte[] changed = block.clone();
        for (int i = 0; i < 8; i++) {
            changed[at + i] ^= (byte) (bits >> 8 * i);
        }
        return changed;
    }

    private static SimulatedDevice worked(boolean digests) throws FsException {
        SimulatedDevice device = Bench.formatted(64 << 20, "none", digests);
        var volume = Bench.open(device);
        Probe probe = new Probe(volume.head());
        for (int i = 0; i < 300; i++) {
            probe.write(probe.file(ROOT, "f" + i), 0, bytes(100 + i * 20, i));
        }
        probe.write(probe.file(ROOT, "big"), 0, bytes(3_000_000, 3));
        volume.close();
        return device;
    }

    @Test void dataOfTheSameCrcIsFound() throws Exception {
        for (boolean digests : new boolean[] {false, true}) {
            SimulatedDevice device = worked(digests);
            byte[] was = Arrays.copyOf(bytes(3_000_000, 3), 4096);
            long at = 0;
            while (!Arrays.equals(device.block(at), was)) {
                at++;
            }
            device.damage(at, sameCrc(was, 0, 100));
            assertTrue(!Arrays.equals(device.block(at), was) && Crc.of(device.block(at), 0, 4096) == Crc.of(was, 0, 4096));
            assertEquals(!digests, rig.check(device).clean());
            var volume = Bench.open(device);
            Probe probe = new Probe(volume.head());
            long big = volume.head().lookup(ROOT, "big").node();
            if (digests) {
                assertTrue(assertThrows(FsException.Corrupt.class, () -> probe.all(big)).getMessage().contains("sha256"));
            } else {
                probe.all(big);
            }
            assertArrayEquals(bytes(120, 1), probe.all(volume.head().lookup(ROOT, "f1").node()));
            volume.abandon();
        }
    }

    @Test void nodesOfTheSameCrcAreFoundAndRepaired() throws Exception {
        for (boolean digests : new boolean[] {false, true}) {
            SimulatedDevice device = worked(digests);
            int found = 0;
            for (long b = 0; b < (64 << 20) / 4096; b++) {
                if (Le.i32(device.block(b), 0) == Page.MAGIC) {
                    SimulatedDevice bad = device.copy();
                    byte[] node = new byte[Layout.NODE];
                    for (int i = 0; i < 4; i++) {
                        System.arraycopy(device.block(b + i), 0, node, i * 4096, 4096);
                    }
                    int free = Page.HEADER + Page.SLOT * Page.count(node);
                    if (Page.free(node) < 8) {
                        continue;
                    }
                    byte[] forged = sameCrc(node, 8, free); // where no item is
                    for (int i = 0; i < 4; i++) {
                        bad.damage(b + i, Arrays.copyOfRange(forged, i * 4096, (i + 1) * 4096));
                    }
                    CheckReport report = rig.check(bad);
                    if (!report.clean()) {
                        found++;
                        assertTrue(report.problems().getFirst().what().contains("sha256"), report.problems().toString());
                        assertEquals(List.of(), rig.tools.repair(List.of(bad), null, report, Progress.NONE).problems());
                    }
                }
            }
            assertEquals(digests, found > 5, "nodes in use: " + found);
        }
    }

    @Test void allElseIsAsEver() throws Exception {
        SimulatedDevice one = new SimulatedDevice(96 << 20, "one"), two = new SimulatedDevice(96 << 20, "two");
        refused(Errno.EINVAL, () -> rig.tools.format(List.of(one), new FormatOptions("", null, "none", false, Set.of("sha3"))));
        rig.tools.format(List.of(one, two), new FormatOptions("safe", null, "zstd", false, Set.of("sha256")));
        String v = rig.tools.open(List.of(one, two), Map.of());
        assertTrue(rig.volumes.find(v).volume().volume().superblock().features().has(Features.SHA256));
        Probe probe = new Probe(rig.fs(v));
        byte[] text = "attack at dawn ".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long packed = probe.file(ROOT, "packed"), plain = probe.file(ROOT, "plain"), log = probe.file(ROOT, "log");
        probe.write(packed, 0, text);
        probe.write(plain, 0, bytes(5_000_000, 1));
        probe.write(log, 0, bytes(1000, 2));
        rig.fs(v).sync(log, false);
        rig.snapshots.create(v, "s");
        probe.write(plain, 1_000_000, bytes(70_000, 4));
        probe.write(packed, 500_000, bytes(70_000, 5));
        rig.upkeep.defragment(v, ROOT, Progress.NONE);
        assertEquals(0, rig.upkeep.scrub(v, Progress.NONE).lost());
        String view = rig.snapshots.open(v, "s");
        assertArrayEquals(bytes(5_000_000, 1), new Probe(rig.fs(view)).all(plain));
        assertArrayEquals(text, new Probe(rig.fs(view)).all(packed));
        java.io.ByteArrayOutputStream sent = new java.io.ByteArrayOutputStream();
        rig.snapshots.send(v, "s", null, java.nio.channels.Channels.newChannel(sent), Progress.NONE);
        rig.snapshots.receive(v, java.nio.channels.Channels.newChannel(new java.io.ByteArrayInputStream(sent.toByteArray())), "t", Progress.NONE);
        rig.volumes.find(v).volume().abandon(); // a cut
        Rig next = new Rig();
        next.tools.open(List.of(one, two), Map.of("force", ""));
        byte[] expected = bytes(5_000_000, 1);
        System.arraycopy(bytes(70_000, 4), 0, expected, 1_000_000, 70_000);
        assertArrayEquals(expected, new Probe(next.fs(v)).all(plain));
        next.type.close(v, true);
        next.clean(one, two);
        List<String> lines = new ArrayList<>();
        next.tools.dump(one, null, "volumes", lines::add);
        assertTrue(lines.stream().anyMatch(l -> l.contains("digest=Digest")), lines.toString());
    }
}
