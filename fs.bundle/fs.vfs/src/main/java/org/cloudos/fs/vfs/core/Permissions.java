package org.cloudos.fs.vfs.core;

import java.util.Map;
import java.util.TreeMap;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.Acl;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Capability;
import org.cloudos.fs.vfs.Credentials;

/** Who may what: path_resolution(7), acl(5), inode(7), capabilities(7). */
final class Permissions {
    static final int READ = 4, WRITE = 2, EXECUTE = 1;
    private static final int SET_GID = 02000, SET_UID = 04000, STICKY = 01000, GROUP_EXECUTE = 010, ANY_EXECUTE = 0111;

    private Permissions() { }

    static boolean may(Credentials who, Volume volume, Attributes node, int wanted) throws FsException {
        boolean folder = node.isFolder();
        if (who.can(Capability.DAC_OVERRIDE) && ((wanted & EXECUTE) == 0 || folder || (node.mode() & ANY_EXECUTE) != 0)) {
            return true;
        }
        return bits(who, volume, node, wanted) || who.can(Capability.DAC_READ_SEARCH) && (wanted & WRITE) == 0 && (folder || wanted == READ);
    }

    private static boolean bits(Credentials who, Volume volume, Attributes node, int wanted) throws FsException {
        int mode = node.mode();
        if (who.uid() == node.uid()) {
            return (mode >> 6 & wanted) == wanted;
        }
        Acl acl = node.type() == NodeType.LINK ? null : volume.acl(node.node());
        if (acl != null) {
            return acl.permits(who, node.uid(), node.gid(), wanted);
        }
        return ((who.in(node.gid()) ? mode >> 3 : mode) & wanted) == wanted;
    }

    static void check(Credentials who, Volume volume, Attributes node, int wanted, String about) throws FsException {
        if (!may(who, volume, node, wanted)) {
            throw new Refused(Errno.EACCES, about);
        }
    }

    static boolean owns(Credentials who, Attributes node) {
        return who.uid() == node.uid() || who.can(Capability.FOWNER);
    }

    static void checkOwner(Credentials who, Attributes node, String about) throws FsException {
        if (!owns(who, node)) {
            throw new Refused(Errno.EPERM, about);
        }
    }

    static void checkChangeable(Attributes node, String about) throws FsException {
        if ((node.flags() & (Attributes.IMMUTABLE | Attributes.APPEND_ONLY)) != 0) {
            throw new Refused(Errno.EPERM, about + ", which can't be changed");
        }
    }

    /** A name may be made in the folder. */
    static void checkEntries(Credentials who, Volume volume, Attributes folder, String about) throws FsException {
        if ((folder.flags() & Attributes.IMMUTABLE) != 0) {
            throw new Refused(Errno.EPERM, about + " in a folder that can't be changed");
        }
        check(who, volume, folder, WRITE | EXECUTE, about);
    }

    /** A name may be taken out of the folder. */
    static void checkRemoval(Credentials who, Volume volume, Attributes folder, Attributes node, String about) throws FsException {
        checkEntries(who, volume, folder, about);
        if ((folder.flags() & Attributes.APPEND_ONLY) != 0) {
            throw new Refused(Errno.EPERM, about + " in a folder that only grows");
        }
        checkChangeable(node, about);
        if ((folder.mode() & STICKY) != 0 && who.uid() != node.uid() && who.uid() != folder.uid() && !who.can(Capability.FOWNER)) {
            throw new Refused(Errno.EPERM, about + " in a folder where only owners remove");
        }
    }

    /** A node that somebody makes in a folder: its group, its mode, its lists. */
    static NewNode made(Caller caller, Volume volume, Attributes folder, NodeType type, int asked, int device, String target)
            throws FsException {
        Credentials who = caller.credentials();
        boolean inherits = (folder.mode() & SET_GID) != 0;
        int gid = inherits ? folder.gid() : who.gid();
        if (type == NodeType.LINK) {
            return NewNode.link(target, who.uid(), gid);
        }
        Map<String, byte[]> lists = new TreeMap<>();
        int mode = asked & 07777;
        Acl given = defaultList(volume, folder.node());
        if (given == null) {
            mode &= ~caller.umask();
        } else {
            Acl access = given.inherited(mode);
            mode = mode & ~0777 | access.mode();
            if (access.isExtended()) {
                lists.put(Acl.ACCESS, access.bytes());
            }
            if (type == NodeType.FOLDER) {
                lists.put(Acl.DEFAULT, given.bytes());
            }
        }
        if (type == NodeType.FOLDER) {
            mode = inherits ? mode | SET_GID : mode;
        } else if ((mode & SET_GID) != 0 && (mode & GROUP_EXECUTE) != 0 && !who.in(gid) && !who.can(Capability.FSETID)) {
            mode &= ~SET_GID;
        }
        return new NewNode(type, mode, who.uid(), gid, device, null, lists);
    }

    private static Acl defaultList(Volume volume, long folder) throws FsException {
        try {
            return Acl.parse(volume.fs().extended(folder, Acl.DEFAULT));
        } catch (FsException e) {
            if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EINVAL) {
                return null;
            }
            throw e;
        }
    }

    /** The mode that a file keeps when somebody writes it or gives it away. */
    static int withoutSetId(int mode) {
        return mode & ~SET_UID & ((mode & GROUP_EXECUTE) != 0 ? ~SET_GID : ~0);
    }

    static boolean hasSetId(Attributes node) {
        return node.type() == NodeType.FILE && withoutSetId(node.mode()) != node.mode();
    }

    /** The mode that chmod(2) leaves. */
    static int chosen(Credentials who, Attributes node, int mode) {
        boolean foreign = !who.in(node.gid()) && !who.can(Capability.FSETID);
        return foreign && !node.isFolder() ? mode & ~SET_GID : mode;
    }
}
