package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Snapshot;
import org.junit.jupiter.api.Test;

class SnapshotsTest {
    private static final long ROOT = FileSystem.ROOT;
    private final Rig rig = new Rig();

    private Probe probe(String volume) {
        return new Probe(rig.fs(volume));
    }

    @Test void aSnapshotStaysAsItWasAndItsSpaceComesBack() throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, "none");
        String v = rig.open(device);
        long f = probe(v).file(ROOT, "f");
        for (int i = 0; i < 300; i++) {
            probe(v).file(ROOT, "n" + i);
        }
        probe(v).write(f, 0, bytes(5_000_000, 1));
        rig.fs(v).sync();
        long free = rig.fs(v).space().free();
        rig.snapshots.create(v, "a");
        refused(Errno.EEXIST, () -> rig.snapshots.create(v, "a"));
        assertTrue(free - rig.fs(v).space().free() < 512 << 10, "space in proportion to what changes");
        probe(v).write(f, 1_000_000, bytes(100_000, 2));
        rig.fs(v).remove(ROOT, "n7", false);
        String s = rig.snapshots.open(v, "a");
        assertArrayEquals(bytes(5_000_000, 1), probe(s).all(f));
        assertEquals(301, probe(s).names(ROOT).size());
        refused(Errno.EROFS, () -> probe(s).file(ROOT, "x"));
        refused(Errno.EBUSY, () -> rig.snapshots.delete(v, "a"));
        rig.type.close(s, false);
        rig.snapshots.delete(v, "a");
        refused(Errno.ENOENT, () -> rig.snapshots.open(v, "a"));
        rig.fs(v).remove(ROOT, "f", false);
        rig.type.close(v, true);
        rig.open(device);
        settle(v);
        assertTrue(rig.fs(v).space().free() >= free + 4_500_000);
        rig.type.close(v, true);
        rig.clean(device);
    }

    private void settle(String v) throws FsException {
        while (rig.volumes.find(v).volume().drops().step()) { }
        rig.fs(v).sync();
    }

    @Test void clonesAndRollback() throws Exception {
        SimulatedDevice device = Bench.formatted(64 << 20, "lz4");
        String v = rig.open(device);
        long f = probe(v).file(ROOT, "f");
        probe(v).write(f, 0, new byte[700_000]);
        rig.snapshots.create(v, "a");
        rig.snapshots.clone(v, "a", "c");
        String c = rig.snapshots.open(v, "c");
        probe(c).write(f, 100_000, bytes(50_000, 3));
        long g = probe(c).file(ROOT, "g");
        probe(c).write(g, 0, bytes(10, 1));
        probe(v).write(f, 0, bytes(700_000, 9));
        assertNull(rig.fs(v).lookup(ROOT, "g"));
        rig.fs(v).hold(f);
        refused(Errno.EBUSY, () -> rig.snapshots.rollback(v, "a", "before"));
        rig.fs(v).drop(f, 1);
        rig.snapshots.rollback(v, "a", "before");
        assertArrayEquals(new byte[700_000], probe(v).all(f));
        rig.snapshots.rollback(v, "before", null);
        assertArrayEquals(bytes(700_000, 9), probe(v).all(f));
        rig.type.close(c, true);
        rig.snapshots.rollback(v, "c", null);
        assertArrayEquals(bytes(10, 1), probe(v).all(g));
        rig.snapshots.delete(v, "a");
        rig.snapshots.delete(v, "before");
        rig.snapshots.delete(v, "c");
        settle(v);
        assertEquals(List.of("head"), rig.snapshots.list(v).stream().map(Snapshot::name).toList());
        assertArrayEquals(bytes(50_000, 3), java.util.Arrays.copyOfRange(probe(v).all(f), 100_000, 150_000));
        rig.type.close(v, true);
        rig.clean(device);
    }

    private byte[] sent(String v, String snapshot, String since) throws FsException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        rig.snapshots.send(v, snapshot, since, Channels.newChannel(out), Progress.NONE);
        return out.toByteArray();
    }

    private Snapshot receive(String v, byte[] stream) throws FsException {
        return rig.snapshots.receive(v, Channels.newChannel(new ByteArrayInputStream(stream)), null, Progress.NONE);
    }

    private void work(String v) throws FsException {
        FileSystem fs = rig.fs(v);
        long d = probe(v).folder(ROOT, "d");
        for (int i = 0; i < 800; i++) {
            probe(v).write(probe(v).file(d, "file " + i), 0, bytes(i * 7, i));
        }
        long big = probe(v).file(ROOT, "big");
        probe(v).write(big, 0, bytes(3_000_000, 1));
        fs.allocate(big, 4_000_000, 1_000_000, AllocateMode.RESERVE);
        fs.setExtended(big, "user.x", bytes(2000, 5), ExtendedMode.SET);
        fs.create(ROOT, "link", NewNode.link("d/file 1", 1, 2));
        fs.link(big, d, "also big");
    }

    private void change(String v) throws FsException {
        FileSystem fs = rig.fs(v);
        long d = fs.lookup(ROOT, "d").node(), big = fs.lookup(ROOT, "big").node();
        fs.rename(d, "file 5", ROOT, "moved", RenameMode.REPLACE);
        fs.remove(d, "file 6", false);
        fs.remove(ROOT, "link", false);
        probe(v).write(big, 500_000, bytes(70_000, 8));
        fs.allocate(big, 1_000_000, 300_000, AllocateMode.PUNCH_HOLE);
        fs.setExtended(big, "user.x", bytes(10, 6), ExtendedMode.SET);
        fs.setExtended(big, "user.y", bytes(10, 7), ExtendedMode.SET);
        probe(v).write(probe(v).file(d, "new"), 0, bytes(100, 1));
        fs.set(fs.lookup(d, "file 700").node(), org.cloudos.fs.AttributeChange.size(17));
    }

    @Test void whatIsReceivedIsWhatWasSent() throws Exception {
        SimulatedDevice one = Bench.formatted(64 << 20, "zstd"), two = other(64 << 20);
        String a = rig.open(one), b = rig.open(two);
        work(a);
        rig.snapshots.create(a, "first");
        change(a);
        rig.snapshots.create(a, "second");
        receive(b, sent(a, "first", null));
        byte[] difference = sent(a, "second", "first");
        assertTrue(difference.length < 600_000, "only what differs: " + difference.length);
        Snapshot got = receive(b, difference);
        assertEquals("second", got.name());
        assertEquals(rig.snapshots.list(a).getLast().identity(), got.origin());
        for (String name : List.of("first", "second")) {
            String x = rig.snapshots.open(a, name), y = rig.snapshots.open(b, name);
            Map<String, Object> expected = Trees.of(rig.fs(x)), found = Trees.of(rig.fs(y));
            expected.forEach((path, what) -> assertEquals(what, found.get(path), path));
            assertEquals(expected.size(), found.size());
            rig.type.close(x, true);
            rig.type.close(y, true);
        }
        rig.type.close(a, true);
        rig.type.close(b, true);
        rig.clean(one);
        rig.clean(two);
    }

    private static SimulatedDevice other(long bytes) throws FsException {
        SimulatedDevice device = new SimulatedDevice(bytes);
        org.cloudos.fs.cloudfs.mount.Formatting.format(List.of(device), org.cloudos.fs.volume.FormatOptions.label("other"), Bench.SETTINGS,
                org.cloudos.fs.cloudfs.mount.Entropy.secure());
        return device;
    }

    @Test void aDamagedStreamLeavesNothing() throws Exception {
        SimulatedDevice one = Bench.formatted(64 << 20, "none"), two = other(64 << 20);
        String a = rig.open(one), b = rig.open(two);
        work(a);
        rig.snapshots.create(a, "first");
        change(a);
        rig.snapshots.create(a, "second");
        refused(Errno.ENOENT, () -> receive(b, sent(a, "second", "first")));
        byte[] stream = sent(a, "first", null);
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < 12; i++) {
            byte[] bad = i < 4 ? java.util.Arrays.copyOf(stream, random.nextInt(stream.length)) : stream.clone();
            if (i >= 4) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            FsException told = assertThrows(FsException.class, () -> receive(b, bad));
            if (told.errno() != Errno.EUCLEAN) {
                throw told;
            }
            assertEquals(1, rig.snapshots.list(b).size());
        }
        receive(b, stream);
        refused(Errno.EEXIST, () -> receive(b, stream));
        rig.type.close(b, true);
        rig.clean(two);
    }
}
