package org.cloudos.fs.vfs.core;

import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/** Where a path leads: a node that is there, or a name in a folder that is not. */
final class Place {
    /** What the path's last part was. */
    enum Last { NAME, DOT, DOT_DOT, ROOT }

    /** Of the folder that the last name stands in. */
    Mount folderMount;
    Attributes folder;
    /** The last name, null when {@link #last} is none. */
    String name;
    Last last = Last.ROOT;
    /** Of the node. */
    Mount mount;
    /** Null: there is no such name. */
    Attributes node;
    /** A slash stood behind the name. */
    boolean slash;
    /** From the caller's root, without links. */
    String path;

    Place exists(String asked) throws FsException {
        if (node == null) {
            throw new FsException.Refused(Errno.ENOENT, asked);
        }
        return this;
    }

    /** For an operation on a name: the root, {@code .} and {@code ..} have none to give. */
    Place named(Errno otherwise, String asked) throws FsException {
        if (last != Last.NAME) {
            throw new FsException.Refused(otherwise, asked);
        }
        return this;
    }

    /** For a name that is to be made. */
    Place free(String asked, boolean forFolder) throws FsException {
        if (node != null) {
            throw new FsException.Refused(Errno.EEXIST, asked);
        }
        if (slash && !forFolder) {
            throw new FsException.Refused(Errno.ENOENT, asked);
        }
        return this;
    }

    /** Whether something is mounted here. */
    boolean isMountPoint() {
        return node != null && mount != folderMount;
    }
}
