package org.cloudos.fs.vfs.core;

import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Credentials;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Propagation;
import org.cloudos.fs.vfs.Vfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands where, and what becomes of it. */
class MountsTest {
    private static final Caller ROOT = Caller.SYSTEM;
    private final TestSystem system = new TestSystem("none / tmpfs");
    private Vfs vfs;

    @BeforeEach void folders() throws FsException {
        vfs = system.vfs;
        for (String name : List.of("a", "b", "c")) {
            vfs.makeFolder(ROOT, 0, "/" + name, 0755);
        }
    }

    private void touch(Caller caller, String path) throws FsException {
        vfs.close(vfs.open(caller, 0, path, OpenHow.REPLACE));
    }

    private boolean isThere(Caller caller, String path) throws FsException {
        try {
            return vfs.attributes(caller, 0, path, true) != null;
        } catch (FsException e) {
            assertEquals(Errno.ENOENT, e.errno());
            return false;
        }
    }

    private List<String> paths(long namespace) throws FsException {
        return vfs.mounts(namespace).stream().map(MountInfo::path).sorted().toList();
    }

    @Test void aMountHidesWhatIsBelow() throws FsException {
        touch(ROOT, "/a/hidden");
        MountInfo info = vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of("size", "1m"));
        assertEquals("/a", info.path());
        assertFalse(isThere(ROOT, "/a/hidden"));
        touch(ROOT, "/a/f");
        assertEquals(1 << 20, vfs.space(ROOT, "/a/f").bytes());
        assertEquals(info.id(), vfs.mountOf(ROOT, 0, "/a/f").id());
        assertTrue(isThere(ROOT, "/a/../a/f"));
        vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of());
        assertFalse(isThere(ROOT, "/a/f"), "the topmost is seen");
        vfs.unmount(ROOT, "/a", false);
        assertTrue(isThere(ROOT, "/a/f"));
        vfs.unmount(ROOT, "/a/", false);
        assertTrue(isThere(ROOT, "/a/hidden"));
        refused(Errno.EINVAL, () -> vfs.unmount(ROOT, "/a", false));
        assertEquals(1, vfs.mounts(1).size());
    }

    @Test void mountingIsRefusedWithReasons() throws FsException {
        refused(Errno.ENODEV, () -> vfs.mount(ROOT, "none", "/a", "nofs", Map.of()));
        refused(Errno.EINVAL, () -> vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of("sice", "1m")));
        refused(Errno.EINVAL, () -> vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of("size", "much")));
        refused(Errno.ENODEV, () -> vfs.mount(ROOT, "sda9", "/a", "", Map.of()));
        refused(Errno.ENOENT, () -> vfs.mount(ROOT, "none", "/none", "tmpfs", Map.of()));
        touch(ROOT, "/f");
        refused(Errno.ENOTDIR, () -> vfs.mount(ROOT, "none", "/f", "tmpfs", Map.of()));
        refused(Errno.EPERM, () -> vfs.mount(Caller.of(Credentials.user(1, 1)), "none", "/a", "tmpfs", Map.of()));
        refused(Errno.EINVAL, () -> vfs.mounts(77));
    }

    @Test void busyMountsStayUnlessForced() throws FsException {
        vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of());
        OpenFile f = OpenFile.open(vfs, ROOT, "/a/f", OpenHow.REPLACE);
        refused(Errno.EBUSY, () -> vfs.unmount(ROOT, "/a", false));
        vfs.makeFolder(ROOT, 0, "/a/in", 0755);
        vfs.mount(ROOT, "none", "/a/in", "tmpfs", Map.of());
        refused(Errno.EBUSY, () -> vfs.unmount(ROOT, "/a", false));
        vfs.unmount(ROOT, "/a", true);
        assertEquals(List.of("/"), paths(1));
        refused(Errno.ENODEV, () -> f.write(0, MemorySegment.ofArray(new byte[1])));
        f.close();
        assertEquals(List.of(), vfs.handles());
    }

    @Test void bindsShowAFolderTwice() throws FsException {
        vfs.makeFolder(ROOT, 0, "/a/in", 0755);
        vfs.mount(ROOT, "none", "/a/in", "tmpfs", Map.of());
        touch(ROOT, "/a/in/f");
        vfs.bind(ROOT, "/a", "/b", false);
        assertTrue(isThere(ROOT, "/b/in"));
        assertFalse(isThere(ROOT, "/b/in/f"), "not recursive");
        vfs.bind(ROOT, "/a", "/c", true);
        assertTrue(isThere(ROOT, "/c/in/f"));
        assertEquals(List.of("/", "/a/in", "/b", "/c", "/c/in"), paths(1));
        touch(ROOT, "/c/new");
        assertTrue(isThere(ROOT, "/a/new"));
        refused(Errno.EXDEV, () -> vfs.rename(ROOT, 0, "/c/new", 0, "/a/newer", RenameMode.REPLACE));
        assertEquals("/", vfs.real(ROOT, 0, "/c/.."));
        touch(ROOT, "/one");
        touch(ROOT, "/two");
        vfs.bind(ROOT, "/one", "/two", false);
        assertEquals(vfs.attributes(ROOT, 0, "/one", true).node(), vfs.attributes(ROOT, 0, "/two", true).node());
        refused(Errno.EBUSY, () -> vfs.remove(ROOT, 0, "/two", false));
        vfs.propagate(ROOT, "/c", Propagation.UNBINDABLE, false);
        refused(Errno.EINVAL, () -> vfs.bind(ROOT, "/c", "/b", false));
    }

    @Test void readOnlyIsOfTheMount() throws FsException {
        touch(ROOT, "/a/f");
        vfs.bind(ROOT, "/a", "/b", false);
        vfs.remount(ROOT, "/b", Map.of("ro", "", "noexec", ""));
        assertTrue(vfs.mountOf(ROOT, 0, "/b").flags().contains(MountFlag.READ_ONLY));
        refused(Errno.EROFS, () -> touch(ROOT, "/b/g"));
        refused(Errno.EROFS, () -> touch(ROOT, "/b/f"));
        refused(Errno.EROFS, () -> vfs.remove(ROOT, 0, "/b/f", false));
        refused(Errno.EROFS, () -> vfs.access(ROOT, 0, "/b/f", 2));
        touch(ROOT, "/a/g");
        vfs.remount(ROOT, "/b", Map.of());
        OpenFile f = OpenFile.open(vfs, ROOT, "/b/f", OpenHow.of(OpenFlag.WRITE));
        refused(Errno.EBUSY, () -> vfs.remount(ROOT, "/b", Map.of("ro", "")));
        f.close();
        refused(Errno.EINVAL, () -> vfs.remount(ROOT, "/b", Map.of("size", "1")));
    }

    @Test void mountsMove() throws FsException {
        vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of());
        vfs.makeFolder(ROOT, 0, "/a/in", 0755);
        vfs.mount(ROOT, "none", "/a/in", "tmpfs", Map.of());
        touch(ROOT, "/a/in/f");
        vfs.move(ROOT, "/a", "/b");
        assertTrue(isThere(ROOT, "/b/in/f"));
        assertFalse(isThere(ROOT, "/a/in"));
        assertEquals(List.of("/", "/b", "/b/in"), paths(1));
        refused(Errno.EINVAL, () -> vfs.move(ROOT, "/b", "/b/in"));
        refused(Errno.EINVAL, () -> vfs.move(ROOT, "/", "/c"));
        refused(Errno.EINVAL, () -> vfs.move(ROOT, "/c", "/a"));
    }

    @Test void namespacesAreApart() throws FsException {
        long other = vfs.newNamespace(ROOT, 1);
        Caller there = ROOT.withNamespace(other);
        vfs.mount(there, "none", "/a", "tmpfs", Map.of());
        touch(there, "/a/f");
        assertTrue(isThere(there, "/a/f"));
        assertFalse(isThere(ROOT, "/a/f"));
        touch(ROOT, "/b/f");
        assertTrue(isThere(there, "/b/f"), "the volume is one");
        assertEquals(List.of(1L, other), vfs.namespaces());
        vfs.endNamespace(ROOT, other);
        assertEquals(List.of(1L), vfs.namespaces());
        assertTrue(isThere(ROOT, "/b/f"));
        refused(Errno.EINVAL, () -> vfs.attributes(there, 0, "/", true));
        refused(Errno.EINVAL, () -> vfs.endNamespace(ROOT, 1));
    }

    @Test void sharedMountsPropagate() throws FsException {
        vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of());
        vfs.makeFolder(ROOT, 0, "/a/sub", 0755);
        vfs.makeFolder(ROOT, 0, "/a/sub/in", 0755);
        vfs.propagate(ROOT, "/a", Propagation.SHARED, false);
        vfs.bind(ROOT, "/a", "/b", false);
        vfs.bind(ROOT, "/a/sub", "/c", false);
        long other = vfs.newNamespace(ROOT, 1);
        Caller there = ROOT.withNamespace(other);
        vfs.mount(ROOT, "none", "/a/sub/in", "tmpfs", Map.of());
        touch(ROOT, "/a/sub/in/f");
        for (String path : List.of("/b/sub/in/f", "/c/in/f")) {
            assertTrue(isThere(ROOT, path), path);
            assertTrue(isThere(there, path), path);
        }
        assertTrue(paths(other).containsAll(List.of("/a/sub/in", "/b/sub/in", "/c/in")), paths(other).toString());
        vfs.unmount(there, "/c/in", false);
        assertEquals(List.of("/", "/a", "/b", "/c"), paths(1));
        vfs.propagate(ROOT, "/a", Propagation.PRIVATE, false);
        vfs.mount(ROOT, "none", "/a/sub/in", "tmpfs", Map.of());
        assertFalse(paths(other).contains("/a/sub/in"));
    }

    @Test void aProviderGoesAndComesBack() throws FsException {
        MountInfo info = vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of());
        touch(ROOT, "/a/f");
        OpenFile f = OpenFile.open(vfs, ROOT, "/a/f", OpenHow.of(OpenFlag.READ, OpenFlag.WRITE));
        Map<String, Object> properties = Map.of(FileSystem.VOLUME, info.volume(), FileSystem.TYPE, "tmpfs");
        system.vfs.removeVolume(properties);
        refused(Errno.ENODEV, () -> f.write(0, MemorySegment.ofArray(new byte[1])));
        refused(Errno.ENODEV, () -> touch(ROOT, "/a/g"));
        assertFalse(vfs.mounts(1).getLast().available());
        assertNotNull(vfs.attributes(ROOT, 0, "/b", true), "others are well");
        system.vfs.addVolume(system.services.get(info.volume()), properties);
        f.write(0, MemorySegment.ofArray(new byte[1]));
        system.vfs.removeVolume(properties);
        refused(Errno.EBUSY, () -> vfs.unmount(ROOT, "/a", false));
        vfs.unmount(ROOT, "/a", true);
        assertEquals(List.of("/"), paths(1));
    }

    @Test void mountsAreHandedOver() throws FsException {
        vfs.mount(ROOT, "none", "/a", "tmpfs", Map.of("ro", "", "nosuid", ""));
        vfs.bind(ROOT, "/a", "/b", false);
        vfs.propagate(ROOT, "/b", Propagation.SHARED, false);
        long other = vfs.newNamespace(ROOT, 1);
        Vfs after = system.swapped().vfs;
        assertEquals(vfs.mounts(1), after.mounts(1));
        assertEquals(vfs.mounts(other), after.mounts(other));
        after.unmount(ROOT, "/b", false);
        after.unmount(ROOT, "/a", false);
        after.mount(ROOT, "none", "/a", "tmpfs", Map.of());
    }
}
