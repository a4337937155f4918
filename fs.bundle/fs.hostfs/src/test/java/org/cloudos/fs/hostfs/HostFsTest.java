package org.cloudos.fs.hostfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.suite.Probe;
import org.cloudos.linux.ffm.FolderCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFsTest {
    private static final long ROOT = FileSystem.ROOT;
    @TempDir Path machine;
    private Path shared;
    private HostFs fs;
    private Probe probe;

    @BeforeEach void open() throws Exception {
        shared = Files.createDirectory(machine.resolve("shared"));
        Files.writeString(machine.resolve("secret"), "not for you");
        fs = new HostFs(UUID.randomUUID(), shared.toString(), false, new HostNodes(new FolderCalls().open(shared.toString())));
        probe = new Probe(fs);
    }

    @AfterEach void close() {
        fs.nodes().close();
    }

    @Test void filesAreTheMachines() throws Exception {
        long d = fs.create(ROOT, "d", NewNode.folder(0750, 0, 0)).node();
        long f = fs.create(d, "f", NewNode.file(0640, 0, 0)).node();
        probe.write(f, 0, bytes(3_000_000, 1));
        assertArrayEquals(bytes(3_000_000, 1), Files.readAllBytes(shared.resolve("d/f")));
        Files.writeString(shared.resolve("d/f"), "from outside");
        assertEquals("from outside", new String(probe.all(f)));
        assertEquals(0640, fs.attributes(f).mode());
        assertEquals(12, probe.append(f, "!".getBytes()));
        fs.set(f, AttributeChange.size(4));
        assertEquals("from", Files.readString(shared.resolve("d/f")));
        fs.set(f, AttributeChange.times(5_000_000_000L, 7_000_000_000L));
        assertEquals(7000, Files.getLastModifiedTime(shared.resolve("d/f")).toMillis());
        fs.rename(d, "f", ROOT, "g", RenameMode.REPLACE);
        assertEquals("from", new String(probe.all(f)), "the number stays");
        refused(Errno.EEXIST, () -> fs.rename(ROOT, "g", ROOT, "d", RenameMode.NO_REPLACE));
        refused(Errno.EISDIR, () -> fs.rename(ROOT, "g", ROOT, "d", RenameMode.REPLACE));
        fs.link(f, d, "h");
        assertEquals(2, fs.attributes(f).links());
        refused(Errno.ENOTEMPTY, () -> fs.remove(ROOT, "d", true));
        refused(Errno.EISDIR, () -> fs.remove(ROOT, "d", false));
        refused(Errno.EEXIST, () -> fs.create(ROOT, "g", NewNode.file(0600, 0, 0)));
        assertEquals(List.of("d", "g"), probe.names(ROOT));
        assertEquals(d, fs.lookup(ROOT, "d").node());
        fs.remove(d, "h", false);
        fs.remove(ROOT, "d", true);
        assertNull(fs.lookup(ROOT, "d"));
    }

    @Test void noLinkLeadsOut() throws Exception {
        Files.createSymbolicLink(shared.resolve("out"), machine);
        Files.createSymbolicLink(shared.resolve("file"), machine.resolve("secret"));
        assertEquals(NodeType.LINK, fs.lookup(ROOT, "out").type());
        long out = fs.lookup(ROOT, "out").node(), file = fs.lookup(ROOT, "file").node();
        refused(Errno.ENOTDIR, () -> fs.lookup(out, "secret"));
        refused(Errno.ENOTDIR, () -> fs.create(out, "planted", NewNode.file(0600, 0, 0)));
        refused(Errno.EINVAL, () -> probe.read(file, 0, 100));
        refused(Errno.EINVAL, () -> probe.write(file, 0, new byte[1]));
        refused(Errno.EINVAL, () -> fs.lookup(ROOT, ".."));
        refused(Errno.EINVAL, () -> fs.lookup(ROOT, "out/secret"));
        assertEquals(machine.toString(), fs.target(out));
        assertEquals("not for you", Files.readString(machine.resolve("secret")));
    }

    /** A folder that was looked up is replaced by a link while it is used. */
    @Test void aFolderThatBecomesALinkLeadsNowhere() throws Exception {
        Files.createDirectory(shared.resolve("d"));
        Files.writeString(shared.resolve("d/secret"), "mine");
        long d = fs.lookup(ROOT, "d").node(), f = fs.lookup(d, "secret").node();
        Files.move(shared.resolve("d"), shared.resolve("moved"));
        Files.createSymbolicLink(shared.resolve("d"), machine);
        refused(Errno.ENOENT, () -> fs.attributes(d));
        refused(Errno.ELOOP, () -> probe.read(f, 0, 100));
        refused(Errno.ENOENT, () -> fs.create(d, "planted", NewNode.file(0600, 0, 0)));
        assertEquals(List.of("secret", "shared"), names(machine));
        long moved = fs.lookup(ROOT, "moved").node();
        assertEquals("mine", new String(probe.all(fs.lookup(moved, "secret").node())));
    }

    private static List<String> names(Path folder) throws Exception {
        try (var all = Files.list(folder)) {
            return all.map(p -> p.getFileName().toString()).sorted().toList();
        }
    }

    @Test void heldFilesOutliveTheirNames() throws Exception {
        long f = probe.file(ROOT, "f");
        fs.hold(f);
        probe.write(f, 0, bytes(100, 2));
        fs.remove(ROOT, "f", false);
        assertArrayEquals(bytes(100, 2), probe.all(f));
        assertEquals(0, fs.attributes(f).links());
        fs.drop(f, 1);
    }

    @Test void attributesOfUsersAreKept() throws Exception {
        long f = probe.file(ROOT, "f");
        try {
            fs.setExtended(f, "user.a", new byte[] {1, 2}, ExtendedMode.CREATE);
        } catch (org.cloudos.fs.FsException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            return; // the machine's temporary folder can't
        }
        assertArrayEquals(new byte[] {1, 2}, fs.extended(f, "user.a"));
        refused(Errno.EEXIST, () -> fs.setExtended(f, "user.a", new byte[0], ExtendedMode.CREATE));
        refused(Errno.ENODATA, () -> fs.extended(f, "user.b"));
        assertEquals(List.of("user.a"), fs.extendedNames(f));
        fs.removeExtended(f, "user.a");
        assertEquals(List.of(), fs.extendedNames(f));
    }

    @Test void numbersAreHandedOver() throws Exception {
        long f = probe.file(probe.folder(ROOT, "d"), "f");
        probe.write(f, 0, bytes(10, 3));
        fs.hold(f);
        @SuppressWarnings("unchecked")
        Map<Long, Object[]> state = (Map<Long, Object[]>) fs.state()[3];
        HostNodes nodes = new HostNodes(new FolderCalls().open(shared.toString()));
        nodes.restore(state);
        HostFs next = new HostFs(fs.id(), shared.toString(), false, nodes);
        next.remove(next.lookup(ROOT, "d").node(), "f", false);
        assertArrayEquals(bytes(10, 3), new Probe(next).all(f));
        nodes.close();
    }
}
