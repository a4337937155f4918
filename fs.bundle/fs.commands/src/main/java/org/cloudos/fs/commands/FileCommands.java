package org.cloudos.fs.commands;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Files and folders. */
@Component(service = FileCommands.class)
@GogoCommand(scope = "fs", function = {"ls", "cat", "write", "cp", "mv", "rm", "mkdir", "ln", "touch", "truncate", "stat"})
public final class FileCommands {
    /** A file in a list. */
    public record Row(String mode, long links, int uid, int gid, @Column(unit = Column.Unit.BYTES) long size, Instant modified, String name,
            @Column(hidden = true) String type, @Column(hidden = true) long node) {
        static Row of(String name, Attributes a) {
            return new Row(Rights.text(a), a.links(), a.uid(), a.gid(), a.size(), time(a.modified()), Human.printable(name),
                    a.type().name(), a.node());
        }
    }

    /** All that is known of a file. */
    public record Details(String path, String type, String mode, String octal, long node, long generation, long links, int uid, int gid,
            @Column(unit = Column.Unit.BYTES) long size, @Column(unit = Column.Unit.BYTES) long allocated, Instant accessed, Instant modified,
            Instant changed, Instant born, String mount, String volume) { }

    static Instant time(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    private final Vfs vfs;
    private final Tree tree;

    @Activate
    public FileCommands(@Reference Vfs vfs) {
        this.vfs = vfs;
        this.tree = new Tree(vfs);
    }

    /** Lists a folder. */
    @Descriptor("the files of a folder of the VFS (`ls` alone lists the machine's own)")
    @Example({"fs:ls", "fs:ls /data --json"})
    public Object ls(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("folder or file; / without it") @Suggest(from = FilePaths.NAME) String... paths) throws FsException {
        List<Row> rows = new ArrayList<>();
        for (String path : paths.length == 0 ? new String[] {"/"} : paths) {
            Attributes a = tree.attributes(path, true);
            if (a.isFolder()) {
                for (Tree.Entry e : tree.list(path)) {
                    boolean link = e.attributes().type() == NodeType.LINK;
                    rows.add(Row.of(link && !json ? e.name() + " -> " + vfs.target(Tree.WHO, 0, e.path()) : e.name(), e.attributes()));
                }
            } else {
                rows.add(Row.of(path, a));
            }
        }
        return Json.when(json, rows);
    }

    /** Prints files. */
    @Descriptor("prints files of the VFS")
    @Example("fs:cat /data/notes")
    public void cat(CommandSession session, @Descriptor("files") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        for (String path : paths) {
            tree.print(path, Process.Utils.current().out());
        }
    }

    /** Writes a file. */
    @Descriptor("writes what comes in, or words, into a file")
    @Example({"echo hello | fs:write /data/notes", "fs:write -a /data/notes more words"})
    public void write(CommandSession session,
            @Parameter(names = {"--append", "-a"}, presentValue = "true", absentValue = "false") @Descriptor("at its end") boolean append,
            @Descriptor("the file") @Suggest(from = FilePaths.NAME) String path, @Descriptor("what to write") String... words) throws IOException {
        InputStream in = words.length == 0 ? Process.Utils.current().in()
                : new java.io.ByteArrayInputStream((String.join(" ", words) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        tree.write(path, in, append);
    }

    private String target(String to, String from, int count) throws FsException {
        Attributes there = tree.find(to, true);
        boolean folder = there != null && there.isFolder();
        if (!folder && count > 1) {
            throw new FsException.Refused(Errno.ENOTDIR, to);
        }
        return folder ? Tree.join(to, Tree.name(from)) : to;
    }

    private static List<String> sources(String[] paths, String what) {
        if (paths.length < 2) {
            throw new IllegalArgumentException("expected what to " + what + " and where to");
        }
        return List.of(paths).subList(0, paths.length - 1);
    }

    /** Copies. */
    @Descriptor("copies files and folders; holes stay, blocks are shared where the volume can")
    @Example({"fs:cp /a /b", "fs:cp -r -p /data /backup"})
    public void cp(
            @Parameter(names = {"--recursive", "-r"}, presentValue = "true", absentValue = "false") @Descriptor("folders too") boolean recursive,
            @Parameter(names = {"--preserve", "-p"}, presentValue = "true", absentValue = "false")
            @Descriptor("with owner, mode, times, attributes") boolean keep,
            @Descriptor("what, and where to") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        List<String> from = sources(paths, "copy");
        for (String source : from) {
            String to = target(paths[paths.length - 1], source, from.size());
            if (recursive && (to + "/").startsWith(source.replaceAll("/+$", "") + "/")) {
                throw new FsException.Refused(Errno.EINVAL, "copy of " + source + " into itself");
            }
            tree.copy(source, to, recursive, keep);
        }
    }

    /** Moves. */
    @Descriptor("moves or renames files and folders; between volumes by copying")
    @Example({"fs:mv /a /b", "fs:mv -n /a /b", "fs:mv --exchange /a /b"})
    public void mv(
            @Parameter(names = {"--no-replace", "-n"}, presentValue = "true", absentValue = "false") @Descriptor("never replace") boolean noReplace,
            @Parameter(names = "--exchange", presentValue = "true", absentValue = "false") @Descriptor("let two names change places") boolean exchange,
            @Descriptor("what, and where to") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        RenameMode mode = exchange ? RenameMode.EXCHANGE : noReplace ? RenameMode.NO_REPLACE : RenameMode.REPLACE;
        List<String> from = sources(paths, "move");
        for (String source : from) {
            String to = exchange ? paths[1] : target(paths[paths.length - 1], source, from.size());
            try {
                vfs.rename(Tree.WHO, 0, source, 0, to, mode);
            } catch (FsException e) {
                if (e.errno() != Errno.EXDEV || exchange || noReplace && tree.find(to, false) != null) {
                    throw e;
                }
                tree.copy(source, to, true, true);
                tree.remove(source);
            }
        }
    }

    /** Removes. */
    @Descriptor("removes files; with -r folders and all that is in them")
    @Example({"fs:rm /data/notes", "fs:rm -r /data/old"})
    public void rm(
            @Parameter(names = {"--recursive", "-r"}, presentValue = "true", absentValue = "false") @Descriptor("folders too") boolean recursive,
            @Parameter(names = {"--force", "-f"}, presentValue = "true", absentValue = "false") @Descriptor("what is not there is no error") boolean force,
            @Descriptor("what") @Suggest(from = FilePaths.NAME) String... paths) throws IOException {
        for (String path : paths) {
            Attributes a = force ? tree.find(path, false) : tree.attributes(path, false);
            if (a != null && a.isFolder() && !recursive) {
                throw new FsException.Refused(Errno.EISDIR, path + " without -r");
            }
            if (a != null) {
                tree.remove(path);
            }
        }
    }

    /** Makes folders. */
    @Descriptor("makes folders")
    @Example({"fs:mkdir /data", "fs:mkdir -p /data/a/b"})
    public void mkdir(
            @Parameter(names = {"--parents", "-p"}, presentValue = "true", absentValue = "false")
            @Descriptor("those above it too; no error when it is there") boolean parents,
            @Parameter(names = {"--mode", "-m"}, absentValue = "777") @Descriptor("octal mode, before the umask") String mode,
            @Descriptor("folders") @Suggest(from = FilePaths.NAME) String... paths) throws FsException {
        for (String path : paths) {
            for (int end = path.indexOf('/', 1); parents && end > 0; end = path.indexOf('/', end + 1)) {
                make(path.substring(0, end), 0777, true);
            }
            make(path, Integer.parseInt(mode, 8), parents);
        }
    }

    private void make(String path, int mode, boolean mayBe) throws FsException {
        try {
            vfs.makeFolder(Tree.WHO, 0, path, mode);
        } catch (FsException e) {
            if (!mayBe || e.errno() != Errno.EEXIST || !tree.attributes(path, true).isFolder()) {
                throw e;
            }
        }
    }

    /** Links. */
    @Descriptor("another name for a file; with -s a symbolic link")
    @Example({"fs:ln /a /b", "fs:ln -s ../target /b"})
    public void ln(
            @Parameter(names = {"--symbolic", "-s"}, presentValue = "true", absentValue = "false") @Descriptor("a symbolic link") boolean symbolic,
            @Descriptor("file, or text of the symbolic link") @Suggest(from = FilePaths.NAME) String target,
            @Descriptor("the new name") @Suggest(from = FilePaths.NAME) String path) throws FsException {
        String name = target(path, target, 1);
        if (symbolic) {
            vfs.makeLink(Tree.WHO, target, 0, name);
        } else {
            vfs.link(Tree.WHO, 0, target, true, 0, name);
        }
    }

    /** Makes files, or their times now. */
    @Descriptor("makes empty files; sets the times of those that are there to now")
    @Example("fs:touch /data/notes")
    public void touch(@Descriptor("files") @Suggest(from = FilePaths.NAME) String... paths) throws FsException {
        for (String path : paths) {
            if (tree.find(path, true) == null) {
                vfs.makeNode(Tree.WHO, 0, path, NodeType.FILE, 0666, 0);
            } else {
                vfs.change(Tree.WHO, 0, path, true, AttributeChange.times(AttributeChange.NOW, AttributeChange.NOW));
            }
        }
    }

    /** Sets a size. */
    @Descriptor("makes a file shorter, or longer by a hole")
    @Example("fs:truncate /data/disk 1073741824")
    public void truncate(@Descriptor("file") @Suggest(from = FilePaths.NAME) String path, @Descriptor("bytes") long size) throws FsException {
        vfs.change(Tree.WHO, 0, path, true, AttributeChange.size(size));
    }

    /** All about files. */
    @Descriptor("all that is known of a file")
    @Example({"fs:stat /data/notes", "fs:stat --json /data/notes"})
    public Object stat(
            @Parameter(names = {"--follow", "-L"}, presentValue = "true", absentValue = "false") @Descriptor("what a link points to") boolean follow,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("file or folder") @Suggest(from = FilePaths.NAME) String path) throws FsException {
        Attributes a = tree.attributes(path, follow);
        var mount = vfs.mountOf(Tree.WHO, 0, a.type() == NodeType.LINK ? "/" : path);
        return Json.when(json, new Details(Human.printable(path), a.type().name(), Rights.text(a), Integer.toOctalString(a.mode()), a.node(),
                a.generation(), a.links(), a.uid(), a.gid(), a.size(), a.allocated(), time(a.accessed()), time(a.modified()), time(a.changed()),
                time(a.born()), mount.path(), mount.volume()));
    }
}
