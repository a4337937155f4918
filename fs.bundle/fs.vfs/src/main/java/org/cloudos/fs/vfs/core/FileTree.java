package org.cloudos.fs.vfs.core;

import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Names;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Capability;
import org.cloudos.fs.vfs.Credentials;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.Paths;
import org.cloudos.fs.vfs.WatchEvent.Kind;

/** Operations on paths. */
final class FileTree implements Paths {
    private final Core core;
    private final Changes changes;

    FileTree(Core core, Changes changes) {
        this.core = core;
        this.changes = changes;
    }

    private Place find(Caller caller, long at, String path, boolean follow) throws FsException {
        return core.walker.find(caller, at, path, follow);
    }

    @Override public Attributes attributes(Caller caller, long at, String path, boolean follow) throws FsException {
        return find(caller, at, path, follow).node;
    }

    @Override public Attributes change(Caller caller, long at, String path, boolean follow, AttributeChange change) throws FsException {
        Place place = find(caller, at, path, follow);
        Attributes done = changes.change(caller, place.mount, place.node, change, false, path);
        changed(place, change.size() != null);
        return done;
    }

    private void changed(Place place, boolean contents) {
        boolean named = place.last == Place.Last.NAME && !place.isMountPoint();
        core.nodeChanged(place.mount.volume, place.node.node(), contents, place.node.isFolder(), named ? place.folder.node() : 0,
                named ? place.name : null);
    }

    @Override public void access(Caller caller, long at, String path, int wanted) throws FsException {
        Place place = find(caller, at, path, true);
        boolean file = place.node.type() == NodeType.FILE;
        if ((wanted & Permissions.WRITE) != 0 && (file || place.node.isFolder() || place.node.type() == NodeType.LINK)) {
            place.mount.checkWritable();
        }
        if ((wanted & Permissions.EXECUTE) != 0 && file && place.mount.has(MountFlag.NO_EXECUTE)) {
            throw new Refused(Errno.EACCES, path + " on a mount with noexec");
        }
        Permissions.check(caller.credentials(), place.mount.volume, place.node, wanted & 7, path);
    }

    // ---- making

    @Override public Attributes makeFolder(Caller caller, long at, String path, int mode) throws FsException {
        Place place = core.walker.walk(caller, at, path, 0).named(Errno.EEXIST, path).free(path, true);
        return make(caller, place, NodeType.FOLDER, mode & 01777, 0, null, path);
    }

    @Override public Attributes makeNode(Caller caller, long at, String path, NodeType type, int mode, int device) throws FsException {
        if (type == NodeType.FOLDER || type == NodeType.LINK) {
            throw new Refused(Errno.EINVAL, "node of type " + type);
        }
        boolean isDevice = type == NodeType.CHARACTER_DEVICE || type == NodeType.BLOCK_DEVICE;
        if (isDevice && !caller.credentials().can(Capability.MKNOD)) {
            throw new Refused(Errno.EPERM, "device " + path);
        }
        Place place = core.walker.walk(caller, at, path, 0).named(Errno.EEXIST, path).free(path, false);
        return make(caller, place, type, mode, isDevice ? device : 0, null, path);
    }

    @Override public Attributes makeLink(Caller caller, String target, long at, String path) throws FsException {
        if (target.isEmpty()) {
            throw new Refused(Errno.ENOENT, "empty target of " + path);
        }
        Names.length(target, Names.MAX_PATH);
        Place place = core.walker.walk(caller, at, path, 0).named(Errno.EEXIST, path).free(path, false);
        return make(caller, place, NodeType.LINK, 0777, 0, target, path);
    }

    /** Preconditions: the name is free, or was when it was looked up. */
    Attributes make(Caller caller, Place place, NodeType type, int mode, int device, String target, String path) throws FsException {
        Volume volume = place.folderMount.volume;
        place.folderMount.checkWritable();
        Permissions.checkEntries(caller.credentials(), volume, place.folder, path);
        NewNode what = Permissions.made(caller, volume, place.folder, type, mode, device, target);
        core.grow(caller.credentials().can(Capability.SYS_RESOURCE), volume, what.uid(), what.gid(), 0, 1);
        Attributes made = volume.fs().create(place.folder.node(), place.name, what);
        if (Permissions.hasSetId(made)) {
            volume.setId.add(made.node());
        }
        core.entryChanged(volume, place.folder.node(), place.name, Kind.CREATED, made.isFolder(), 0);
        return made;
    }

    @Override public void link(Caller caller, long at, String path, boolean follow, long toAt, String toPath) throws FsException {
        Place from = find(caller, at, path, follow);
        Permissions.checkChangeable(from.node, path);
        link(caller, from.mount, from.node, toAt, toPath);
    }

    void link(Caller caller, Mount mount, Attributes node, long toAt, String toPath) throws FsException {
        Place to = core.walker.walk(caller, toAt, toPath, 0).named(Errno.EEXIST, toPath).free(toPath, false);
        if (node.isFolder()) {
            throw new Refused(Errno.EPERM, "another name for folder " + toPath);
        }
        if (to.folderMount != mount) {
            throw new Refused(Errno.EXDEV, "link " + toPath);
        }
        mount.checkWritable();
        Permissions.checkEntries(caller.credentials(), mount.volume, to.folder, toPath);
        mount.volume.fs().link(node.node(), to.folder.node(), to.name);
        core.entryChanged(mount.volume, to.folder.node(), to.name, Kind.CREATED, false, 0);
        core.nodeChanged(mount.volume, node.node(), false, false, 0, null);
    }

    // ---- removing and moving

    @Override public void remove(Caller caller, long at, String path, boolean folder) throws FsException {
        Place place = core.walker.walk(caller, at, path, 0);
        switch (place.last) {
            case DOT -> throw new Refused(folder ? Errno.EINVAL : Errno.EISDIR, path);
            case DOT_DOT -> throw new Refused(folder ? Errno.ENOTEMPTY : Errno.EISDIR, path);
            case ROOT -> throw new Refused(folder ? Errno.EBUSY : Errno.EISDIR, path);
            case NAME -> { } // as it should be
        }
        place.exists(path);
        place.folderMount.checkWritable();
        if (place.isMountPoint()) {
            throw new Refused(Errno.EBUSY, path + ", where something is mounted");
        }
        Volume volume = place.folderMount.volume;
        Permissions.checkRemoval(caller.credentials(), volume, place.folder, place.node, path);
        volume.fs().remove(place.folder.node(), place.name, folder);
        core.entryChanged(volume, place.folder.node(), place.name, Kind.REMOVED, folder, 0);
        gone(volume, place.node);
    }

    private void gone(Volume volume, Attributes node) {
        if (node.isFolder() || node.links() <= 1) {
            core.watches.tell(volume, node.node(), Kind.GONE, "", node.isFolder(), 0);
            volume.setId.remove(node.node());
        }
        core.nodeChanged(volume, node.node(), false, node.isFolder(), 0, null);
    }

    @Override public void rename(Caller caller, long at, String path, long toAt, String toPath, RenameMode mode) throws FsException {
        Place from = core.walker.walk(caller, at, path, 0).named(Errno.EBUSY, path);
        Place to = core.walker.walk(caller, toAt, toPath, 0).named(mode == RenameMode.NO_REPLACE ? Errno.EEXIST : Errno.EBUSY, toPath);
        from.exists(path);
        if (from.folderMount != to.folderMount) {
            throw new Refused(Errno.EXDEV, "rename of " + path + " to " + toPath);
        }
        from.folderMount.checkWritable();
        if (to.node != null && mode == RenameMode.NO_REPLACE) {
            throw new Refused(Errno.EEXIST, toPath);
        }
        if (!from.node.isFolder() && (from.slash || to.slash && mode != RenameMode.EXCHANGE)) {
            throw new Refused(Errno.ENOTDIR, from.slash ? path : toPath);
        }
        if (from.isMountPoint() || to.isMountPoint()) {
            throw new Refused(Errno.EBUSY, (from.isMountPoint() ? path : toPath) + ", where something is mounted");
        }
        checkRename(caller.credentials(), from, path, to, toPath);
        Volume volume = from.folderMount.volume;
        volume.fs().rename(from.folder.node(), from.name, to.folder.node(), to.name, mode);
        tellRename(volume, from, to, mode);
    }

    private static void checkRename(Credentials who, Place from, String path, Place to, String toPath) throws FsException {
        Volume volume = from.folderMount.volume;
        Permissions.checkRemoval(who, volume, from.folder, from.node, path);
        if (to.node == null) {
            Permissions.checkEntries(who, volume, to.folder, toPath);
        } else {
            Permissions.checkRemoval(who, volume, to.folder, to.node, toPath);
        }
        if (from.folder.node() != to.folder.node()) { // another parent: its .. is written
            if (from.node.isFolder()) {
                Permissions.check(who, volume, from.node, Permissions.WRITE, path);
            }
            if (to.node != null && to.node.isFolder()) {
                Permissions.check(who, volume, to.node, Permissions.WRITE, toPath);
            }
        }
    }

    private void tellRename(Volume volume, Place from, Place to, RenameMode mode) {
        long cookie = core.watches.isEmpty() ? 0 : core.watches.cookie();
        boolean folder = from.node.isFolder();
        core.entryChanged(volume, from.folder.node(), from.name, Kind.MOVED_FROM, folder, cookie);
        core.entryChanged(volume, to.folder.node(), to.name, Kind.MOVED_TO, folder, cookie);
        if (mode == RenameMode.EXCHANGE) {
            long other = cookie == 0 ? 0 : core.watches.cookie();
            core.entryChanged(volume, to.folder.node(), to.name, Kind.MOVED_FROM, to.node.isFolder(), other);
            core.entryChanged(volume, from.folder.node(), from.name, Kind.MOVED_TO, to.node.isFolder(), other);
        } else if (to.node != null && to.node.node() != from.node.node()) {
            gone(volume, to.node);
        }
    }

    // ---- asking

    @Override public String target(Caller caller, long at, String path) throws FsException {
        Place place = find(caller, at, path, false);
        if (place.node.type() != NodeType.LINK) {
            throw new Refused(Errno.EINVAL, path + ", which is no link");
        }
        return place.mount.volume.fs().target(place.node.node());
    }

    @Override public String real(Caller caller, long at, String path) throws FsException {
        return core.walker.walk(caller, at, path, Walker.FOLLOW | Walker.PATH).exists(path).path;
    }

    @Override public byte[] extended(Caller caller, long at, String path, boolean follow, String name) throws FsException {
        Place place = find(caller, at, path, follow);
        return changes.extended(caller, place.mount, place.node, name, path);
    }

    @Override public void setExtended(Caller caller, long at, String path, boolean follow, String name, byte[] value, ExtendedMode mode)
            throws FsException {
        Place place = find(caller, at, path, follow);
        changes.setExtended(caller, place.mount, place.node, name, value, mode, path);
        changed(place, false);
    }

    @Override public void removeExtended(Caller caller, long at, String path, boolean follow, String name) throws FsException {
        Place place = find(caller, at, path, follow);
        changes.removeExtended(caller, place.mount, place.node, name, path);
        changed(place, false);
    }

    @Override public List<String> extendedNames(Caller caller, long at, String path, boolean follow) throws FsException {
        Place place = find(caller, at, path, follow);
        return changes.extendedNames(caller, place.mount, place.node);
    }
}
