package org.cloudos.fs.fuse.server;

import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.VolumeInfo;
import org.cloudos.fs.vfs.Acl;

/**
 * What a file system's own code does about permissions in Linux, while the kernel checks them: inheritance of groups and default ACLs,
 * mode and ACL kept in step, set-id bits taken away (acl(5), inode(7), FUSE_HANDLE_KILLPRIV_V2).
 */
final class Rights {
    private static final int SET_UID = 04000, SET_GID = 02000, GROUP_EXECUTE = 010, PERMISSIONS = 0777;

    /** The mode without set-id bits, as chown(2) and writes leave it; null when it has none, and for folders. */
    static Integer withoutSetIds(Attributes a) {
        int mode = a.mode() & ~SET_UID;
        mode = (mode & GROUP_EXECUTE) != 0 ? mode & ~SET_GID : mode;
        return mode == a.mode() || a.isFolder() ? null : (Integer) mode;
    }

    /** The same as fallocate(2) leaves it: the group's bit goes also where it has no execute bit beside, unless it is the caller's group. */
    static Integer withoutSetIds(Attributes a, int callersGroup) {
        Integer less = withoutSetIds(a);
        int mode = less == null ? a.mode() : less;
        return callersGroup == a.gid() || a.isFolder() || (mode & SET_GID) == 0 ? less : (Integer) (mode & ~SET_GID);
    }

    /** The group of a new node: the caller's, or the folder's where it has the set-group-ID bit. */
    int group(FileSystem files, Exchange x) throws FsException {
        Attributes folder = files.attributes(x.node());
        return (folder.mode() & SET_GID) != 0 ? folder.gid() : x.gid();
    }

    /** A node as the folder that it comes into asks. */
    NewNode newNode(FileSystem files, Exchange x, NodeType type, int stMode, int umask, int device) throws FsException {
        Attributes folder = files.attributes(x.node());
        boolean inherits = (folder.mode() & SET_GID) != 0;
        int mode = stMode & 07777 | (inherits && type == NodeType.FOLDER ? SET_GID : 0);
        Map<String, byte[]> extended = new LinkedHashMap<>();
        byte[] inherited = value(files, x.node(), Acl.DEFAULT);
        if (inherited == null) {
            mode &= ~(umask & PERMISSIONS);
        } else {
            Acl acl = Acl.parse(inherited).inherited(mode & PERMISSIONS);
            mode = mode & ~PERMISSIONS | acl.mode();
            if (acl.isExtended()) {
                extended.put(Acl.ACCESS, acl.bytes());
            }
            if (type == NodeType.FOLDER) {
                extended.put(Acl.DEFAULT, inherited);
            }
        }
        return new NewNode(type, mode, x.uid(), inherits ? folder.gid() : x.gid(), device, null, extended);
    }

    /** An attribute's value; null when there is none, or the volume keeps none. */
    private static byte[] value(FileSystem files, long node, String name) throws FsException {
        try {
            return files.extended(node, name);
        } catch (FsException.Refused e) {
            if (e.errno() == Errno.ENODATA || e.errno() == Errno.EOPNOTSUPP) {
                return null;
            }
            throw e;
        }
    }

    /** The ACL of a node follows its new mode. */
    void chmod(FileSystem files, long node, int mode) throws FsException {
        byte[] acl = value(files, node, Acl.ACCESS);
        if (acl != null) {
            files.setExtended(node, Acl.ACCESS, Acl.parse(acl).withMode(mode).bytes(), ExtendedMode.SET);
        }
    }

    /** Sets an ACL; the mode follows. An access ACL that says no more than the mode is not kept. */
    void setAcl(FileSystem files, long node, String name, byte[] value, boolean killSetGid) throws FsException {
        Acl acl = Acl.parse(value);
        if (name.equals(Acl.DEFAULT)) {
            files.setExtended(node, name, acl.bytes(), ExtendedMode.SET);
            return;
        }
        Attributes a = files.attributes(node);
        int mode = a.mode() & ~PERMISSIONS & ~(killSetGid ? SET_GID : 0) | acl.mode();
        if (acl.isExtended()) {
            files.setExtended(node, name, acl.bytes(), ExtendedMode.SET);
        } else {
            removeAcl(files, node, name);
        }
        files.set(node, AttributeChange.mode(mode));
    }

    /** Removing what is not there is no error. */
    void removeAcl(FileSystem files, long node, String name) throws FsException {
        try {
            files.removeExtended(node, name);
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.ENODATA) {
                throw e;
            }
        }
    }

    static boolean keepsAttributes(FileSystem files) {
        return files.info().features().contains(VolumeInfo.Feature.EXTENDED_ATTRIBUTES);
    }
}
