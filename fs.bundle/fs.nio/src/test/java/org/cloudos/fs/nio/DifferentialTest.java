package org.cloudos.fs.nio;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.fs.vfs.core.MountedVfs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same done by the JDK's own provider and by ours gives the same. */
class DifferentialTest {
    @TempDir Path theirs;
    private Same same;

    @BeforeEach void folders() throws Exception {
        Vfs vfs = MountedVfs.make();
        Path ours = new CloudProvider(() -> vfs, Caller.SYSTEM).fileSystem().getPath("/work");
        Files.createDirectory(ours);
        same = new Same(Files.createDirectory(theirs.resolve("work")), ours);
    }

    @Test void pathsAreTheSame() {
        List<String> texts = List.of("", "/", "a", "/a", "a/b", "/a/b/c", "//a//b/", ".", "..", "a/../b", "/..", "../a", "/a/./b/..", "a/b/../../..", " ", "ü");
        for (String one : texts) {
            same.check("of " + one, f -> {
                Path p = f.getFileSystem().getPath(one);
                List<Object> all = new ArrayList<>(List.of(p.toString(), p.isAbsolute(), p.getNameCount(), String.valueOf(p.getFileName()),
                        String.valueOf(p.getParent()), String.valueOf(p.getRoot()), p.normalize().toString()));
                p.forEach(n -> all.add("name " + n));
                return all;
            });
            for (String other : texts) {
                same.check(one + " and " + other, f -> {
                    Path p = f.getFileSystem().getPath(one), q = f.getFileSystem().getPath(other);
                    return List.of(p.resolve(q).toString(), p.resolveSibling(q).toString(), p.startsWith(q), p.endsWith(q), p.equals(q),
                            Integer.signum(p.compareTo(q)));
                });
                same.check(one + " to " + other, f -> f.getFileSystem().getPath(one).relativize(f.getFileSystem().getPath(other)).toString());
            }
        }
        same.check("NUL", f -> f.resolve("a\0b"));
        for (String glob : List.of("*.txt", "**/a", "{a,b}*", "[a-c]?", "/work/**")) {
            same.check(glob, f -> texts.stream().map(t -> f.getFileSystem().getPathMatcher("glob:" + glob).matches(f.getFileSystem().getPath(t)))
                    .toList());
        }
    }

    @Test void openingIsTheSame() throws Exception {
        List<OpenOption> options = List.of(READ, WRITE, APPEND, CREATE, CREATE_NEW, TRUNCATE_EXISTING, DELETE_ON_CLOSE, LinkOption.NOFOLLOW_LINKS);
        for (int bits = 0; bits < 1 << options.size(); bits++) {
            Set<OpenOption> chosen = new java.util.LinkedHashSet<>();
            for (int i = 0; i < options.size(); i++) {
                if ((bits >> i & 1) != 0) {
                    chosen.add(options.get(i));
                }
            }
            for (String name : List.of("there", "missing", "link", "folder")) {
                same.check(name + " " + chosen, f -> {
                    Files.writeString(f.resolve("there"), "0123456789");
                    if (!Files.exists(f.resolve("link"), LinkOption.NOFOLLOW_LINKS)) {
                        Files.createSymbolicLink(f.resolve("link"), f.getFileSystem().getPath("there"));
                    }
                    Files.createDirectories(f.resolve("folder"));
                    Files.deleteIfExists(f.resolve("missing"));
                    try (FileChannel c = FileChannel.open(f.resolve(name), chosen)) {
                        Object written = outcome(() -> c.write(ByteBuffer.wrap(new byte[] {1, 2})));
                        return List.of(written, name.equals("folder") ? 0 : outcome(c::size),
                                outcome(c::position), outcome(() -> c.read(ByteBuffer.allocate(3))));
                    }
                });
                same.check("after " + name + " " + chosen, f -> List.of(Files.exists(f.resolve(name)), Files.isRegularFile(f.resolve("there"))
                        ? Files.size(f.resolve("there")) : -1L));
            }
        }
    }

    private interface Call {
        Object run() throws Exception;
    }

    private static Object outcome(Call call) {
        try {
            return call.run();
        } catch (Exception e) {
            return e.getClass().getSimpleName().equals("FileSystemException") ? java.io.IOException.class : e.getClass();
        }
    }

    @Test void channelsAreTheSame() {
        same.check("channel", f -> {
            List<Object> all = new ArrayList<>();
            try (FileChannel c = FileChannel.open(f.resolve("c"), READ, WRITE, CREATE)) {
                byte[] data = new byte[100_000];
                new Random(1).nextBytes(data);
                all.add(c.write(ByteBuffer.wrap(data)));
                all.add(c.position());
                all.add(c.write(ByteBuffer.wrap(data, 0, 10), 200_000));
                all.add(c.size());
                all.add(c.position(5).position());
                ByteBuffer direct = ByteBuffer.allocateDirect(1000);
                all.add(c.read(direct));
                all.add(c.position());
                all.add(c.read(ByteBuffer.allocate(10), 500_000));
                all.add(c.read(ByteBuffer.allocate(0)));
                ByteBuffer[] some = {ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocate(5)};
                all.add(c.read(some));
                all.add(some[2].array());
                all.add(c.write(new ByteBuffer[] {ByteBuffer.wrap(data, 0, 3), ByteBuffer.wrap(data, 9, 4)}, 0, 2));
                all.add(c.truncate(150_000).size());
                all.add(c.truncate(160_000).size());
                all.add(c.position(300_000).truncate(100).position());
                all.add(outcome(() -> c.position(-1)));
                all.add(outcome(() -> c.read(ByteBuffer.allocate(1), -1)));
                all.add(c.transferFrom(java.nio.channels.Channels.newChannel(new java.io.ByteArrayInputStream(data)), 50, 1000));
                var out = new java.io.ByteArrayOutputStream();
                all.add(c.transferTo(10, 5000, java.nio.channels.Channels.newChannel(out)));
                all.add(out.toByteArray());
                FileLock lock = c.lock(10, 20, false);
                all.add(List.of(lock.position(), lock.size(), lock.isShared(), lock.isValid(), lock.overlaps(5, 6), lock.overlaps(5, 5)));
                all.add(outcome(() -> c.tryLock(20, 20, false)));
                lock.release();
                all.add(lock.isValid());
                all.add(c.tryLock().isValid());
                c.force(true);
            }
            all.add(Files.readAllBytes(f.resolve("c")));
            FileChannel closed = FileChannel.open(f.resolve("c"));
            closed.close();
            closed.close();
            all.add(outcome(() -> closed.read(ByteBuffer.allocate(1))));
            all.add(outcome(closed::size));
            return all;
        });
    }

    @Test void filesAreTheSame() {
        same.check("folders", f -> Files.createDirectories(f.resolve("a/b/c")));
        same.check("file", f -> Files.writeString(f.resolve("a/f"), "text"));
        same.check("append", f -> Files.writeString(f.resolve("a/f"), " more", APPEND));
        same.check("read", f -> Files.readString(f.resolve("a/f")));
        same.check("missing", f -> Files.readString(f.resolve("a/none")));
        same.check("folder read", f -> outcome(() -> Files.readAllBytes(f.resolve("a"))));
        same.check("under a file", f -> outcome(() -> Files.createFile(f.resolve("a/f/g"))));
        same.check("twice", f -> Files.createFile(f.resolve("a/f")));
        same.check("link", f -> Files.createSymbolicLink(f.resolve("l"), f.getFileSystem().getPath("a/f")));
        same.check("target", f -> Files.readSymbolicLink(f.resolve("l")));
        same.check("no link", f -> Files.readSymbolicLink(f.resolve("a")));
        same.check("through", f -> Files.readString(f.resolve("l")));
        same.check("hard link", f -> Files.createLink(f.resolve("h"), f.resolve("a/f")));
        same.check("same", f -> List.of(Files.isSameFile(f.resolve("h"), f.resolve("a/f")), Files.isSameFile(f.resolve("l"), f.resolve("h")),
                Files.isSameFile(f.resolve("a"), f.resolve("h"))));
        same.check("real", f -> f.resolve("a/../l").toRealPath());
        same.check("real with links", f -> f.resolve("a/../l").toRealPath(LinkOption.NOFOLLOW_LINKS));
        same.check("not empty", f -> {
            Files.delete(f.resolve("a"));
            return null;
        });
        same.check("nothing to delete", f -> Files.deleteIfExists(f.resolve("none")));
        same.check("kinds", f -> List.of(Files.isDirectory(f.resolve("a")), Files.isSymbolicLink(f.resolve("l")), Files.exists(f.resolve("l/x")),
                Files.isHidden(f.resolve(".x")), Files.isReadable(f.resolve("h")), Files.isExecutable(f.resolve("h")), Files.notExists(f.resolve("q"))));
        same.check("permissions", f -> Files.setPosixFilePermissions(f.resolve("h"), PosixFilePermissions.fromString("rwxr-x---")));
        same.check("made with permissions", f -> Files.createDirectory(f.resolve("p"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx-w--w-"))));
        same.check("times", f -> Files.setLastModifiedTime(f.resolve("h"), FileTime.fromMillis(1_234_567)));
        same.check("time", f -> Files.getLastModifiedTime(f.resolve("a/f")));
        same.check("attributes", f -> Files.readAttributes(f.resolve("h"), "posix:size,permissions,lastModifiedTime,isRegularFile"));
        same.check("unix", f -> List.of(Files.getAttribute(f.resolve("h"), "unix:nlink"), Files.getAttribute(f.resolve("h"), "unix:mode"),
                Files.getAttribute(f.resolve("h"), "unix:uid")));
        same.check("unknown", f -> Files.readAttributes(f.resolve("h"), "posix:none"));
        same.check("unknown view", f -> Files.readAttributes(f.resolve("h"), "none:hidden"));
        same.check("stream", f -> {
            try (var s = Files.newDirectoryStream(f, "[ahl]")) {
                List<Path> all = new ArrayList<>();
                s.forEach(all::add);
                all.sort(null);
                return all;
            }
        });
        same.check("stream of a file", f -> Files.newDirectoryStream(f.resolve("h")));
        same.check("lines", f -> Files.readAllLines(f.resolve("h")));
    }

    /** A file where a folder should be: the JDK's copy calls that missing, others do not. */
    private static Object withoutFolder(Call call) throws Exception {
        try {
            return call.run();
        } catch (java.nio.file.FileSystemException e) {
            throw e.getMessage().endsWith("Not a directory") || e.getMessage().endsWith("Not a folder")
                    ? new java.nio.file.NoSuchFileException(e.getFile()) : e;
        }
    }

    @Test void copiesAndMovesAreTheSame() {
        Random random = new Random(42);
        List<String> names = List.of("a", "b", "d", "d/a", "d/e", "l", "x");
        for (int i = 0; i < 3000; i++) {
            String from = names.get(random.nextInt(names.size())), to = names.get(random.nextInt(names.size()));
            int what = random.nextInt(12), number = i;
            String step = "step " + i + ": " + what + " " + from + " " + to;
            same.check(step, f -> {
                Path p = f.resolve(from), q = f.resolve(to);
                return withoutFolder(() -> switch (what) {
                    case 0 -> Files.writeString(p, "text " + number);
                    case 1 -> Files.createDirectory(p);
                    case 2 -> Files.createSymbolicLink(p, f.getFileSystem().getPath(to));
                    case 3 -> Files.deleteIfExists(p);
                    case 4 -> Files.copy(p, q);
                    case 5 -> Files.copy(p, q, REPLACE_EXISTING, COPY_ATTRIBUTES);
                    case 6 -> Files.copy(p, q, LinkOption.NOFOLLOW_LINKS, REPLACE_EXISTING);
                    case 7 -> Files.move(p, q);
                    case 8 -> Files.move(p, q, REPLACE_EXISTING);
                    case 9 -> Files.move(p, q, ATOMIC_MOVE);
                    case 10 -> Files.createLink(p, q);
                    default -> Files.isSameFile(p, q);
                });
            });
            if (i % 20 == 0) {
                same.checkTrees();
            }
        }
        same.checkTrees();
    }
}
