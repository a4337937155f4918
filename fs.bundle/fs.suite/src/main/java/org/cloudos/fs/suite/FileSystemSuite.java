package org.cloudos.fs.suite;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.VolumeInfo.Feature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names, nodes and attributes; {@link ContentsSuite} has the rest. Each test has a fresh volume with at least 64 MiB free. */
public abstract class FileSystemSuite {
    protected static final long ROOT = FileSystem.ROOT;
    protected FileSystem fs;
    protected Probe probe;

    /** A fresh, empty volume. */
    protected abstract FileSystem open() throws Exception;

    /** Ends the volume. */
    protected void close() throws Exception { }

    @BeforeEach void openVolume() throws Exception {
        fs = open();
        probe = new Probe(fs);
    }

    @AfterEach void closeVolume() throws Exception {
        close();
    }

    @Test void aFreshVolumeIsEmpty() throws FsException {
        Attributes root = fs.attributes(ROOT);
        assertEquals(NodeType.FOLDER, root.type());
        assertEquals(ROOT, root.node());
        assertEquals(List.of(), probe.names(ROOT));
        assertEquals(ROOT, fs.parent(ROOT));
        assertNotNull(fs.info().volume());
        assertTrue(fs.space().free() >= 64 << 20);
    }

    @Test void createdNodesAreFound() throws FsException {
        Attributes made = fs.create(ROOT, "a", NewNode.file(04755, 7, 8));
        assertEquals(04755, made.mode());
        assertEquals(7, made.uid());
        assertEquals(8, made.gid());
        assertEquals(1, made.links());
        assertEquals(0, made.size());
        assertEquals(made.node(), fs.lookup(ROOT, "a").node());
        assertEquals(made, fs.attributes(made.node()));
        assertNull(fs.lookup(ROOT, "b"));
        assertNull(fs.lookup(ROOT, "A"), "names are compared byte by byte");
        refused(Errno.EEXIST, () -> probe.file(ROOT, "a"));
        refused(Errno.ENOTDIR, () -> probe.file(made.node(), "b"));
        refused(Errno.ENOTDIR, () -> fs.lookup(made.node(), "b"));
        refused(Errno.ENOTDIR, () -> fs.parent(made.node()));
        refused(Errno.ENOENT, () -> fs.attributes(made.node() + 1_000_000));
    }

    @Test void everyTypeIsKept() throws FsException {
        for (NodeType type : NodeType.values()) {
            int device = type == NodeType.BLOCK_DEVICE || type == NodeType.CHARACTER_DEVICE ? 0x12345 : 0;
            String target = type == NodeType.LINK ? "some/where" : null;
            Attributes made = fs.create(ROOT, "t" + type, new NewNode(type, 0600, 1, 2, device, target, Map.of()));
            assertEquals(type, fs.lookup(ROOT, "t" + type).type());
            assertEquals(device, made.device());
        }
        fs.list(ROOT, 0, (name, node, type, cookie) -> {
            assertEquals("t" + type, name);
            assertTrue(cookie != 0);
            return true;
        });
    }

    @Test void linksKeepTheirTarget() throws FsException {
        String target = "ü/".repeat(1365);
        long link = fs.create(ROOT, "l", NewNode.link(target, 0, 0)).node();
        assertEquals(target, fs.target(link));
        assertEquals(4095, fs.attributes(link).size());
        refused(Errno.EINVAL, () -> fs.target(probe.file(ROOT, "f")));
        refused(Errno.ENAMETOOLONG, () -> fs.create(ROOT, "m", NewNode.link("x".repeat(4096), 0, 0)));
    }

    @Test void namesHaveLimits() throws FsException {
        List<String> good = List.of("x".repeat(255), "ü".repeat(127), "\uD83D\uDE00".repeat(63), " ", "...", "a\nb", "\u0001", "\\");
        for (String name : good) {
            probe.file(ROOT, name);
            assertNotNull(fs.lookup(ROOT, name));
        }
        assertEquals(good.stream().sorted().toList(), probe.names(ROOT));
        refused(Errno.ENAMETOOLONG, () -> probe.file(ROOT, "x".repeat(256)));
        refused(Errno.ENAMETOOLONG, () -> probe.folder(ROOT, "ü".repeat(128)));
        refused(Errno.EILSEQ, () -> probe.file(ROOT, "a\uD83D"));
        refused(Errno.EILSEQ, () -> fs.rename(ROOT, " ", ROOT, "\uDE00", RenameMode.REPLACE));
        for (String name : List.of("", ".", "..", "a/b", "a\0b")) {
            refused(Errno.EINVAL, () -> probe.file(ROOT, name));
        }
    }

    @Test void hardLinksAreOneNode() throws FsException {
        long node = probe.file(ROOT, "a");
        long folder = probe.folder(ROOT, "d");
        assertEquals(2, fs.link(node, folder, "b").links());
        assertEquals(node, fs.lookup(folder, "b").node());
        refused(Errno.EPERM, () -> fs.link(folder, ROOT, "e"));
        refused(Errno.EEXIST, () -> fs.link(node, folder, "b"));
        fs.remove(ROOT, "a", false);
        assertEquals(1, fs.attributes(node).links());
        probe.write(node, 0, bytes(10, 1));
        fs.remove(folder, "b", false);
        refused(Errno.ENOENT, () -> fs.attributes(node));
    }

    @Test void heldNodesOutliveTheirNames() throws FsException {
        long node = probe.file(ROOT, "a");
        fs.hold(node);
        fs.hold(node);
        fs.remove(ROOT, "a", false);
        probe.write(node, 3, bytes(5000, 1));
        assertEquals(5003, fs.attributes(node).size());
        assertEquals(0, fs.attributes(node).links());
        fs.drop(node, 1);
        assertArrayEquals(bytes(5000, 1), probe.read(node, 3, 5000));
        fs.drop(node, 1);
        refused(Errno.ENOENT, () -> fs.attributes(node));
        fs.drop(node, 5);
        fs.drop(987_654_321, 1);
        refused(Errno.ENOENT, () -> fs.hold(node));
    }

    @Test void namelessFilesCanGetAName() throws FsException {
        long node = fs.createNameless(ROOT, NewNode.file(0600, 1, 1)).node();
        assertEquals(0, fs.attributes(node).links());
        probe.write(node, 0, bytes(100, 2));
        assertEquals(List.of(), probe.names(ROOT));
        fs.link(node, ROOT, "named");
        fs.drop(node, 1);
        assertArrayEquals(bytes(100, 2), probe.all(fs.lookup(ROOT, "named").node()));
        long lost = fs.createNameless(ROOT, NewNode.file(0600, 1, 1)).node();
        fs.drop(lost, 1);
        refused(Errno.ENOENT, () -> fs.attributes(lost));
    }

    @Test void foldersAreRemovedWhenEmpty() throws FsException {
        long folder = probe.folder(ROOT, "d");
        long file = probe.file(folder, "f");
        refused(Errno.ENOTEMPTY, () -> fs.remove(ROOT, "d", true));
        refused(Errno.EISDIR, () -> fs.remove(ROOT, "d", false));
        refused(Errno.ENOTDIR, () -> fs.remove(folder, "f", true));
        refused(Errno.ENOENT, () -> fs.remove(folder, "g", false));
        refused(Errno.ENOTDIR, () -> fs.remove(file, "g", false));
        fs.remove(folder, "f", false);
        fs.hold(folder);
        fs.remove(ROOT, "d", true);
        assertNull(fs.lookup(ROOT, "d"));
        refused(Errno.ENOENT, () -> probe.file(folder, "late"));
        assertEquals(List.of(), probe.names(folder));
        fs.drop(folder, 1);
        refused(Errno.ENOENT, () -> fs.attributes(folder));
    }

    @Test void foldersCountTheirFolders() throws FsException {
        long a = probe.folder(ROOT, "a"), b = probe.folder(ROOT, "b");
        if (fs.attributes(a).links() == 1) {
            return; // not counted
        }
        probe.folder(a, "x");
        probe.folder(b, "y");
        assertEquals(3, fs.attributes(a).links());
        fs.rename(a, "x", b, "x", RenameMode.REPLACE);
        assertEquals(2, fs.attributes(a).links());
        assertEquals(4, fs.attributes(b).links());
        fs.rename(b, "x", b, "y", RenameMode.REPLACE);
        assertEquals(3, fs.attributes(b).links());
        probe.file(a, "f");
        fs.rename(a, "f", b, "y", RenameMode.EXCHANGE);
        assertEquals(3, fs.attributes(a).links());
        assertEquals(2, fs.attributes(b).links());
        assertEquals(a, fs.parent(fs.lookup(a, "f").node()));
    }

    @Test void renameReplaces() throws FsException {
        long a = probe.file(ROOT, "a"), b = probe.file(ROOT, "b"), d = probe.folder(ROOT, "d"), e = probe.folder(ROOT, "e");
        fs.rename(ROOT, "a", ROOT, "b", RenameMode.REPLACE);
        assertEquals(a, fs.lookup(ROOT, "b").node());
        assertNull(fs.lookup(ROOT, "a"));
        refused(Errno.ENOENT, () -> fs.attributes(b));
        refused(Errno.EISDIR, () -> fs.rename(ROOT, "b", ROOT, "d", RenameMode.REPLACE));
        refused(Errno.ENOTDIR, () -> fs.rename(ROOT, "d", ROOT, "b", RenameMode.REPLACE));
        refused(Errno.ENOENT, () -> fs.rename(ROOT, "x", ROOT, "y", RenameMode.REPLACE));
        probe.file(e, "in");
        refused(Errno.ENOTEMPTY, () -> fs.rename(ROOT, "d", ROOT, "e", RenameMode.REPLACE));
        fs.rename(ROOT, "e", ROOT, "d", RenameMode.REPLACE);
        assertEquals(e, fs.lookup(ROOT, "d").node());
        refused(Errno.ENOENT, () -> fs.attributes(d));
        fs.link(a, ROOT, "hard");
        fs.rename(ROOT, "b", ROOT, "hard", RenameMode.REPLACE);
        assertNotNull(fs.lookup(ROOT, "b"), "two names of one node: nothing happens");
        refused(Errno.EEXIST, () -> fs.rename(ROOT, "b", ROOT, "d", RenameMode.NO_REPLACE));
        fs.rename(ROOT, "b", e, "b", RenameMode.NO_REPLACE);
        assertEquals(List.of("b", "in"), probe.names(e));
    }

    @Test void renameExchanges() throws FsException {
        long a = probe.file(ROOT, "a"), d = probe.folder(ROOT, "d"), in = probe.folder(d, "in");
        refused(Errno.ENOENT, () -> fs.rename(ROOT, "a", ROOT, "x", RenameMode.EXCHANGE));
        fs.rename(ROOT, "a", d, "in", RenameMode.EXCHANGE);
        assertEquals(in, fs.lookup(ROOT, "a").node());
        assertEquals(a, fs.lookup(d, "in").node());
        assertEquals(ROOT, fs.parent(in));
        refused(Errno.EINVAL, () -> fs.rename(ROOT, "d", d, "in", RenameMode.EXCHANGE));
        refused(Errno.EINVAL, () -> fs.rename(d, "in", ROOT, "d", RenameMode.EXCHANGE));
    }

    @Test void noFolderComesIntoItself() throws FsException {
        long a = probe.folder(ROOT, "a"), b = probe.folder(a, "b"), c = probe.folder(b, "c");
        refused(Errno.EINVAL, () -> fs.rename(ROOT, "a", a, "x", RenameMode.REPLACE));
        refused(Errno.EINVAL, () -> fs.rename(ROOT, "a", c, "x", RenameMode.REPLACE));
        refused(Errno.ENOTEMPTY, () -> fs.rename(b, "c", ROOT, "a", RenameMode.REPLACE));
        fs.rename(a, "b", ROOT, "b", RenameMode.REPLACE);
        fs.rename(ROOT, "a", c, "a", RenameMode.REPLACE);
        assertEquals(c, fs.parent(a));
    }

    @Test void walksAreSteady() throws FsException {
        long d = probe.folder(ROOT, "d");
        for (int i = 0; i < 500; i++) {
            probe.file(d, "n" + i);
        }
        assertEquals(500, probe.list(d, 3).size());
        long[] cookie = {0};
        int[] seen = {0};
        fs.list(d, 0, (name, node, type, next) -> seen[0] < 100 && (cookie[0] = next) != 0 && seen[0]++ < 100);
        for (int i = 0; i < 500; i += 2) {
            fs.remove(d, "n" + i, false);
        }
        probe.file(d, "new");
        int[] rest = {0};
        fs.list(d, cookie[0], (name, node, type, next) -> ++rest[0] > 0);
        assertTrue(rest[0] >= 150 && rest[0] <= 251, "rest of the walk: " + rest[0]);
        refused(Errno.ENOTDIR, () -> fs.list(fs.lookup(d, "new").node(), 0, (n, x, t, c) -> true));
    }

    @Test void attributesAreSet() throws FsException {
        Attributes before = fs.create(ROOT, "a", NewNode.file(0644, 1, 1));
        Attributes after = fs.set(before.node(), new AttributeChange(01777, 5, 6, null, 1_000_000_007L, -3L, null));
        assertEquals(01777, after.mode());
        assertEquals(5, after.uid());
        assertEquals(6, after.gid());
        assertEquals(1_000_000_007L, after.accessed());
        assertEquals(-3L, after.modified());
        assertEquals(before.born(), after.born());
        assertTrue(after.changed() >= before.changed());
        Attributes now = fs.set(before.node(), AttributeChange.times(AttributeChange.NOW, AttributeChange.NOW));
        assertTrue(now.accessed() >= before.changed() && now.modified() >= before.changed());
        assertEquals(now, fs.attributes(before.node()));
        refused(Errno.EISDIR, () -> fs.set(ROOT, AttributeChange.size(1)));
    }

    @Test void timesFollowChanges() throws FsException {
        long d = probe.folder(ROOT, "d");
        long f = probe.file(d, "f");
        fs.set(d, AttributeChange.times(1L, 1L));
        fs.set(f, AttributeChange.times(1L, 1L));
        fs.link(f, d, "g");
        assertTrue(fs.attributes(d).modified() > 1, "a name was made");
        assertEquals(1, fs.attributes(f).modified(), "contents are as they were");
        probe.write(f, 0, bytes(1, 1));
        assertTrue(fs.attributes(f).modified() > 1);
        assertEquals(1, fs.attributes(f).accessed(), "kept by the caller");
        fs.set(d, AttributeChange.times(1L, 1L));
        fs.remove(d, "g", false);
        assertTrue(fs.attributes(d).modified() > 1, "a name was removed");
    }

    @Test void extendedAttributesAreKept() throws FsException {
        long f = fs.create(ROOT, "f", new NewNode(NodeType.FILE, 0600, 0, 0, 0, null, Map.of("user.first", new byte[] {1}))).node();
        if (!fs.info().features().contains(Feature.EXTENDED_ATTRIBUTES)) {
            return;
        }
        assertArrayEquals(new byte[] {1}, fs.extended(f, "user.first"));
        fs.setExtended(f, "user.big", bytes(3000, 4), ExtendedMode.CREATE);
        refused(Errno.EEXIST, () -> fs.setExtended(f, "user.big", new byte[0], ExtendedMode.CREATE));
        fs.setExtended(f, "user.big", bytes(10, 5), ExtendedMode.REPLACE);
        refused(Errno.ENODATA, () -> fs.setExtended(f, "user.none", new byte[0], ExtendedMode.REPLACE));
        fs.setExtended(f, "user.empty", new byte[0], ExtendedMode.SET);
        assertArrayEquals(new byte[0], fs.extended(f, "user.empty"));
        assertArrayEquals(bytes(10, 5), fs.extended(f, "user.big"));
        assertEquals(List.of("user.big", "user.empty", "user.first"), fs.extendedNames(f).stream().sorted().toList());
        fs.removeExtended(f, "user.first");
        refused(Errno.ENODATA, () -> fs.extended(f, "user.first"));
        refused(Errno.ENODATA, () -> fs.removeExtended(f, "user.first"));
        refused(Errno.E2BIG, () -> fs.setExtended(f, "user.huge", new byte[1 << 20], ExtendedMode.SET));
    }
}
