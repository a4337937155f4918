package org.cloudos.fs.vfs.core;

import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Capability;
import org.cloudos.fs.vfs.Credentials;

/** Attributes and extended attributes of a node, by whomever may: chmod(2), chown(2), utimensat(2), xattr(7), acl(5). */
final class Changes {
    private static final String USER = "user.", TRUSTED = "trusted.", SECURITY = "security.";
    private static final int SIZE_LIMIT = 65_536, STICKY = 01000;
    private final Core core;

    Changes(Core core) {
        this.core = core;
    }

    /** @param sizeAllowed by the handle, so that the node's permissions are not asked */
    Attributes change(Caller caller, Mount mount, Attributes node, AttributeChange change, boolean sizeAllowed, String about)
            throws FsException {
        Credentials who = caller.credentials();
        Volume volume = mount.volume;
        mount.checkWritable();
        if (change.flags() != null) {
            checkFlags(who, node, change.flags(), about);
        } else if ((node.flags() & Attributes.IMMUTABLE) != 0 || (node.flags() & Attributes.APPEND_ONLY) != 0 && change.size() != null) {
            throw new Refused(Errno.EPERM, about + ", which can't be changed");
        }
        Integer mode = change.mode() == null ? null : Permissions.chosen(who, node, change.mode());
        if (mode != null) {
            Permissions.checkOwner(who, node, about);
        }
        checkOwnerChange(who, node, change, about);
        checkTimes(who, volume, node, change, about);
        boolean size = change.size() != null;
        if (size) {
            checkSize(who, volume, node, change.size(), sizeAllowed, about);
        }
        boolean loses = Permissions.hasSetId(node) && (change.uid() != null || change.gid() != null || size && !who.can(Capability.FSETID));
        int base = mode != null ? mode : node.mode();
        Integer newMode = loses && mode == null ? Integer.valueOf(Permissions.withoutSetId(base)) : mode;
        Attributes done = volume.fs().set(node.node(), new AttributeChange(newMode, change.uid(), change.gid(), change.size(), change.accessed(),
                change.modified(), change.flags()));
        if (Permissions.hasSetId(done)) {
            volume.setId.add(node.node());
        }
        if (mode != null) {
            done = withMode(volume, done);
        }
        return done;
    }

    private static void checkFlags(Credentials who, Attributes node, int flags, String about) throws FsException {
        Permissions.checkOwner(who, node, about);
        int guarded = Attributes.IMMUTABLE | Attributes.APPEND_ONLY;
        if (((node.flags() ^ flags) & guarded) != 0 && !who.can(Capability.LINUX_IMMUTABLE)) {
            throw new Refused(Errno.EPERM, "flags of " + about);
        }
    }

    private static void checkOwnerChange(Credentials who, Attributes node, AttributeChange change, String about) throws FsException {
        boolean gives = change.uid() != null && (change.uid() != node.uid() || who.uid() != node.uid());
        boolean regroups = change.gid() != null && (who.uid() != node.uid() || change.gid() != node.gid() && !who.in(change.gid()));
        if ((gives || regroups) && !who.can(Capability.CHOWN)) {
            throw new Refused(Errno.EPERM, "owner of " + about);
        }
    }

    private static void checkTimes(Credentials who, Volume volume, Attributes node, AttributeChange change, String about) throws FsException {
        if (change.accessed() == null && change.modified() == null || Permissions.owns(who, node)) {
            return;
        }
        boolean now = isNow(change.accessed()) && isNow(change.modified());
        if (!now) {
            throw new Refused(Errno.EPERM, "times of " + about);
        }
        Permissions.check(who, volume, node, Permissions.WRITE, about);
    }

    private static boolean isNow(Long time) {
        return time != null && time == AttributeChange.NOW;
    }

    private void checkSize(Credentials who, Volume volume, Attributes node, long size, boolean allowed, String about) throws FsException {
        if (node.type() != NodeType.FILE) {
            throw new Refused(node.isFolder() ? Errno.EISDIR : Errno.EINVAL, about);
        }
        if (!allowed) {
            Permissions.check(who, volume, node, Permissions.WRITE, about);
        }
        if (size > node.size()) {
            core.grow(who.can(Capability.SYS_RESOURCE), volume, node.uid(), node.gid(), size - node.size(), 0);
        }
    }

    /** The list says what the mode says. */
    private static Attributes withMode(Volume volume, Attributes node) throws FsException {
        Acl acl = node.type() == NodeType.LINK ? null : volume.acl(node.node());
        if (acl == null) {
            return node;
        }
        volume.fs().setExtended(node.node(), Acl.ACCESS, acl.withMode(node.mode()).bytes(), ExtendedMode.SET);
        return volume.fs().attributes(node.node());
    }

    // ---- extended attributes

    byte[] extended(Caller caller, Mount mount, Attributes node, String name, String about) throws FsException {
        checkName(name);
        Credentials who = caller.credentials();
        if (name.startsWith(TRUSTED) && !who.can(Capability.SYS_ADMIN)) {
            throw new Refused(Errno.ENODATA, name + " of " + about);
        }
        if (name.startsWith(USER)) {
            checkUser(node, Errno.ENODATA, about);
            Permissions.check(who, mount.volume, node, Permissions.READ, about);
        }
        return mount.volume.fs().extended(node.node(), name);
    }

    private static void checkUser(Attributes node, Errno otherwise, String about) throws FsException {
        if (node.type() != NodeType.FILE && !node.isFolder()) {
            throw new Refused(otherwise, "user attribute of " + about);
        }
    }

    private static void checkName(String name) throws FsException {
        boolean known = name.startsWith(USER) || name.startsWith(TRUSTED) || name.startsWith(SECURITY) || name.equals(Acl.ACCESS)
                || name.equals(Acl.DEFAULT);
        if (!known) {
            throw new Refused(Errno.EOPNOTSUPP, "attribute " + name);
        }
        if (name.length() > 255 || name.endsWith(".")) {
            throw new Refused(name.endsWith(".") ? Errno.EINVAL : Errno.ERANGE, "attribute " + name);
        }
    }

    void setExtended(Caller caller, Mount mount, Attributes node, String name, byte[] value, ExtendedMode mode, String about) throws FsException {
        checkWritable(caller, mount, node, name, about);
        if (value.length > SIZE_LIMIT) {
            throw new Refused(Errno.E2BIG, name + " of " + value.length + " bytes, at most " + SIZE_LIMIT);
        }
        FileSystem fs = mount.volume.fs();
        if (name.equals(Acl.ACCESS)) {
            Acl acl = Acl.parse(value);
            if (!acl.isExtended()) {
                removeIfThere(fs, node.node(), name);
            } else {
                fs.setExtended(node.node(), name, acl.bytes(), mode);
            }
            fs.set(node.node(), AttributeChange.mode(Permissions.chosen(caller.credentials(), node, node.mode() & ~0777 | acl.mode())));
        } else if (name.equals(Acl.DEFAULT)) {
            if (!node.isFolder()) {
                throw new Refused(Errno.EACCES, "default list of " + about + ", which is no folder");
            }
            fs.setExtended(node.node(), name, Acl.parse(value).bytes(), mode);
        } else {
            fs.setExtended(node.node(), name, value, mode);
        }
    }

    private static void removeIfThere(FileSystem fs, long node, String name) throws FsException {
        try {
            fs.removeExtended(node, name);
        } catch (FsException e) {
            if (e.errno() != Errno.ENODATA) {
                throw e;
            }
        }
    }

    private static void checkWritable(Caller caller, Mount mount, Attributes node, String name, String about) throws FsException {
        checkName(name);
        Credentials who = caller.credentials();
        mount.checkWritable();
        Permissions.checkChangeable(node, about);
        if (name.startsWith(USER)) {
            checkUser(node, Errno.EPERM, about);
            if (node.isFolder() && (node.mode() & STICKY) != 0) {
                Permissions.checkOwner(who, node, about);
            }
            Permissions.check(who, mount.volume, node, Permissions.WRITE, about);
        } else if (name.startsWith("system.")) {
            if (node.type() == NodeType.LINK) {
                throw new Refused(Errno.EOPNOTSUPP, "access list of link " + about);
            }
            Permissions.checkOwner(who, node, about);
        } else if (!who.can(Capability.SYS_ADMIN)) {
            throw new Refused(Errno.EPERM, name + " of " + about);
        }
    }

    void removeExtended(Caller caller, Mount mount, Attributes node, String name, String about) throws FsException {
        checkWritable(caller, mount, node, name, about);
        FileSystem fs = mount.volume.fs();
        if (name.equals(Acl.ACCESS)) {
            Acl acl = mount.volume.acl(node.node());
            removeIfThere(fs, node.node(), name);
            if (acl != null) { // what the group may is told by its own entry from now on
                int group = acl.find(Acl.Tag.OWNING_GROUP).permissions() & (acl.find(Acl.Tag.MASK) == null ? 7 : acl.find(Acl.Tag.MASK).permissions());
                fs.set(node.node(), AttributeChange.mode(node.mode() & ~070 | group << 3));
            }
        } else {
            fs.removeExtended(node.node(), name);
        }
    }

    List<String> extendedNames(Caller caller, Mount mount, Attributes node) throws FsException {
        boolean all = caller.credentials().can(Capability.SYS_ADMIN);
        return mount.volume.fs().extendedNames(node.node()).stream().filter(n -> all || !n.startsWith(TRUSTED)).sorted().toList();
    }
}
