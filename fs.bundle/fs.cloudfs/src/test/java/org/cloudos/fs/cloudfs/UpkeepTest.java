package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.mount.Claim;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Upkeep.Quota;
import org.junit.jupiter.api.Test;

class UpkeepTest {
    private static final long ROOT = FileSystem.ROOT;
    private final Rig rig = new Rig();

    private Probe probe(String v) {
        return new Probe(rig.fs(v));
    }

    @Test void whatCanNeverBeReservedTakesNothing() throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, "none");
        String v = rig.open(device);
        long file = probe(v).file(ROOT, "f");
        probe(v).write(file, 0, bytes(10_000, 1));
        rig.fs(v).sync();
        long free = rig.fs(v).space().free();
        refused(Errno.ENOSPC, () -> rig.fs(v).allocate(file, 0, 1L << 45, org.cloudos.fs.AllocateMode.RESERVE));
        rig.fs(v).sync();
        assertEquals(free, rig.fs(v).space().free());
        rig.fs(v).allocate(file, 0, 20 << 20, org.cloudos.fs.AllocateMode.RESERVE);
        rig.type.close(v, false);
        rig.clean(device);
    }

    @Test void aVolumeGrowsAndShrinksInUse() throws Exception {
        SimulatedDevice device = Bench.formatted(256 << 20, "none");
        String v = rig.open(device);
        long a = probe(v).file(ROOT, "a"), b = probe(v).file(ROOT, "b");
        probe(v).write(a, 0, bytes(90_000_000, 1));
        probe(v).write(b, 0, bytes(20_000_000, 2));
        rig.fs(v).allocate(b, 25_000_000, 500_000, org.cloudos.fs.AllocateMode.RESERVE);
        rig.fs(v).remove(ROOT, "a", false);
        for (int i = 0; i < 500; i++) {
            probe(v).file(ROOT, "n" + i);
        }
        rig.upkeep.resize(v, 40 << 20, Progress.NONE);
        assertEquals(40 << 20, rig.fs(v).space().bytes());
        assertArrayEquals(bytes(20_000_000, 2), java.util.Arrays.copyOf(probe(v).all(b), 20_000_000));
        refused(Errno.ENOSPC, () -> rig.upkeep.resize(v, 16 << 20, Progress.NONE));
        rig.type.close(v, false);
        rig.clean(device);
        rig.open(device);
        refused(Errno.EINVAL, () -> rig.upkeep.resize(v, 512 << 20, Progress.NONE));
        rig.upkeep.resize(v, 200 << 20, Progress.NONE);
        long c = probe(v).file(ROOT, "c");
        probe(v).write(c, 0, bytes(120_000_000, 3));
        rig.type.close(v, false);
        rig.clean(device);
        rig.open(device);
        assertArrayEquals(bytes(120_000_000, 3), probe(v).all(c));
    }

    @Test void aFolderHasALimit() throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, "none");
        String v = rig.open(device);
        FileSystem fs = rig.fs(v);
        long d = probe(v).folder(ROOT, "d"), below = probe(v).folder(d, "below"), f = probe(v).file(below, "f");
        probe(v).write(f, 0, bytes(400_000, 1));
        rig.upkeep.quota(v, d, 1_000_000, 5);
        Quota q = rig.upkeep.quotas(v).getFirst();
        assertEquals(new Quota(d, 98 * 4096, 245 * 4096, 3, 5), q);
        long g = probe(v).file(below, "g");
        assertTrue(fs.write(g, 0, java.lang.foreign.MemorySegment.ofArray(bytes(700_000, 2))) < 700_000, "so much as fits");
        fs.set(g, org.cloudos.fs.AttributeChange.size(0));
        probe(v).write(g, 0, bytes(500_000, 2));
        probe(v).file(below, "h");
        refused(Errno.EDQUOT, () -> probe(v).file(below, "i"));
        assertTrue(fs.write(g, 600_000, java.lang.foreign.MemorySegment.ofArray(bytes(300_000, 1))) < 110_000, "so much as fits");
        refused(Errno.EDQUOT, () -> probe(v).write(g, 900_000, bytes(5000, 1)));
        long o = probe(v).file(ROOT, "outside");
        refused(Errno.EXDEV, () -> fs.rename(ROOT, "outside", d, "x", RenameMode.REPLACE));
        refused(Errno.EOPNOTSUPP, () -> rig.upkeep.quota(v, below, 1, 1));
        fs.remove(below, "f", false);
        fs.sync();
        assertEquals(4, rig.upkeep.quotas(v).getFirst().usedNodes());
        rig.type.close(v, true);
        rig.open(device);
        long used = rig.upkeep.quotas(v).getFirst().usedBytes();
        assertEquals(rig.fs(v).attributes(g).allocated(), used);
        rig.upkeep.quota(v, d, 0, 0);
        probe(v).write(o, 0, bytes(10, 1));
        rig.fs(v).rename(ROOT, "outside", d, "x", RenameMode.REPLACE);
        rig.type.close(v, true);
        rig.clean(device);
    }

    @Test void piecesComeTogether() throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, "none");
        String v = rig.open(device);
        long a = probe(v).file(ROOT, "a"), b = probe(v).file(ROOT, "b");
        for (int i = 0; i < 200; i++) {
            probe(v).write(a, i * 4096L, bytes(4096, i));
            probe(v).write(b, i * 4096L, bytes(4096, i));
            rig.volumes.find(v).volume().contents().writeBackAll(0);
        }
        byte[] before = probe(v).all(a);
        long[] pieces = rig.upkeep.defragment(v, ROOT, Progress.NONE);
        assertTrue(pieces[0] > 100 && pieces[1] <= 8, pieces[0] + " to " + pieces[1]);
        assertArrayEquals(before, probe(v).all(a));
        assertTrue(rig.upkeep.trim(v, Progress.NONE) > 30 << 20);
        rig.type.close(v, false);
        rig.clean(device);
    }

    @Test void scrubFindsAndRepairs() throws Exception {
        SimulatedDevice one = new SimulatedDevice(64 << 20), two = new SimulatedDevice(64 << 20);
        rig.tools.format(List.of(one, two), FormatOptions.label("mirror"));
        String v = rig.tools.open(List.of(one, two), Map.of());
        long f = probe(v).file(ROOT, "f");
        probe(v).write(f, 0, bytes(2_000_000, 1));
        rig.fs(v).sync();
        for (long block = 4096; block < 16_384; block++) {
            if (block % 3 > 0) {
                one.damage(block, new byte[4096]);
            }
        }
        assertArrayEquals(bytes(2_000_000, 1), probe(v).all(f), "read from the other device");
        var scrub = rig.upkeep.scrub(v, Progress.NONE);
        assertEquals(0, scrub.lost());
        rig.type.close(v, true);
        rig.clean(one, two);
        refused(Errno.EINVAL, () -> rig.open(one));
    }

    @Test void aMirrorGoesOnWithOneDevice() throws Exception {
        SimulatedDevice one = new SimulatedDevice(64 << 20), two = new SimulatedDevice(64 << 20);
        rig.tools.format(List.of(one, two), FormatOptions.label("mirror"));
        String v = rig.tools.open(List.of(one, two), Map.of());
        long f = probe(v).file(ROOT, "f");
        two.failFrom(two.requests() + 3);
        probe(v).write(f, 0, bytes(2_000_000, 1));
        rig.fs(v).sync();
        assertArrayEquals(bytes(2_000_000, 1), probe(v).all(f));
        rig.type.close(v, true);
        two.failFrom(Long.MAX_VALUE);
        rig.tools.open(List.of(one, two), Map.of());
        assertArrayEquals(bytes(2_000_000, 1), probe(v).all(f), "the device that was left out is behind: the other is right");
        assertTrue(rig.upkeep.scrub(v, Progress.NONE).repaired() > 0);
        rig.type.close(v, true);
        rig.clean(one, two);
    }

    @Test void anEncryptedVolumeOpensWithItsPassphraseOnly() throws Exception {
        SimulatedDevice device = new SimulatedDevice(32 << 20);
        rig.tools.format(List.of(device), new FormatOptions("secret", "correct horse".toCharArray(), "zstd", false, java.util.Set.of()));
        refused(Errno.EKEYREJECTED, () -> rig.open(device));
        java.nio.file.Path file = java.nio.file.Files.createTempFile("passphrase", "");
        java.nio.file.Files.writeString(file, "wrong\n");
        refused(Errno.EKEYREJECTED, () -> rig.type.open(device, Map.of("passphrase-file", file.toString())));
        java.nio.file.Files.writeString(file, "correct horse\n");
        String v = rig.type.open(device, Map.of("passphrase-file", file.toString()));
        java.nio.file.Files.delete(file);
        long f = rig.fs(v).create(ROOT, "plain name", NewNode.file(0600, 0, 0)).node();
        byte[] text = "attack at dawn ".repeat(50_000).getBytes();
        probe(v).write(f, 0, text);
        rig.type.close(v, true);
        assertEquals(List.of(), rig.tools.check(List.of(device), "correct horse".toCharArray(), true, Progress.NONE).problems());
        for (long block = 0; block < (32 << 20) / 4096; block++) {
            String raw = new String(device.block(block), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertTrue(!raw.contains("attack at") && !raw.contains("plain name") && !raw.contains("CFSN"), "block " + block);
        }
    }

    @Test void aFailedDeviceLeavesWhatWasAcknowledged() throws Exception {
        for (int at = 0; at < 40; at += 3) {
            SimulatedDevice device = Bench.formatted(32 << 20, "none");
            String v = rig.open(device);
            FileSystem fs = rig.fs(v);
            long f = probe(v).file(ROOT, "f");
            probe(v).write(f, 0, bytes(500_000, 1));
            fs.sync(f, false);
            device.failFrom(device.requests() + at);
            FsException told = assertThrows(FsException.class, () -> {
                for (int i = 0; i < 200; i++) {
                    long n = probe(v).file(ROOT, "n" + i);
                    probe(v).write(n, 0, bytes(50_000, i));
                    fs.sync(n, false);
                }
            });
            assertEquals(Errno.EIO, told.errno());
            assertArrayEquals(bytes(500_000, 1), probe(v).all(f), "it still reads");
            refused(Errno.EIO, () -> probe(v).file(ROOT, "more"));
            try {
                rig.type.close(v, true);
            } catch (FsException e) {
                assertEquals(Errno.EIO, e.errno());
            }
            device.failFrom(Long.MAX_VALUE);
            rig.open(device);
            assertArrayEquals(bytes(500_000, 1), probe(v).all(f));
            rig.type.close(v, true);
            rig.clean(device);
        }
    }

    @Test void anotherMachinesVolumeIsNotOpened() throws Exception {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        var medium = new org.cloudos.fs.cloudfs.medium.Medium(List.of(device), null);
        var own = org.cloudos.fs.cloudfs.mount.Claim.own();
        new org.cloudos.fs.cloudfs.mount.Claim(own.machine(), own.boot(), 1, 0).take(medium, true);
        refused(Errno.EBUSY, () -> rig.open(device));
        new org.cloudos.fs.cloudfs.mount.Claim(own.machine(), own.boot(), 99_999_999, 1).take(medium, true);
        rig.type.close(rig.open(device), false);
        new org.cloudos.fs.cloudfs.mount.Claim(own.machine(), java.util.UUID.randomUUID(), 1, 0).take(medium, true);
        rig.type.close(rig.open(device), false);
        rig.type.close(rig.type.open(device, Map.of("ro", "")), false);
    }

    @Test void whoWasKilledAndNotWaitedForHoldsNoVolume() throws Exception {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        var medium = new org.cloudos.fs.cloudfs.medium.Medium(List.of(device), null);
        var own = org.cloudos.fs.cloudfs.mount.Claim.own();
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 600").start(); // which never waits for the first sleep
        try (var said = parent.inputReader()) {
            long child = Long.parseLong(said.readLine());
            for (String stat = "R"; !stat.contains(") Z "); Thread.sleep(20)) {
                stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc", Long.toString(child), "stat"));
            }
            new org.cloudos.fs.cloudfs.mount.Claim(own.machine(), own.boot(), child, 0).take(medium, true);
            rig.type.close(rig.open(device), false);
            new org.cloudos.fs.cloudfs.mount.Claim(own.machine(), own.boot(), parent.pid(), 0).take(medium, true);
            refused(Errno.EBUSY, () -> rig.open(device));
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test void aVolumeOfAnotherProcessIsNotFormattedNorChecked() throws Exception {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        FormatOptions force = new FormatOptions("x", null, "none", true, java.util.Set.of());
        Process other = new ProcessBuilder("sleep", "600").start();
        try (Medium medium = new Medium(List.of(device), null)) {
            Claim own = Claim.own();
            new Claim(own.machine(), own.boot(), other.pid(), 0).take(medium, true);
            refused(Errno.EBUSY, () -> rig.tools.format(List.of(device), force));
            refused(Errno.EBUSY, () -> rig.check(device));
        } finally {
            other.destroyForcibly().waitFor();
        }
        rig.clean(device);
        rig.tools.format(List.of(device), force);
        rig.clean(device);
    }

    @Test void aVolumeIsOpenOnce() throws Exception {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        String v = rig.open(device);
        refused(Errno.EBUSY, () -> rig.open(device));
        SimulatedDevice twin = device.copy();
        refused(Errno.EBUSY, () -> rig.open(twin));
        refused(Errno.EBUSY, () -> rig.check(device));
        refused(Errno.EINVAL, () -> rig.type.open(twin, Map.of("read-only", "")));
        StringBuilder dump = new StringBuilder();
        for (String what : List.of("superblocks", "volumes", "space", "shares", "log", "inode 1", "tree 5", "node 600")) {
            try {
                rig.tools.dump(device, null, what, line -> dump.append(line).append('\n'));
            } catch (FsException e) {
                dump.append(e.getMessage());
            }
        }
        assertTrue(dump.toString().contains("name=head") && dump.toString().contains("1 INODE 0: "), dump.toString());
        refused(Errno.EINVAL, () -> rig.tools.dump(device, null, "everything", line -> { }));
        rig.fs(v).hold(ROOT);
        refused(Errno.EBUSY, () -> rig.type.close(v, false));
        rig.type.close(v, true);
        refused(Errno.EINVAL, () -> rig.open(new SimulatedDevice(32 << 20)));
        refused(Errno.EEXIST, () -> rig.tools.format(List.of(device), FormatOptions.label("x")));
        refused(Errno.ENOSPC, () -> rig.tools.format(List.of(new SimulatedDevice(1 << 20)), FormatOptions.label("x")));
    }
}
