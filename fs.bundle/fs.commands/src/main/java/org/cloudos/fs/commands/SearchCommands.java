package org.cloudos.fs.commands;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Locks;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.fs.vfs.WatchEvent;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Looking through folders, and at what is open, locked and changing. */
@Component(service = SearchCommands.class)
@GogoCommand(scope = "fs", function = {"find", "du", "hash", "locks", "open", "watch"})
public final class SearchCommands {
    /** What a folder holds. */
    public record Use(@Column(unit = Column.Unit.BYTES) long allocated, @Column(unit = Column.Unit.BYTES) long size, long files, String path) { }

    /** A digest. */
    public record Digest(String digest, String path) { }

    /** A file that was found. */
    public record Found(String path, String type, @Column(unit = Column.Unit.BYTES) long size, Instant modified) { }

    /** A lock. */
    public record Lock(String kind, boolean exclusive, long offset, String length, long owner, String volume, long node) { }

    /** An open file. */
    public record Opened(long handle, String path, String flags, long position, int shares, long process, @Column(hidden = true) String volume,
            @Column(hidden = true) long node) { }

    private final Vfs vfs;
    private final Tree tree;

    @Activate
    public SearchCommands(@Reference Vfs vfs) {
        this.vfs = vfs;
        this.tree = new Tree(vfs);
    }

    /** Finds files. */
    @Descriptor("files in a folder and below it")
    @Example({"fs:find /data", "fs:find /data --name '*.txt'", "fs:find / --type folder --depth 2", "fs:find /data --larger 1000000"})
    public Object find(
            @Parameter(names = {"--name", "-n"}, absentValue = "*") @Descriptor("pattern of the name, with * ? [a-z] {a,b}") String name,
            @Parameter(names = {"--type", "-t"}, absentValue = "") @Descriptor("file, folder, link ...")
            @Suggest(words = {"file", "folder", "link", "fifo", "socket"}) String type,
            @Parameter(names = "--depth", absentValue = "" + Integer.MAX_VALUE) @Descriptor("so many folders deep") int depth,
            @Parameter(names = "--larger", absentValue = "-1") @Descriptor("of more bytes") long larger,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("folder") @Suggest(from = FilePaths.NAME) String path) throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
        List<Found> found = new ArrayList<>();
        tree.walk(path, (p, a, d) -> {
            boolean fits = (type.isEmpty() || a.type().name().equalsIgnoreCase(type)) && a.size() > larger && matches(matcher, Tree.name(p));
            if (fits) {
                found.add(new Found(Human.printable(p), a.type().name().toLowerCase(java.util.Locale.ROOT), a.size(), FileCommands.time(a.modified())));
            }
            return d < depth;
        });
        return Json.when(json, found);
    }

    private static boolean matches(PathMatcher matcher, String name) {
        return name.indexOf(0) < 0 && matcher.matches(Path.of(name));
    }

    /** Space of folders. */
    @Descriptor("space that files and folders take; files with several names count once")
    @Example({"fs:du /data", "fs:du --json /data/*"})
    public Object du(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("files and folders") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        List<Use> uses = new ArrayList<>();
        for (String path : paths.length == 0 ? new String[] {"/"} : paths) {
            long[] sum = new long[3];
            Set<String> seen = new HashSet<>();
            String volume = vfs.mountOf(Tree.WHO, 0, path).volume();
            tree.walk(path, (p, a, d) -> {
                if (a.isFolder() && !vfs.mountOf(Tree.WHO, 0, p).volume().equals(volume)) {
                    return false;
                }
                if (a.isFolder() || a.links() == 1 || seen.add(Long.toString(a.node()))) {
                    sum[0] += a.allocated();
                    sum[1] += a.isFolder() ? 0 : a.size();
                    sum[2]++;
                }
                return true;
            });
            uses.add(new Use(sum[0], sum[1], sum[2], Human.printable(path)));
        }
        return Json.when(json, uses);
    }

    /** Digests. */
    @Descriptor("digests of files, of folders those of all files in them")
    @Example({"fs:hash /data/notes", "fs:hash --algorithm SHA-512 /data"})
    public Object hash(
            @Parameter(names = {"--algorithm", "-a"}, absentValue = "SHA-256") @Descriptor("the digest")
            @Suggest(words = {"SHA-256", "SHA-512", "SHA3-256", "SHA-1", "MD5"}) String algorithm,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("files and folders") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        List<Digest> digests = new ArrayList<>();
        for (String path : paths) {
            tree.walk(path, (p, a, d) -> {
                if (a.type() == NodeType.FILE) {
                    digests.add(new Digest(digest(algorithm, p), Human.printable(p)));
                }
                return true;
            });
        }
        return Json.when(json, digests);
    }

    private String digest(String algorithm, String path) throws IOException {
        try (InputStream in = tree.read(path)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            byte[] buffer = new byte[1 << 18];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalArgumentException("algorithm: expected one such as SHA-256, found \"" + algorithm + "\"", e);
        }
    }

    /** Locks. */
    @Descriptor("all locks that are held")
    @Example({"fs:locks", "fs:locks --json"})
    public Object locks(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, vfs.locks().stream().map(l -> new Lock(l.kind().name(), l.exclusive(), l.offset(),
                l.length() == Locks.TO_END ? "to the end" : Long.toString(l.length()), l.owner(), l.volume(), l.node())).toList());
    }

    /** Open files. */
    @Descriptor("all open files of the VFS")
    @Example({"fs:open", "fs:open --json"})
    public Object open(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, vfs.handles().stream().map(h -> new Opened(h.handle(), Human.printable(h.path()),
                String.join(",", h.flags().stream().map(OpenFlag::name).sorted().toList()), h.position(), h.shares(), h.process(), h.volume(),
                h.node())).toList());
    }

    /** Tells changes. */
    @Descriptor("tells what changes in a folder or of a file, until Ctrl-C or --count")
    @Example({"fs:watch /data", "fs:watch --count 1 /data/notes"})
    public void watch(CommandSession session,
            @Parameter(names = {"--count", "-n"}, absentValue = "0") @Descriptor("ends after so many changes") int count,
            @Descriptor("file or folder") @Suggest(from = FilePaths.NAME) String path) throws IOException {
        long watch = vfs.watch(Tree.WHO, 0, path);
        try {
            int left = count == 0 ? Integer.MAX_VALUE : count;
            while (left > 0 && !Thread.currentThread().isInterrupted()) {
                for (WatchEvent e : vfs.poll(watch, left, Locks.SLICE)) {
                    Process.Utils.current().out().println(e.kind() + " " + Human.printable(e.name()) + (e.folder() ? "/" : ""));
                    left--;
                }
            }
        } finally {
            vfs.unwatch(watch);
        }
    }
}
