package org.cloudos.fs.vfs.core;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Space;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Capability;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.Mounts;
import org.cloudos.fs.vfs.Propagation;
import org.cloudos.hal.block.BlockDevice;

/** Mounting and what belongs to it. Changes are in a row: each holds this object's monitor. */
final class MountControl implements Mounts {
    /** A volume that was opened here, and so is closed here. */
    private record Opened(String type, String source) { }

    final Map<String, FileSystemType> types = new ConcurrentHashMap<>();
    final Map<String, BlockDevice> devices = new ConcurrentHashMap<>();
    private final Core core;
    private final MountTable mounts;
    /** By volume. Guarded by this. */
    private final Map<String, Opened> opened = new TreeMap<>();

    MountControl(Core core) {
        this.core = core;
        this.mounts = core.mounts;
    }

    private static void checkAdmin(Caller caller, String about) throws FsException {
        if (!caller.credentials().can(Capability.SYS_ADMIN)) {
            throw new Refused(Errno.EPERM, about);
        }
    }

    // ---- mounting

    @Override public synchronized MountInfo mount(Caller caller, String source, String path, String type, Map<String, String> options)
            throws FsException {
        checkAdmin(caller, "mount at " + path);
        Map<String, String> rest = new LinkedHashMap<>(options);
        Set<MountFlag> flags = flags(rest);
        Namespace namespace = mounts.namespace(caller.namespace());
        boolean first = namespace.root == null && path.equals("/");
        Place place = first ? null : folder(caller, path);
        Volume volume = volume(source, type, rest, flags);
        try {
            if (first) {
                return MountTable.info(mounts.root(namespace, volume, source, flags));
            }
            if (place.mount.volume == volume && place.node.node() == place.mount.root) {
                throw new Refused(Errno.EBUSY, "mount at " + path + ": this volume is mounted here");
            }
            return MountTable.info(mounts.add(place.mount, place.node.node(), place.path, volume, FileSystem.ROOT, source, "/", flags));
        } catch (FsException e) {
            closeIfUnused(volume, false);
            throw e;
        }
    }

    private Place folder(Caller caller, String path) throws FsException {
        Place place = core.walker.walk(caller, 0, path, Walker.FOLLOW | Walker.PATH).exists(path);
        if (!place.node.isFolder()) {
            throw new Refused(Errno.ENOTDIR, "mount at " + path);
        }
        return place;
    }

    /** Takes the options that are flags out of the map. */
    private static Set<MountFlag> flags(Map<String, String> options) {
        Set<MountFlag> flags = EnumSet.noneOf(MountFlag.class);
        for (MountFlag flag : MountFlag.values()) {
            if (options.remove(flag.option()) != null) {
                flags.add(flag);
            }
        }
        options.remove("rw");
        return flags;
    }

    private Volume volume(String source, String type, Map<String, String> options, Set<MountFlag> flags) throws FsException {
        if (flags.contains(MountFlag.READ_ONLY)) {
            options.put("ro", "");
        }
        if (type.isEmpty()) {
            Volume there = core.volumes.find(source);
            return there != null ? there : open(recognised(source), source, options);
        }
        FileSystemType format = types.get(type);
        if (format == null) {
            throw new Refused(Errno.ENODEV, "format " + type + " (there are: " + String.join(", ", types.keySet().stream().sorted().toList()) + ")");
        }
        return open(format, source, options);
    }

    private BlockDevice device(String name) throws FsException {
        BlockDevice device = devices.get(name.startsWith("/dev/") ? name.substring("/dev/".length()) : name);
        if (device == null) {
            throw new Refused(Errno.ENODEV, "block device " + name + " (there are: " + String.join(", ", devices.keySet().stream().sorted().toList())
                    + ")");
        }
        return device;
    }

    private FileSystemType recognised(String source) throws FsException {
        BlockDevice device = device(source);
        for (FileSystemType format : types.values()) {
            if (format.needsDevice() && format.recognises(device)) {
                return format;
            }
        }
        throw new Refused(Errno.EINVAL, source + " holds no volume of a format that is known ("
                + String.join(", ", types.keySet().stream().sorted().toList()) + ")");
    }

    private Volume open(FileSystemType format, String source, Map<String, String> options) throws FsException {
        if (format.needsDevice()) {
            for (Map.Entry<String, Opened> e : opened.entrySet()) {
                if (e.getValue().source.equals(source) && e.getValue().type.equals(format.name())) {
                    return core.volumes.await(e.getKey());
                }
            }
        }
        String id = format.open(format.needsDevice() ? device(source) : null, sourced(format, source, options));
        opened.put(id, new Opened(format.name(), source));
        try {
            return core.volumes.await(id);
        } catch (FsException e) {
            opened.remove(id);
            format.close(id, true);
            throw e;
        }
    }

    /** A format without a device may want to know the source: a host's folder, for instance. */
    private static Map<String, String> sourced(FileSystemType format, String source, Map<String, String> options) {
        if (!format.needsDevice() && format.needsSource()) {
            Map<String, String> more = new LinkedHashMap<>(options);
            more.put(FileSystemType.SOURCE, source);
            return more;
        }
        return options;
    }

    private void closeIfUnused(Volume volume, boolean force) throws FsException {
        if (mounts.isMounted(volume)) {
            return;
        }
        Opened how = opened.remove(volume.id);
        FileSystemType format = how == null ? null : types.get(how.type);
        if (format != null) {
            try {
                format.close(volume.id, force);
            } catch (FsException e) {
                if (!force) {
                    opened.put(volume.id, how);
                    throw e;
                }
            }
        }
        core.volumes.forget(volume);
    }

    // ---- changing

    @Override public synchronized MountInfo bind(Caller caller, String from, String to, boolean recursive) throws FsException {
        checkAdmin(caller, "bind of " + from);
        Place shown = core.walker.walk(caller, 0, from, Walker.FOLLOW | Walker.PATH).exists(from);
        Place place = core.walker.walk(caller, 0, to, Walker.FOLLOW | Walker.PATH).exists(to);
        if (shown.node.isFolder() != place.node.isFolder()) {
            throw new Refused(place.node.isFolder() ? Errno.EISDIR : Errno.ENOTDIR, "bind of " + from + " at " + to);
        }
        if (shown.mount.propagation == Propagation.UNBINDABLE) {
            throw new Refused(Errno.EINVAL, "bind of " + from + ", which is unbindable");
        }
        String inMount = shown.mount.path.equals("/") ? shown.path : shown.path.substring(shown.mount.path.length());
        String rootPath = inMount.isEmpty() ? shown.mount.rootPath : MountTable.join(shown.mount.rootPath, inMount);
        Mount made = mounts.add(place.mount, place.node.node(), place.path, shown.mount.volume, shown.node.node(), from, rootPath,
                shown.mount.flags);
        mounts.join(made, shown.mount);
        if (recursive) {
            mounts.copyBelow(shown.mount, made);
        }
        return MountTable.info(made);
    }

    @Override public synchronized void move(Caller caller, String from, String to) throws FsException {
        checkAdmin(caller, "move of " + from);
        Mount mount = at(caller, from);
        Place place = folder(caller, to);
        mounts.move(mount, place.mount, place.node.node(), place.path);
    }

    /** The topmost mount at a path, also of a volume whose provider is away. */
    private Mount at(Caller caller, String path) throws FsException {
        String plain = path.length() > 1 ? path.replaceAll("/+", "/").replaceAll("(?<=.)/$", "") : path;
        List<Mount> here = mounts.of(mounts.namespace(caller.namespace())).stream().filter(m -> m.path.equals(plain)).toList();
        for (Mount mount : here) {
            if (mount.on(mount.root) == null && caller.root() == 0) {
                return mount;
            }
        }
        Place place = core.walker.find(caller, 0, path, true);
        if (place.node.node() != place.mount.root) {
            throw new Refused(Errno.EINVAL, path + ", where nothing is mounted");
        }
        return place.mount;
    }

    @Override public synchronized MountInfo remount(Caller caller, String path, Map<String, String> options) throws FsException {
        checkAdmin(caller, "remount of " + path);
        Mount mount = at(caller, path);
        Map<String, String> rest = new LinkedHashMap<>(options);
        Set<MountFlag> flags = flags(rest);
        if (!rest.isEmpty()) {
            throw new Refused(Errno.EINVAL, "option " + rest.keySet().iterator().next() + " in a remount, which sets flags only");
        }
        if (flags.contains(MountFlag.READ_ONLY) && !mount.has(MountFlag.READ_ONLY) && core.files.writes(mount)) {
            throw new Refused(Errno.EBUSY, path + ": files are open to write");
        }
        mount.flags = flags;
        return MountTable.info(mount);
    }

    @Override public synchronized MountInfo propagate(Caller caller, String path, Propagation propagation, boolean recursive) throws FsException {
        checkAdmin(caller, "propagation of " + path);
        Mount mount = at(caller, path);
        mounts.propagate(mount, propagation, recursive);
        return MountTable.info(mount);
    }

    @Override public synchronized void unmount(Caller caller, String path, boolean force) throws FsException {
        checkAdmin(caller, "unmount of " + path);
        end(at(caller, path), force);
    }

    private void end(Mount mount, boolean force) throws FsException {
        List<Mount> going = mounts.going(mount, force);
        if (!force) {
            for (Mount m : going) {
                if (core.files.uses(m)) {
                    throw new Refused(Errno.EBUSY, "unmount of " + m.path + ": files are open");
                }
            }
        }
        for (Mount m : going) {
            flush(m.volume, force);
        }
        mounts.end(going);
        for (Open open : core.files.all()) {
            if (going.contains(open.mount)) {
                open.volume.fs().drop(open.node, 1);
            }
        }
        for (Volume volume : going.stream().map(m -> m.volume).distinct().toList()) {
            closeIfUnused(volume, force);
        }
    }

    private static void flush(Volume volume, boolean force) throws FsException {
        try {
            if (volume.isThere()) {
                volume.fs().sync();
            }
        } catch (FsException e) {
            if (!force) {
                throw e;
            }
        }
    }

    @Override public List<MountInfo> mounts(long namespace) throws FsException {
        return mounts.of(mounts.namespace(namespace)).stream().map(MountTable::info).toList();
    }

    @Override public synchronized long newNamespace(Caller caller, long from) throws FsException {
        checkAdmin(caller, "a new namespace");
        return mounts.copy(mounts.namespace(from)).id;
    }

    @Override public synchronized void endNamespace(Caller caller, long namespace) throws FsException {
        checkAdmin(caller, "the end of namespace " + namespace);
        if (namespace == FIRST) {
            throw new Refused(Errno.EINVAL, "the end of the first namespace");
        }
        Namespace going = mounts.namespace(namespace);
        if (going.root != null) {
            mounts.propagate(going.root, Propagation.PRIVATE, true);
            end(going.root, true);
        }
        mounts.endNamespace(going);
    }

    @Override public List<Long> namespaces() {
        return mounts.namespaces();
    }

    @Override public Space space(Caller caller, String path) throws FsException {
        return core.walker.find(caller, 0, path, true).mount.volume.fs().space();
    }

    @Override public MountInfo mountOf(Caller caller, long at, String path) throws FsException {
        return MountTable.info(core.walker.find(caller, at, path, true).mount);
    }

    @Override public void syncAll() throws FsException {
        FsException failed = null;
        for (Volume volume : core.volumes.all()) {
            try {
                flush(volume, false);
            } catch (FsException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Closes what was opened here: the VFS ends. */
    synchronized void closeAll() {
        for (Map.Entry<String, Opened> e : opened.entrySet()) {
            FileSystemType format = types.get(e.getValue().type);
            try {
                if (format != null) {
                    format.close(e.getKey(), true);
                }
            } catch (FsException failed) {
                // The others are to be closed nevertheless.
            }
        }
        opened.clear();
    }

    // ---- hand-over

    synchronized Object[] state() {
        List<String[]> all = new ArrayList<>();
        opened.forEach((volume, how) -> all.add(new String[] {volume, how.type, how.source}));
        return all.toArray();
    }

    synchronized void restore(Object[] state) {
        opened.clear();
        for (Object raw : state) {
            String[] how = (String[]) raw;
            opened.put(how[0], new Opened(how[1], how[2]));
        }
    }
}
