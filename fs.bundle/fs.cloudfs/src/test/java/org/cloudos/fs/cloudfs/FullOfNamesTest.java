package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.suite.Probe;
import org.junit.jupiter.api.Test;

class FullOfNamesTest {
    /** So many the kernel has still to forget. */
    private static final int LATE = 3000;
    private final Rig rig = new Rig();

    /** As through FUSE: who knows a file holds it, and lets go some time after its removal. */
    @Test void allCanBeRemoved() throws Exception {
        SimulatedDevice device = Bench.formatted(32 << 20, "none");
        String v = rig.open(device);
        FileSystem fs = rig.fs(v);
        List<Long> nodes = fill(fs);
        Deque<Long> late = new ArrayDeque<>();
        for (int i = 0; i < nodes.size(); i++) {
            fs.remove(FileSystem.ROOT, "name-" + i, false);
            late.add(nodes.get(i));
            if (late.size() > LATE) {
                fs.drop(late.remove(), 1);
            }
        }
        late.forEach(node -> fs.drop(node, 1));
        assertTrue(new Probe(fs).file(FileSystem.ROOT, "again") > 0);
        rig.type.close(v, true);
        rig.clean(device);
    }

    private static List<Long> fill(FileSystem fs) throws FsException {
        Probe probe = new Probe(fs);
        List<Long> nodes = new ArrayList<>();
        try {
            while (true) {
                long node = probe.file(FileSystem.ROOT, "name-" + nodes.size());
                fs.hold(node);
                nodes.add(node);
            }
        } catch (FsException.Refused e) {
            assertEquals(Errno.ENOSPC, e.errno());
        }
        return nodes;
    }
}
