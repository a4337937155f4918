package org.cloudos.fs.vfs.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.ChangeListener;
import org.cloudos.fs.vfs.Quota;
import org.cloudos.fs.vfs.WatchEvent;

/** The parts that all operations share, and what follows from a change: watches and others' caches are told. */
final class Core {
    final PageBudget budget;
    final MountTable mounts = new MountTable();
    final VolumeTable volumes;
    final OpenFiles files;
    final LockTable locks = new LockTable();
    final WatchTable watches = new WatchTable();
    final Walker walker;
    final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    final List<Quota> quotas = new CopyOnWriteArrayList<>();

    Core(long pageBytes, long nextHandle) {
        budget = new PageBudget(pageBytes);
        volumes = new VolumeTable(budget, this::cameBack);
        files = new OpenFiles(nextHandle);
        walker = new Walker(files, mounts);
    }

    /** Holds what is open, which the volume may have forgotten; what it no longer has is stale. */
    private void cameBack(Volume volume) {
        for (Open open : files.all()) {
            if (open.volume == volume && !open.mount.ended) {
                try {
                    volume.fs().hold(open.node);
                    open.stale = false;
                } catch (FsException e) {
                    open.stale = true;
                }
            }
        }
    }

    void grow(boolean passes, Volume volume, int uid, int gid, long bytes, long nodes) throws FsException {
        if (!passes) {
            for (Quota quota : quotas) {
                quota.growing(volume.id, uid, gid, bytes, nodes);
            }
        }
    }

    void entryChanged(Volume volume, long folder, String name, WatchEvent.Kind kind, boolean isFolder, long cookie) {
        watches.tell(volume, folder, kind, name, isFolder, cookie);
        for (ChangeListener listener : listeners) {
            listener.entryChanged(volume.id, folder, name);
        }
    }

    /** @param name in the folder through which it was changed, for who watches that; null when it is not known */
    void nodeChanged(Volume volume, long node, boolean contents, boolean isFolder, long folder, String name) {
        if (!watches.isEmpty()) {
            WatchEvent.Kind kind = contents ? WatchEvent.Kind.MODIFIED : WatchEvent.Kind.ATTRIBUTES;
            watches.tell(volume, node, kind, "", isFolder, 0);
            if (name != null) {
                watches.tell(volume, folder, kind, name, isFolder, 0);
            }
        }
        for (ChangeListener listener : listeners) {
            listener.nodeChanged(volume.id, node, contents);
        }
    }

    void nodeChanged(Open open, boolean contents) {
        nodeChanged(open.volume, open.node, contents, false, open.folder, open.name);
    }
}
