package org.cloudos.fs.vfs.core;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.vfs.HandleInfo;
import org.cloudos.fs.vfs.OpenFlag;

/** An open file: what dup(2) shares. */
final class Open {
    final long first;
    final Mount mount;
    final Volume volume;
    final long node;
    final NodeType type;
    final String path;
    /** Where it was opened, for who watches the folder; the name is null where there is none. */
    final long folder;
    final String name;
    final Set<OpenFlag> flags;
    final long process;
    /** Whether writes leave set-ID bits alone. */
    final boolean keepsSetId;
    final boolean passesQuotas;
    final AtomicInteger shares = new AtomicInteger(1);
    /** The volume came back without the node. */
    volatile boolean stale;
    /** Guarded by this. */
    long position;

    Open(long first, Mount mount, long node, NodeType type, String path, long folder, String name, Set<OpenFlag> flags, long process, boolean keepsSetId,
            boolean passesQuotas) {
        this.first = first;
        this.mount = mount;
        this.volume = mount.volume;
        this.node = node;
        this.type = type;
        this.path = path;
        this.folder = folder;
        this.name = name;
        this.flags = flags;
        this.process = process;
        this.keepsSetId = keepsSetId;
        this.passesQuotas = passesQuotas;
    }

    boolean has(OpenFlag flag) {
        return flags.contains(flag);
    }

    Attributes attributes() throws FsException {
        return volume.fs().attributes(node);
    }

    /** For what READ or WRITE allows. */
    Open forUse(OpenFlag flag) throws FsException {
        if (has(OpenFlag.PATH) || !has(flag)) {
            throw new Refused(Errno.EBADF, path + ", which is not open to " + flag.name().toLowerCase(java.util.Locale.ROOT));
        }
        return this;
    }

    Open notPath() throws FsException {
        if (has(OpenFlag.PATH)) {
            throw new Refused(Errno.EBADF, path + ", which is open as a place only");
        }
        return this;
    }

    HandleInfo info(long handle) {
        synchronized (this) {
            return new HandleInfo(handle, path, mount.id, volume.id, node, flags, position, shares.get(), process);
        }
    }
}
