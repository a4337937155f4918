package org.cloudos.fs.tmpfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.suite.Probe;
import org.junit.jupiter.api.Test;

class TmpFsTest {
    static TmpFs fresh(long bytes, long nodes) {
        return new TmpFs(new Volume(UUID.randomUUID(), "test", bytes, nodes, false, NewNode.folder(0755, 0, 0),
                TmpFsType.nanos(Clock.systemUTC())));
    }

    @Test void memoryIsGivenBack() throws FsException {
        TmpFs fs = fresh(1 << 20, 100);
        Probe probe = new Probe(fs);
        long before = fs.space().free();
        for (int i = 0; i < 20; i++) {
            long d = probe.folder(FileSystem.ROOT, "d");
            long f = probe.file(d, "f");
            probe.write(f, 0, bytes(700_000, i));
            fs.setExtended(f, "user.x", new byte[1000], org.cloudos.fs.ExtendedMode.SET);
            fs.remove(d, "f", false);
            fs.remove(FileSystem.ROOT, "d", true);
            assertEquals(before, fs.space().free());
        }
    }

    @Test void nodesAreLimited() throws FsException {
        TmpFs fs = fresh(1 << 20, 5);
        Probe probe = new Probe(fs);
        for (int i = 0; i < 4; i++) {
            probe.file(FileSystem.ROOT, "f" + i);
        }
        refused(Errno.ENOSPC, () -> probe.file(FileSystem.ROOT, "g"));
        assertEquals(0, fs.space().freeNodes());
        fs.remove(FileSystem.ROOT, "f0", false);
        probe.file(FileSystem.ROOT, "g");
    }

    @Test void aVolumeIsHandedOverAlive() throws FsException {
        TmpFs old = fresh(1 << 20, 100);
        long f = new Probe(old).file(FileSystem.ROOT, "f");
        new Probe(old).write(f, 10, bytes(10_000, 1));
        TmpFs next = new TmpFs(Volume.of(old.volume().raw(), TmpFsType.nanos(Clock.systemUTC())));
        assertArrayEquals(bytes(10_000, 1), new Probe(next).read(f, 10, 10_000));
        new Probe(next).write(f, 0, bytes(20_000, 2));
        new Probe(next).file(FileSystem.ROOT, "g");
        assertArrayEquals(bytes(20_000, 2), new Probe(old).all(f), "going back loses nothing");
        assertEquals(2, new Probe(old).names(FileSystem.ROOT).size());
    }

    @Test void aClosedVolumeSaysSo() throws FsException {
        TmpFs fs = fresh(1 << 20, 100);
        long f = new Probe(fs).file(FileSystem.ROOT, "f");
        new Probe(fs).write(f, 0, bytes(100, 1));
        fs.volume().close();
        refused(Errno.ENODEV, () -> new Probe(fs).read(f, 0, 10));
        refused(Errno.ENODEV, () -> fs.lookup(FileSystem.ROOT, "f"));
        fs.drop(f, 1);
    }
}
