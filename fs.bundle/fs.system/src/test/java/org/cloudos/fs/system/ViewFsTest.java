package org.cloudos.fs.system;

import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.suite.Probe;
import org.junit.jupiter.api.Test;

class ViewFsTest {
    private final Map<String, View> bundles = new TreeMap<>(Map.of("a", new View.Text(() -> "state ACTIVE\n"), "b/c", new View.Text(() -> "")));
    private final View.Folder root = new View.Folder(() -> Map.of("bundles", new View.Folder(() -> bundles), "mounts", new View.Text(() -> "ü\n")));
    private final ViewFs fs = new ViewFs(UUID.randomUUID(), root, 0, Map.of());
    private final Probe probe = new Probe(fs);

    @Test void viewsAreFiles() throws FsException {
        assertEquals(List.of("bundles", "mounts"), probe.names(FileSystem.ROOT));
        long folder = fs.lookup(FileSystem.ROOT, "bundles").node();
        assertEquals(List.of("a", "b_c"), probe.names(folder));
        assertEquals("state ACTIVE\n", new String(probe.all(fs.lookup(folder, "a").node())));
        assertEquals(3, fs.lookup(FileSystem.ROOT, "mounts").size());
        assertEquals(FileSystem.ROOT, fs.parent(folder));
        assertEquals(1, probe.read(fs.lookup(FileSystem.ROOT, "mounts").node(), 2, 100).length);
        refused(Errno.EISDIR, () -> probe.read(folder, 0, 1));
        refused(Errno.ENOTDIR, () -> fs.lookup(fs.lookup(folder, "a").node(), "x"));
        refused(Errno.EROFS, () -> fs.create(folder, "x", NewNode.file(0, 0, 0)));
    }

    @Test void whatGoesIsGone() throws FsException {
        long folder = fs.lookup(FileSystem.ROOT, "bundles").node(), a = fs.lookup(folder, "a").node();
        bundles.remove("a");
        assertNull(fs.lookup(folder, "a"));
        refused(Errno.ENOENT, () -> probe.read(a, 0, 1));
        bundles.put("a", new View.Text(() -> "again"));
        assertEquals(a, fs.lookup(folder, "a").node(), "numbers are kept");
        ViewFs next = new ViewFs(fs.id(), root, 0, fs.known());
        assertEquals("again", new String(new Probe(next).all(a)), "over a swap too");
    }
}
