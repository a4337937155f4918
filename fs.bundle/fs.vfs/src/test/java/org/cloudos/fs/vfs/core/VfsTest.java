package org.cloudos.fs.vfs.core;

import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Credentials;
import org.cloudos.fs.vfs.Handles;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Paths, permissions, open files. */
class VfsTest {
    private static final Caller ROOT = Caller.SYSTEM.withUmask(0), ANN = Caller.of(Credentials.user(1000, 1000, 50)),
            BOB = Caller.of(Credentials.user(1001, 1001));
    private final TestSystem system = new TestSystem("none / tmpfs", "none /tmp tmpfs mode=1777");
    private Vfs vfs;

    @BeforeEach void mounted() throws FsException {
        vfs = system.vfs;
        vfs.makeFolder(ROOT, 0, "/home", 0755);
        vfs.makeFolder(ROOT, 0, "/home/ann", 0750);
        vfs.change(ROOT, 0, "/home/ann", true, AttributeChange.owner(1000, 1000));
    }

    private void write(Caller caller, String path, String text) throws FsException {
        try (OpenFile file = OpenFile.open(vfs, caller, path, OpenHow.REPLACE)) {
            write(file, Handles.POSITION, text);
        }
    }

    private static void write(OpenFile file, long offset, String text) throws FsException {
        file.write(offset, MemorySegment.ofArray(text.getBytes()));
    }

    private String read(Caller caller, String path) throws FsException {
        try (OpenFile file = OpenFile.open(vfs, caller, path, OpenHow.READ)) {
            return read(file, 0);
        }
    }

    private static String read(OpenFile file, long offset) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment into = arena.allocate(10_000);
            return new String(into.asSlice(0, file.read(offset, into)).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    // ---- paths

    @Test void pathsLeadToFiles() throws FsException {
        vfs.makeFolder(ROOT, 0, "/a", 0755);
        vfs.makeFolder(ROOT, 0, "/a/b/", 0755);
        write(ROOT, "/a/b/f", "text");
        long b = vfs.attributes(ROOT, 0, "/a/b", true).node();
        for (String path : List.of("/a/b", "//a///b", "/a/b/", "/a/./b/.", "/a/b/../b", "/../../a/b", "a/b", "/tmp/../a/b")) {
            assertEquals(b, vfs.attributes(ROOT, 0, path, true).node(), path);
            assertEquals("/a/b", vfs.real(ROOT, 0, path), path);
        }
        assertEquals("text", read(ROOT, "/a/b/f"));
        refused(Errno.ENOTDIR, () -> read(ROOT, "/a/b/f/"));
        refused(Errno.ENOTDIR, () -> read(ROOT, "/a/b/f/g"));
        refused(Errno.ENOTDIR, () -> read(ROOT, "/a/b/f/.."));
        refused(Errno.ENOENT, () -> read(ROOT, "/a/x/../b/f"));
        refused(Errno.ENOENT, () -> read(ROOT, ""));
        refused(Errno.EINVAL, () -> read(ROOT, "/a\0b"));
        refused(Errno.EILSEQ, () -> read(ROOT, "/\uD800"));
        refused(Errno.ENAMETOOLONG, () -> read(ROOT, "/" + "x".repeat(256)));
        refused(Errno.ENAMETOOLONG, () -> read(ROOT, "/" + "a/".repeat(2048)));
        refused(Errno.EISDIR, () -> write(ROOT, "/a/b", ""));
        refused(Errno.EISDIR, () -> write(ROOT, "/a/new/", ""));
        refused(Errno.EEXIST, () -> vfs.makeFolder(ROOT, 0, "/", 0755));
        refused(Errno.EEXIST, () -> vfs.makeFolder(ROOT, 0, "/a/b/..", 0755));
        refused(Errno.EINVAL, () -> vfs.remove(ROOT, 0, "/a/b/.", true));
        refused(Errno.ENOTEMPTY, () -> vfs.remove(ROOT, 0, "/a/b/..", true));
        refused(Errno.EBUSY, () -> vfs.rename(ROOT, 0, "/a/.", 0, "/c", RenameMode.REPLACE));
        refused(Errno.EBUSY, () -> vfs.remove(ROOT, 0, "/tmp", true));
        refused(Errno.EXDEV, () -> vfs.rename(ROOT, 0, "/a/b/f", 0, "/tmp/f", RenameMode.REPLACE));
        refused(Errno.EXDEV, () -> vfs.link(ROOT, 0, "/a/b/f", true, 0, "/tmp/f"));
    }

    @Test void linksAreFollowed() throws FsException {
        vfs.makeFolder(ROOT, 0, "/d", 0755);
        write(ROOT, "/d/f", "text");
        vfs.makeLink(ROOT, "f", 0, "/d/relative");
        vfs.makeLink(ROOT, "/d/./relative", 0, "/absolute");
        vfs.makeLink(ROOT, "d", 0, "/folder");
        vfs.makeLink(ROOT, "../tmp/none", 0, "/d/dangling");
        assertEquals("text", read(ROOT, "/absolute"));
        assertEquals("text", read(ROOT, "/folder/relative"));
        assertEquals("/d/f", vfs.real(ROOT, 0, "/folder/relative"));
        assertEquals("/d", vfs.real(ROOT, 0, "/folder/"));
        assertTrue(vfs.attributes(ROOT, 0, "/folder/", false).isFolder(), "a slash follows");
        assertFalse(vfs.attributes(ROOT, 0, "/folder", false).isFolder());
        refused(Errno.ENOENT, () -> read(ROOT, "/d/dangling"));
        write(ROOT, "/d/dangling", "made");
        assertEquals("made", read(ROOT, "/tmp/none"));
        refused(Errno.ELOOP, () -> vfs.open(ROOT, 0, "/absolute", OpenHow.of(OpenFlag.READ, OpenFlag.NO_FOLLOW)));
        refused(Errno.EEXIST, () -> vfs.open(ROOT, 0, "/absolute", OpenHow.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE)));
        vfs.makeLink(ROOT, "loop2", 0, "/loop1");
        vfs.makeLink(ROOT, "loop1", 0, "/loop2");
        refused(Errno.ELOOP, () -> read(ROOT, "/loop1"));
        vfs.makeLink(ROOT, "/d/f", 0, "/chain0");
        for (int i = 1; i <= 40; i++) {
            vfs.makeLink(ROOT, "chain" + (i - 1), 0, "/chain" + i);
        }
        assertEquals("text", read(ROOT, "/chain39"));
        refused(Errno.ELOOP, () -> read(ROOT, "/chain40"));
        vfs.remove(ROOT, 0, "/absolute", false);
        assertEquals("text", read(ROOT, "/d/f"), "the link went, not the file");
    }

    @Test void foldersKeepCallersIn() throws FsException {
        vfs.makeFolder(ROOT, 0, "/jail", 0755);
        vfs.makeFolder(ROOT, 0, "/jail/in", 0755);
        write(ROOT, "/secret", "no");
        write(ROOT, "/jail/secret", "yes");
        vfs.makeLink(ROOT, "/secret", 0, "/jail/in/absolute");
        vfs.makeLink(ROOT, "../../../secret", 0, "/jail/in/up");
        try (OpenFile jail = OpenFile.open(vfs, ROOT, "/jail", OpenHow.PATH); OpenFile in = OpenFile.open(vfs, ROOT, "/jail/in", OpenHow.PATH)) {
            Caller caught = ROOT.withRoot(jail.handle());
            for (String path : List.of("/secret", "/in/../../secret", "in/absolute", "/in/up", "../../secret")) {
                assertEquals("yes", read(caught, path), path);
            }
            assertEquals("yes", read(ROOT.in(in.handle()), "../secret"));
            for (OpenFlag flag : List.of(OpenFlag.BENEATH)) {
                for (String path : List.of("../secret", "absolute", "up", "/secret")) {
                    refused(Errno.EXDEV, () -> vfs.open(ROOT, in.handle(), path, OpenHow.of(OpenFlag.READ, flag)));
                }
            }
            refused(Errno.ELOOP, () -> vfs.open(ROOT, in.handle(), "up", OpenHow.of(OpenFlag.READ, OpenFlag.NO_LINKS)));
            refused(Errno.EXDEV, () -> vfs.open(ROOT, 0, "/tmp", OpenHow.of(OpenFlag.READ, OpenFlag.NO_MOUNTS)));
            refused(Errno.EBADF, () -> vfs.read(in.handle(), 0, MemorySegment.ofArray(new byte[1])));
        }
    }

    // ---- permissions

    @Test void permissionBitsAreKept() throws FsException {
        write(ANN, "/home/ann/f", "hers");
        assertEquals("hers", read(ANN, "/home/ann/f"));
        refused(Errno.EACCES, () -> read(BOB, "/home/ann/f"));
        refused(Errno.EACCES, () -> write(BOB, "/home/bob", ""));
        assertEquals("hers", read(ROOT, "/home/ann/f"));
        vfs.change(ANN, 0, "/home/ann", true, AttributeChange.mode(0755));
        assertEquals("hers", read(BOB, "/home/ann/f"));
        refused(Errno.EACCES, () -> write(BOB, "/home/ann/f", "his"));
        refused(Errno.EPERM, () -> vfs.change(BOB, 0, "/home/ann/f", true, AttributeChange.mode(0777)));
        refused(Errno.EPERM, () -> vfs.change(ANN, 0, "/home/ann/f", true, AttributeChange.owner(1001, 1000)));
        vfs.change(ANN, 0, "/home/ann/f", true, new AttributeChange(null, null, 50, null, null, null, null));
        refused(Errno.EPERM, () -> vfs.change(ANN, 0, "/home/ann/f", true, new AttributeChange(null, null, 51, null, null, null, null)));
        refused(Errno.EACCES, () -> vfs.access(BOB, 0, "/home/ann/f", 2));
        vfs.access(BOB, 0, "/home/ann/f", 4);
        refused(Errno.EACCES, () -> vfs.access(ROOT, 0, "/home/ann/f", 1));
        refused(Errno.EPERM, () -> vfs.change(BOB, 0, "/home/ann/f", true, AttributeChange.times(1L, 1L)));
        refused(Errno.EACCES, () -> vfs.change(BOB, 0, "/home/ann/f", true, AttributeChange.times(AttributeChange.NOW, AttributeChange.NOW)));
        assertEquals(0644, vfs.attributes(ROOT, 0, "/home/ann/f", true).mode(), "0666 without the umask");
    }

    @Test void stickyFoldersAreForOwners() throws FsException {
        write(ANN, "/tmp/f", "");
        vfs.change(ANN, 0, "/tmp/f", true, AttributeChange.mode(0666));
        write(BOB, "/tmp/f", "written");
        refused(Errno.EPERM, () -> vfs.remove(BOB, 0, "/tmp/f", false));
        refused(Errno.EPERM, () -> vfs.rename(BOB, 0, "/tmp/f", 0, "/tmp/g", RenameMode.REPLACE));
        write(BOB, "/tmp/his", "");
        refused(Errno.EPERM, () -> vfs.rename(BOB, 0, "/tmp/his", 0, "/tmp/f", RenameMode.REPLACE));
        vfs.remove(ANN, 0, "/tmp/f", false);
    }

    @Test void setIdBitsAreInheritedAndCleared() throws FsException {
        vfs.makeFolder(ROOT, 0, "/shared", 0777);
        vfs.change(ROOT, 0, "/shared", true, new AttributeChange(02777, 0, 77, null, null, null, null));
        vfs.makeFolder(ANN, 0, "/shared/d", 0755);
        assertEquals(02755, vfs.attributes(ROOT, 0, "/shared/d", true).mode());
        assertEquals(77, vfs.attributes(ROOT, 0, "/shared/d", true).gid());
        write(ANN, "/shared/f", "x");
        assertEquals(77, vfs.attributes(ROOT, 0, "/shared/f", true).gid());
        vfs.change(ANN, 0, "/shared/f", true, AttributeChange.mode(06777));
        assertEquals(04777, vfs.attributes(ROOT, 0, "/shared/f", true).mode(), "not in the group");
        try (OpenFile f = OpenFile.open(vfs, BOB, "/shared/f", OpenHow.of(OpenFlag.WRITE))) {
            assertEquals(04777, f.attributes().mode());
            write(f, 0, "y");
            assertEquals(0777, f.attributes().mode());
        }
        vfs.change(ROOT, 0, "/shared/f", true, AttributeChange.mode(06777));
        write(ROOT, "/shared/f", "root's writes leave them");
        assertEquals(06777, vfs.attributes(ROOT, 0, "/shared/f", true).mode());
        vfs.change(ROOT, 0, "/shared/f", true, AttributeChange.owner(1, 1));
        assertEquals(0777, vfs.attributes(ROOT, 0, "/shared/f", true).mode());
    }

    @Test void accessListsAreChecked() throws FsException {
        write(ANN, "/tmp/f", "text");
        vfs.change(ANN, 0, "/tmp/f", true, AttributeChange.mode(0600));
        Acl acl = new Acl(List.of(new Acl.Entry(Acl.Tag.OWNER, 6, 0), new Acl.Entry(Acl.Tag.USER, 6, 1001), new Acl.Entry(Acl.Tag.OWNING_GROUP, 0, 0),
                new Acl.Entry(Acl.Tag.MASK, 4, 0), new Acl.Entry(Acl.Tag.OTHER, 0, 0)));
        vfs.setExtended(ANN, 0, "/tmp/f", true, Acl.ACCESS, acl.bytes(), ExtendedMode.SET);
        assertEquals(0640, vfs.attributes(ROOT, 0, "/tmp/f", true).mode(), "the mask stands for the group");
        assertEquals("text", read(BOB, "/tmp/f"));
        refused(Errno.EACCES, () -> write(BOB, "/tmp/f", "more than the mask"));
        vfs.change(ANN, 0, "/tmp/f", true, AttributeChange.mode(0660));
        write(BOB, "/tmp/f", "now");
        assertEquals(6, Acl.parse(vfs.extended(BOB, 0, "/tmp/f", true, Acl.ACCESS)).find(Acl.Tag.MASK).permissions());
        refused(Errno.EACCES, () -> read(Caller.of(Credentials.user(1002, 1000)), "/tmp/f"));
        refused(Errno.EPERM, () -> vfs.removeExtended(BOB, 0, "/tmp/f", true, Acl.ACCESS));
        vfs.removeExtended(ANN, 0, "/tmp/f", true, Acl.ACCESS);
        refused(Errno.EACCES, () -> read(BOB, "/tmp/f"));
        refused(Errno.EINVAL, () -> vfs.setExtended(ANN, 0, "/tmp/f", true, Acl.ACCESS, new byte[7], ExtendedMode.SET));
    }

    @Test void defaultListsAreInherited() throws FsException {
        vfs.makeFolder(ANN, 0, "/tmp/d", 0755);
        Acl acl = new Acl(List.of(new Acl.Entry(Acl.Tag.OWNER, 7, 0), new Acl.Entry(Acl.Tag.GROUP, 7, 50), new Acl.Entry(Acl.Tag.OWNING_GROUP, 5, 0),
                new Acl.Entry(Acl.Tag.MASK, 7, 0), new Acl.Entry(Acl.Tag.OTHER, 0, 0)));
        vfs.setExtended(ANN, 0, "/tmp/d", true, Acl.DEFAULT, acl.bytes(), ExtendedMode.SET);
        write(ANN, "/tmp/d/f", "");
        assertEquals(0660, vfs.attributes(ROOT, 0, "/tmp/d/f", true).mode(), "0666 through the list, whatever the umask");
        assertEquals(6, Acl.parse(vfs.extended(ROOT, 0, "/tmp/d/f", true, Acl.ACCESS)).find(Acl.Tag.MASK).permissions());
        vfs.makeFolder(ANN, 0, "/tmp/d/e", 0777);
        assertArrayEquals(acl.bytes(), vfs.extended(ROOT, 0, "/tmp/d/e", true, Acl.DEFAULT));
        refused(Errno.EACCES, () -> vfs.setExtended(ANN, 0, "/tmp/d/f", true, Acl.DEFAULT, acl.bytes(), ExtendedMode.SET));
    }

    @Test void extendedAttributesHaveNamespaces() throws FsException {
        write(ANN, "/tmp/f", "");
        vfs.setExtended(ANN, 0, "/tmp/f", true, "user.a", new byte[] {1}, ExtendedMode.CREATE);
        vfs.setExtended(ROOT, 0, "/tmp/f", true, "trusted.b", new byte[] {2}, ExtendedMode.SET);
        assertEquals(List.of("user.a"), vfs.extendedNames(ANN, 0, "/tmp/f", true));
        assertEquals(List.of("trusted.b", "user.a"), vfs.extendedNames(ROOT, 0, "/tmp/f", true));
        refused(Errno.ENODATA, () -> vfs.extended(ANN, 0, "/tmp/f", true, "trusted.b"));
        refused(Errno.EPERM, () -> vfs.setExtended(ANN, 0, "/tmp/f", true, "trusted.b", new byte[0], ExtendedMode.SET));
        refused(Errno.EPERM, () -> vfs.setExtended(ANN, 0, "/tmp/f", true, "security.x", new byte[0], ExtendedMode.SET));
        refused(Errno.EOPNOTSUPP, () -> vfs.setExtended(ROOT, 0, "/tmp/f", true, "other.x", new byte[0], ExtendedMode.SET));
        refused(Errno.EACCES, () -> vfs.setExtended(BOB, 0, "/tmp/f", true, "user.c", new byte[0], ExtendedMode.SET));
        vfs.makeLink(ANN, "f", 0, "/tmp/l");
        refused(Errno.EPERM, () -> vfs.setExtended(ANN, 0, "/tmp/l", false, "user.c", new byte[0], ExtendedMode.SET));
    }

    @Test void immutableFilesStay() throws FsException {
        write(ROOT, "/f", "x");
        vfs.change(ROOT, 0, "/f", true, new AttributeChange(null, null, null, null, null, null, Attributes.IMMUTABLE));
        refused(Errno.EPERM, () -> write(ROOT, "/f", "y"));
        refused(Errno.EPERM, () -> vfs.remove(ROOT, 0, "/f", false));
        refused(Errno.EPERM, () -> vfs.link(ROOT, 0, "/f", true, 0, "/g"));
        refused(Errno.EPERM, () -> vfs.change(ROOT, 0, "/f", true, AttributeChange.mode(0)));
        vfs.change(ROOT, 0, "/f", true, new AttributeChange(null, null, null, null, null, null, Attributes.APPEND_ONLY));
        refused(Errno.EPERM, () -> vfs.open(ROOT, 0, "/f", OpenHow.of(OpenFlag.WRITE)));
        try (OpenFile f = OpenFile.open(vfs, ROOT, "/f", OpenHow.of(OpenFlag.WRITE, OpenFlag.APPEND))) {
            write(f, Handles.POSITION, "y");
        }
        assertEquals("xy", read(ROOT, "/f"));
        vfs.change(ROOT, 0, "/f", true, new AttributeChange(null, null, null, null, null, null, 0));
        vfs.remove(ROOT, 0, "/f", false);
    }

    // ---- open files

    @Test void positionsAreShared() throws FsException {
        try (OpenFile f = OpenFile.open(vfs, ROOT, "/f", OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.CREATE))) {
            write(f, Handles.POSITION, "hello ");
            long other = vfs.duplicate(f.handle());
            vfs.write(other, Handles.POSITION, MemorySegment.ofArray("world".getBytes()));
            assertEquals(11, vfs.position(f.handle()));
            vfs.position(other, 6);
            assertEquals("world", read(f, Handles.POSITION));
            vfs.close(other);
            refused(Errno.EBADF, () -> vfs.position(other));
            assertEquals("hello world", read(f, 0));
            refused(Errno.EINVAL, () -> vfs.position(f.handle(), -1));
        }
        assertEquals(List.of(), vfs.handles());
    }

    @Test void openFilesOutliveTheirNames() throws FsException {
        try (OpenFile f = OpenFile.open(vfs, ROOT, "/f", OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.CREATE))) {
            write(f, 0, "still here");
            vfs.remove(ROOT, 0, "/f", false);
            assertEquals("still here", read(f, 0));
            assertEquals(0, f.attributes().links());
            refused(Errno.ENOENT, () -> vfs.link(ROOT, f.handle(), 0, "/again"));
        }
        try (OpenFile f = OpenFile.open(vfs, ROOT, "/tmp", OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.NAMELESS))) {
            write(f, 0, "nameless");
            vfs.link(ROOT, f.handle(), 0, "/tmp/named");
        }
        assertEquals("nameless", read(ROOT, "/tmp/named"));
    }

    @Test void appendsGoToTheEndAndFlagsAreChecked() throws FsException {
        try (OpenFile a = OpenFile.open(vfs, ROOT, "/f", OpenHow.of(OpenFlag.WRITE, OpenFlag.CREATE, OpenFlag.APPEND));
                OpenFile b = OpenFile.open(vfs, ROOT, "/f", OpenHow.of(OpenFlag.WRITE, OpenFlag.APPEND))) {
            write(a, Handles.POSITION, "1");
            write(b, Handles.POSITION, "2");
            write(a, 0, "3");
            refused(Errno.EBADF, () -> read(a, 0));
        }
        assertEquals("123", read(ROOT, "/f"));
        try (OpenFile r = OpenFile.open(vfs, ROOT, "/f", OpenHow.READ)) {
            refused(Errno.EBADF, () -> write(r, 0, "x"));
            refused(Errno.EINVAL, () -> r.size(0));
        }
        refused(Errno.EINVAL, () -> vfs.open(ROOT, 0, "/f", new OpenHow(Set.of(), 0)));
        refused(Errno.EBADF, () -> vfs.close(99_999));
    }

    @Test void copiesGoAcrossVolumes() throws FsException {
        write(ROOT, "/f", "some text");
        try (OpenFile from = OpenFile.open(vfs, ROOT, "/f", OpenHow.READ); OpenFile to = OpenFile.open(vfs, ROOT, "/tmp/f", OpenHow.REPLACE)) {
            assertEquals(4, vfs.copy(from.handle(), 5, to.handle(), 0, 100));
            refused(Errno.EXDEV, () -> vfs.share(from.handle(), 0, to.handle(), 0, 0));
        }
        assertEquals("text", read(ROOT, "/tmp/f"));
    }

    @Test void everythingOpenSurvivesASwap() throws Exception {
        OpenFile f = OpenFile.open(vfs, ROOT, "/home/f", OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.CREATE));
        write(f, Handles.POSITION, "before");
        long other = vfs.duplicate(f.handle()), watch = vfs.watch(ROOT, 0, "/home");
        f.lock(org.cloudos.fs.vfs.LockInfo.Kind.FLOCK, true, 0, Long.MAX_VALUE);
        vfs.remove(ROOT, 0, "/home/f", false);
        TestSystem next = system.swapped();
        Vfs after = next.vfs;
        assertEquals(6, after.position(other));
        after.write(other, Handles.POSITION, MemorySegment.ofArray(" after".getBytes()));
        byte[] all = new byte[20];
        assertEquals(12, after.read(f.handle(), 0, MemorySegment.ofArray(all)));
        assertEquals("before after", new String(all, 0, 12));
        assertEquals(1, after.locks().size());
        assertEquals(org.cloudos.fs.vfs.WatchEvent.Kind.REMOVED, after.poll(watch, 10, 0).getFirst().kind());
        assertEquals(vfs.mounts(1), after.mounts(1));
        after.close(other);
        after.close(f.handle());
        assertEquals(List.of(), after.locks());
        assertEquals(List.of(), after.handles());
        List<String> names = new ArrayList<>();
        long home = after.open(ROOT, 0, "/home", OpenHow.FOLDER);
        after.list(home, 0, (n, x, t, c) -> names.add(n));
        assertEquals(List.of("ann"), names);
        assertNull(next.services.get("none"));
    }
}
