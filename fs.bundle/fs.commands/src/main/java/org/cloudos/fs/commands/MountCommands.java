package org.cloudos.fs.commands;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.fs.FsException;
import org.cloudos.fs.Space;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.Mounts;
import org.cloudos.fs.vfs.Propagation;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What stands where. */
@Component(service = MountCommands.class)
@GogoCommand(scope = "fs", function = {"mount", "umount", "mounts", "df", "sync"})
public final class MountCommands {
    /** A mount. */
    public record Row(String path, String type, String source, String options, @Column(hidden = true) String volume, @Column(hidden = true) long id,
            @Column(hidden = true) String root, @Column(hidden = true) long peers, @Column(hidden = true) boolean available) {
        static Row of(MountInfo m) {
            String flags = m.flags().stream().map(MountFlag::option).sorted().collect(Collectors.joining(","));
            String all = (flags.isEmpty() ? "rw" : flags) + (m.peers() != 0 ? ",shared:" + m.peers() : "") + (m.available() ? "" : ",AWAY");
            return new Row(m.path(), m.type(), m.source() + (m.root().equals("/") ? "" : "[" + m.root() + "]"), all, m.volume(), m.id(), m.root(),
                    m.peers(), m.available());
        }
    }

    /** Space of a volume. */
    public record Use(String path, String type, @Column(unit = Column.Unit.BYTES) long size, @Column(unit = Column.Unit.BYTES) long used,
            @Column(unit = Column.Unit.BYTES) long available, @Column(unit = Column.Unit.BAR) double use, @Column("files") long nodes,
            @Column("files free") long freeNodes) { }

    private final Vfs vfs;

    @Activate
    public MountCommands(@Reference Vfs vfs) {
        this.vfs = vfs;
    }

    /** Mounts, or changes a mount. */
    @Descriptor("mounts a volume at a folder; with one path alone it changes the mount that is there")
    @Example({"fs:mount none /data -t tmpfs -o size=64m", "fs:mount nvme0n1p1 /data", "fs:mount --bind /data/in /in", "fs:mount --move /in /other",
        "fs:mount /data -o ro,noexec", "fs:mount /data --make shared", "fs:mount /home/me /host -t hostfs"})
    public Object mount(
            @Parameter(names = {"--type", "-t"}, absentValue = "") @Descriptor("format; without it the device's own is found out")
            @Suggest(words = {"tmpfs", "cloudfs", "hostfs", "system"}) String type,
            @Parameter(names = {"--options", "-o"}, absentValue = "") @Descriptor("such as ro,noexec,size=64m")
            @Suggest(words = {"ro", "nosuid", "nodev", "noexec", "noatime", "relatime", "nocache"}) String options,
            @Parameter(names = "--bind", presentValue = "true", absentValue = "false") @Descriptor("show a folder in another place too") boolean bind,
            @Parameter(names = "--rbind", presentValue = "true", absentValue = "false") @Descriptor("as --bind, with what is mounted in it") boolean rbind,
            @Parameter(names = "--move", presentValue = "true", absentValue = "false") @Descriptor("move a mount") boolean move,
            @Parameter(names = "--make", absentValue = "") @Descriptor("whether mounts in it are seen in its copies")
            @Suggest(words = {"private", "shared", "unbindable"}) String make,
            @Descriptor("device, folder or volume, and the folder to mount at") @Suggest(from = FilePaths.NAME) String[] paths) throws FsException {
        Caller who = Tree.WHO;
        if (paths.length == 1) {
            if (!make.isEmpty()) {
                return Row.of(vfs.propagate(who, paths[0], propagation(make), false));
            }
            return Row.of(vfs.remount(who, paths[0], options(options)));
        }
        if (paths.length != 2) {
            throw new IllegalArgumentException("expected a source and a folder, or the path of a mount to change; fs:mounts lists all mounts");
        }
        if (move && !options.isEmpty()) {
            throw new IllegalArgumentException("--move takes no options: a mount keeps its own, and fs:mount PATH -o OPTIONS changes them");
        }
        if (move) {
            vfs.move(who, paths[0], paths[1]);
            return Row.of(vfs.mountOf(who, 0, paths[1]));
        }
        if (bind || rbind) {
            return Row.of(bind(who, paths, rbind, options(options)));
        }
        return Row.of(vfs.mount(who, paths[0], paths[1], type, options(options)));
    }

    private MountInfo bind(Caller who, String[] paths, boolean recursive, Map<String, String> options) throws FsException {
        MountInfo made = vfs.bind(who, paths[0], paths[1], recursive);
        if (options.isEmpty()) {
            return made; // with the flags of what it shows
        }
        try {
            return vfs.remount(who, paths[1], options);
        } catch (FsException e) {
            vfs.unmount(who, paths[1], false);
            throw e;
        }
    }

    private static Propagation propagation(String word) {
        for (Propagation p : Propagation.values()) {
            if (p.name().equalsIgnoreCase(word)) {
                return p;
            }
        }
        throw new IllegalArgumentException("--make: expected private, shared or unbindable, found \"" + word + "\"");
    }

    static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split(",")) {
            int equals = option.indexOf('=');
            if (!option.isEmpty()) {
                options.put(equals < 0 ? option : option.substring(0, equals), equals < 0 ? "" : option.substring(equals + 1));
            }
        }
        return options;
    }

    /** Unmounts. */
    @Descriptor("ends the mount at a path")
    @Example({"fs:umount /data", "fs:umount --force /data"})
    public void umount(
            @Parameter(names = {"--force", "-f"}, presentValue = "true", absentValue = "false")
            @Descriptor("even while files are open, or its provider is away") boolean force,
            @Descriptor("path of the mount") @Suggest(from = FilePaths.NAME) String path) throws FsException {
        vfs.unmount(Tree.WHO, path, force);
    }

    /** All mounts. */
    @Descriptor("all mounts, with what they show and how")
    @Example({"fs:mounts", "fs:mounts --json"})
    public Object mounts(
            @Parameter(names = {"--namespace", "-n"}, absentValue = "" + Mounts.FIRST) @Descriptor("number of the namespace") long namespace,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) throws FsException {
        List<MountInfo> all = vfs.mounts(namespace);
        return Json.when(json, all.stream().map(Row::of).toList());
    }

    /** Space. */
    @Descriptor("space of the volumes: size, used, available")
    @Example({"fs:df", "fs:df --json"})
    public Object df(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws IOException {
        List<Use> uses = new java.util.ArrayList<>();
        for (MountInfo m : vfs.mounts(Mounts.FIRST)) {
            if (m.available() && m.root().equals("/")) {
                Space s = vfs.space(Tree.WHO, m.path());
                long used = s.bytes() - s.free();
                uses.add(new Use(m.path(), m.type(), s.bytes(), used, s.available(), s.bytes() == 0 ? 0 : (double) used / s.bytes(),
                        s.nodes() == 0 ? 0 : s.nodes() - s.freeNodes(), s.freeNodes()));
            }
        }
        return Json.when(json, uses);
    }

    /** Makes all safe. */
    @Descriptor("writes to the devices what is in memory only")
    @Example("fs:sync")
    public void sync() throws FsException {
        vfs.syncAll();
    }
}
