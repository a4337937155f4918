package org.cloudos.fs.vfs.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.Propagation;

/** A volume, or a part of one, at a place. Changed under the table's lock; read without. */
final class Mount {
    final long id;
    final Namespace namespace;
    final Volume volume;
    /** The node that is seen at {@link #point}. */
    final long root;
    final String source;
    /** Path in the volume of {@link #root}. */
    final String rootPath;
    /** Null of a namespace's root. */
    volatile Mount parent;
    /** The node in the parent's volume that it hides. */
    volatile long point;
    volatile String path;
    volatile Set<MountFlag> flags;
    volatile Propagation propagation = Propagation.PRIVATE;
    /** Group of a shared mount, else 0. */
    volatile long peers;
    volatile boolean ended;
    /** By their points; replaced as a whole. */
    private volatile Map<Long, Mount> children = Map.of();

    Mount(long id, Namespace namespace, Volume volume, long root, String source, String rootPath, Set<MountFlag> flags) {
        this.id = id;
        this.namespace = namespace;
        this.volume = volume;
        this.root = root;
        this.source = source;
        this.rootPath = rootPath;
        this.flags = flags;
    }

    /** What is mounted on a node of this mount, or null. */
    Mount on(long node) {
        Map<Long, Mount> now = children;
        return now.isEmpty() ? null : now.get(node);
    }

    Map<Long, Mount> children() {
        return children;
    }

    void put(long node, Mount child) {
        Map<Long, Mount> next = new HashMap<>(children);
        if (child == null) {
            next.remove(node);
        } else {
            next.put(node, child);
        }
        children = Map.copyOf(next);
    }

    boolean has(MountFlag flag) {
        return flags.contains(flag);
    }

    void checkWritable() throws FsException {
        if (has(MountFlag.READ_ONLY) || volume.info().readOnly()) {
            throw new FsException.Refused(Errno.EROFS, path);
        }
    }

    boolean isWritable() {
        return !has(MountFlag.READ_ONLY) && !volume.info().readOnly();
    }
}
