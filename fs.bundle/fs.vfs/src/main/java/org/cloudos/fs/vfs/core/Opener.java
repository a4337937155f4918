package org.cloudos.fs.vfs.core;

import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Capability;
import org.cloudos.fs.vfs.Credentials;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;

/** open(2), openat2(2). */
final class Opener {
    private static final int ATTEMPTS = 16;
    private final Core core;
    private final FileTree tree;

    Opener(Core core, FileTree tree) {
        this.core = core;
        this.tree = tree;
    }

    long open(Caller caller, long at, String path, OpenHow how) throws FsException {
        checkFlags(how, path);
        if (how.has(OpenFlag.NAMELESS)) {
            return nameless(caller, at, path, how);
        }
        int walk = Walker.PATH | (how.has(OpenFlag.NO_FOLLOW) || how.has(OpenFlag.EXCLUSIVE) && how.has(OpenFlag.CREATE) ? 0 : Walker.FOLLOW)
                | (how.has(OpenFlag.BENEATH) ? Walker.BENEATH : 0) | (how.has(OpenFlag.NO_LINKS) ? Walker.NO_LINKS : 0)
                | (how.has(OpenFlag.NO_MOUNTS) ? Walker.NO_MOUNTS : 0);
        for (int attempt = 0;; attempt++) {
            try {
                return attempt(caller, at, path, how, walk);
            } catch (FsException e) {
                // Somebody else made or removed it between the look and the step.
                boolean race = how.has(OpenFlag.CREATE) && !how.has(OpenFlag.EXCLUSIVE) && e.errno() == Errno.EEXIST
                        || e.errno() == Errno.ESTALE;
                if (!race || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void checkFlags(OpenHow how, String path) throws FsException {
        boolean use = how.has(OpenFlag.READ) || how.has(OpenFlag.WRITE);
        boolean wrong = !use && !how.has(OpenFlag.PATH)
                || how.has(OpenFlag.TRUNCATE) && !how.has(OpenFlag.WRITE) || how.has(OpenFlag.APPEND) && !how.has(OpenFlag.WRITE)
                || how.has(OpenFlag.CREATE) && (how.has(OpenFlag.FOLDER) || how.has(OpenFlag.PATH))
                || how.has(OpenFlag.NAMELESS) && (!how.has(OpenFlag.WRITE) || how.has(OpenFlag.CREATE));
        if (wrong) {
            throw new Refused(Errno.EINVAL, path + " with " + how.flags());
        }
    }

    private long attempt(Caller caller, long at, String path, OpenHow how, int walk) throws FsException {
        Place place = core.walker.walk(caller, at, path, walk);
        boolean made = false;
        if (place.node == null) {
            if (!how.has(OpenFlag.CREATE)) {
                place.exists(path);
            }
            if (place.slash) {
                throw new Refused(Errno.EISDIR, path);
            }
            place.node = tree.make(caller, place, NodeType.FILE, how.mode(), 0, null, path);
            place.mount = place.folderMount;
            made = true;
        } else if (how.has(OpenFlag.CREATE) && how.has(OpenFlag.EXCLUSIVE)) {
            throw new Refused(Errno.EEXIST, path);
        }
        if (!made && !how.has(OpenFlag.PATH)) {
            check(caller.credentials(), place, how, path);
        } else if (how.has(OpenFlag.FOLDER) && !place.node.isFolder()) {
            throw new Refused(Errno.ENOTDIR, path);
        }
        long handle = put(caller, place, place.node, place.path, how, false);
        if (how.has(OpenFlag.TRUNCATE) && !made && place.node.type() == NodeType.FILE) {
            try {
                truncate(caller, place);
            } catch (FsException e) {
                core.files.remove(handle);
                place.mount.volume.fs().drop(place.node.node(), 1);
                throw e;
            }
        }
        return handle;
    }

    private void truncate(Caller caller, Place place) throws FsException {
        Attributes node = place.node;
        boolean loses = Permissions.hasSetId(node) && !caller.credentials().can(Capability.FSETID);
        Integer mode = loses ? Integer.valueOf(Permissions.withoutSetId(node.mode())) : null;
        if (node.size() > 0 || loses) {
            place.mount.volume.fs().set(node.node(), new AttributeChange(mode, null, null, 0L, null, null, null));
        } else {
            place.mount.volume.fs().set(node.node(), AttributeChange.times(null, AttributeChange.NOW));
        }
        core.nodeChanged(place.mount.volume, node.node(), true, false, place.folder == null ? 0 : place.folder.node(), place.name);
    }

    private static void check(Credentials who, Place place, OpenHow how, String path) throws FsException {
        Attributes node = place.node;
        boolean writes = how.has(OpenFlag.WRITE);
        switch (node.type()) {
            case LINK -> throw new Refused(Errno.ELOOP, path + ", which is a link");
            case FOLDER -> {
                if (writes || how.has(OpenFlag.CREATE)) {
                    throw new Refused(Errno.EISDIR, path);
                }
            }
            case FILE -> { } // can be opened
            default -> throw new Refused(Errno.ENXIO, path + ", a " + node.type() + ", which nobody serves");
        }
        if (how.has(OpenFlag.FOLDER) && !node.isFolder()) {
            throw new Refused(Errno.ENOTDIR, path);
        }
        int wanted = (how.has(OpenFlag.READ) ? Permissions.READ : 0) | (writes ? Permissions.WRITE : 0);
        Permissions.check(who, place.mount.volume, node, wanted, path);
        if (writes) {
            place.mount.checkWritable();
            if ((node.flags() & Attributes.IMMUTABLE) != 0
                    || (node.flags() & Attributes.APPEND_ONLY) != 0 && (!how.has(OpenFlag.APPEND) || how.has(OpenFlag.TRUNCATE))) {
                throw new Refused(Errno.EPERM, path + ", which can't be changed so");
            }
        }
        if (how.has(OpenFlag.NO_ACCESS_TIME) && !Permissions.owns(who, node)) {
            throw new Refused(Errno.EPERM, path + " without access time");
        }
    }

    private long nameless(Caller caller, long at, String path, OpenHow how) throws FsException {
        Place place = core.walker.walk(caller, at, path, Walker.PATH | Walker.FOLLOW).exists(path);
        if (!place.node.isFolder()) {
            throw new Refused(Errno.ENOTDIR, path);
        }
        place.mount.checkWritable();
        Volume volume = place.mount.volume;
        Permissions.checkEntries(caller.credentials(), volume, place.node, path);
        NewNode what = Permissions.made(caller, volume, place.node, NodeType.FILE, how.mode(), 0, null);
        core.grow(caller.credentials().can(Capability.SYS_RESOURCE), volume, what.uid(), what.gid(), 0, 1);
        Attributes made = volume.fs().createNameless(place.node.node(), what);
        return put(caller, place, made, place.path + "/#" + made.node(), how, true);
    }

    private long put(Caller caller, Place place, Attributes node, String path, OpenHow how, boolean held) throws FsException {
        Mount mount = place.mount;
        long handle = core.files.number();
        if (!held) {
            try {
                mount.volume.fs().hold(node.node());
            } catch (FsException e) {
                throw e.errno() == Errno.ENOENT ? new Refused(Errno.ESTALE, path) : e;
            }
        }
        Credentials who = caller.credentials();
        boolean named = !held && place.last == Place.Last.NAME && !place.isMountPoint();
        Open open = new Open(handle, mount, node.node(), node.type(), path, named ? place.folder.node() : 0, named ? place.name : null,
                how.flags(), caller.process(), who.can(Capability.FSETID), who.can(Capability.SYS_RESOURCE));
        if (how.has(OpenFlag.WRITE) && Permissions.hasSetId(node)) {
            mount.volume.setId.add(node.node());
        }
        core.files.put(handle, open);
        return handle;
    }
}
