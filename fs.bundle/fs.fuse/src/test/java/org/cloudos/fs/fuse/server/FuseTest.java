package org.cloudos.fs.fuse.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.tmpfs.Volumes;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.ffm.MountCalls;
import org.cloudos.linux.fuse.FuseMounts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel itself is the other side: needs root and /dev/fuse. */
class FuseTest {
    final FuseMounts linux = new MountCalls();
    private final FileSystem files = Volumes.make(256 << 20);
    final AtomicReference<Throwable> problem = new AtomicReference<>();
    Session session;
    Path folder;

    @BeforeEach void mount(@TempDir Path dir) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")) && Files.isWritable(Path.of("/dev/fuse")), "needs root and /dev/fuse");
        folder = dir;
        mount(linux, Map.of("uring", uring()));
    }

    /** How requests come: the same is to be true of both ways. */
    String uring() {
        return "off";
    }

    void mount(FuseMounts linux, Map<String, String> options) throws IOException {
        session = Mounting.mount(linux, "test", () -> files, folder, options, (text, cause) -> problem.compareAndSet(null, cause));
    }

    @AfterEach void unmount() throws Exception {
        if (session != null && !session.hasEnded()) {
            linux.unmount(folder.toString(), true);
            assertTrue(session.await(60_000), "the session ends with the mount");
        }
        assertNull(problem.get());
    }

    @Test void whatProgramsDoWorks() throws Exception {
        Path a = folder.resolve("a"), deep = Files.createDirectories(folder.resolve("x/y/z"));
        Files.writeString(a, "one", StandardOpenOption.CREATE_NEW);
        Files.writeString(a, "two", StandardOpenOption.APPEND);
        assertEquals("onetwo", Files.readString(a));
        Files.createLink(deep.resolve("hard"), a);
        Files.createSymbolicLink(folder.resolve("soft"), Path.of("x/y/z/hard"));
        assertEquals("onetwo", Files.readString(folder.resolve("soft")));
        assertEquals(2, Files.getAttribute(a, "unix:nlink"));
        Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-r-----"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(deep.resolve("hard"))));
        UserDefinedFileAttributeView view = Files.getFileAttributeView(a, UserDefinedFileAttributeView.class);
        view.write("colour", ByteBuffer.wrap("blue".getBytes()));
        assertEquals(List.of("colour"), view.list());
        Files.move(a, deep.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
        assertThrows(DirectoryNotEmptyException.class, () -> Files.delete(deep));
        Files.delete(deep.resolve("moved"));
        Files.delete(deep.resolve("hard"));
        assertFalse(Files.exists(folder.resolve("soft")));
        assertTrue(Files.getFileStore(folder).getTotalSpace() >= 256 << 20);
    }

    @Test void largeFilesAndFoldersAreWhole() throws Exception {
        byte[] data = new byte[20 << 20];
        new Random(1).nextBytes(data);
        Files.write(folder.resolve("large"), data);
        assertArrayEquals(data, Files.readAllBytes(folder.resolve("large")));
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            names.add("file " + i);
            Files.createFile(folder.resolve("file " + i));
        }
        Files.delete(folder.resolve("large"));
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(names, new HashSet<>(all.map(p -> p.getFileName().toString()).toList()));
        }
    }

    @Test void badNamesAreSaid() {
        assertThrows(FileSystemException.class, () -> Files.createFile(folder.resolve("n".repeat(256))));
        assertEquals(0, exit("touch", folder + "/" + "n".repeat(255)));
        assertEquals(1, exit("sh", "-c", "touch \"$(printf '" + folder + "/\\377')\" 2>/dev/null"));
        assertEquals(0, exit("sh", "-c", "touch '" + folder + "/é€𝄞'"));
    }

    private static int exit(String... command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test void aDeletedOpenFileStaysUntilItIsClosed() throws Exception {
        Path file = folder.resolve("open");
        long before = files.space().free();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            Files.delete(file);
            channel.write(ByteBuffer.wrap(new byte[1 << 20]), 0);
            channel.force(true);
            assertTrue(files.space().free() < before);
            assertEquals(1 << 20, channel.read(ByteBuffer.allocate(1 << 20), 0));
        }
        for (int i = 0; files.space().free() < before - 65_536 && i < 600; i++) {
            Thread.sleep(100); // the kernel forgets when it likes
        }
        assertTrue(files.space().free() >= before - 65_536);
    }

    @Test void accessControlListsAreInherited() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setfacl")), "needs the package acl");
        assertEquals(0, exit("setfacl", "-d", "-m", "u:1234:rwx,g::r-x,o::---", folder.toString()));
        Path made = Files.createFile(folder.resolve("made"));
        byte[] list = files.extended(files.lookup(FileSystem.ROOT, "made").node(), "system.posix_acl_access");
        assertEquals(4 + 5 * 8, list.length);
        assertEquals("rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(made)));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        assertEquals(0, exit("sh", "-c", "getfacl -cn " + made + " | grep -q 'mask::---'"));
        assertEquals(0, exit("setfacl", "-b", made.toString()));
        assertFalse(files.extendedNames(files.lookup(FileSystem.ROOT, "made").node()).contains("system.posix_acl_access"));
    }

    @Test void whatOthersChangeIsSeen() throws Exception {
        linux.unmount(folder.toString(), false);
        mount(linux, Map.of("write-back", "false", "uring", uring())); // with it the kernel believes its own size
        Path file = folder.resolve("shared");
        assertFalse(Files.exists(file)); // the kernel remembers this
        long node = files.create(FileSystem.ROOT, "shared", NewNode.file(0644, 0, 0)).node();
        session.notices().entry(FileSystem.ROOT, "shared");
        await(() -> Files.exists(file));
        assertEquals(0, Files.size(file));
        files.write(node, 0, MemorySegment.ofArray("text".getBytes()));
        session.notices().node(node, true);
        await(() -> Files.readString(file).equals("text"));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition) throws Exception {
        for (int i = 0; !condition.holds(); i++) {
            assertTrue(i < 1200, "within a minute");
            Thread.sleep(50);
        }
    }

    @Test void openFilesSurviveTheNextSession() throws Exception {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        Path file = folder.resolve("written");
        Thread writer = Thread.ofPlatform().start(() -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer block = ByteBuffer.allocateDirect(4096);
                for (int i = 0; i < 2000; i++) {
                    channel.write(block.clear().putInt(0, i), i * 4096L);
                    if (i % 20 == 0) {
                        channel.force(false);
                        Files.createFile(folder.resolve("n" + i));
                    }
                }
                for (int i = 0; i < 2000; i++) {
                    channel.read(block.clear(), i * 4096L);
                    assertEquals(i, block.getInt(0));
                }
            } catch (IOException | AssertionError e) {
                failed.set(e);
            }
        });
        for (int i = 0; i < 10; i++) {
            Baton baton = new Baton(session.leave().parts());
            session = new Session(baton, () -> files, Serving.Changes.NONE, (text, cause) -> problem.compareAndSet(null, cause));
        }
        writer.join(120_000);
        assertFalse(writer.isAlive());
        assertNull(failed.get());
        assertEquals(2000L * 4096, Files.size(file));
    }

    @Test void nobodyHangsWhenTheServerDies() throws Exception {
        Baton baton = session.leave();
        Thread reader = Thread.ofPlatform().start(() -> assertThrows(IOException.class, () -> Files.readString(folder.resolve("nothing"))));
        baton.giveUp(linux, text -> { });
        reader.join(60_000);
        assertFalse(reader.isAlive());
        assertThrows(LinuxException.class, () -> linux.unmount(folder.toString(), false));
        session = null;
    }

    @Test void strangeOptionsAreRefused() {
        for (Map<String, String> wrong : List.of(Map.of("thread", "1"), Map.of("threads", "0"), Map.of("cache", "x"), Map.of("ro", "maybe"),
                Map.of("uring", "perhaps"))) {
            assertThrows(IllegalArgumentException.class, () -> Settings.of(wrong, "v"), wrong.toString());
        }
    }
}
