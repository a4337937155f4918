package org.cloudos.fs.vfs.core;

import java.util.List;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.WatchEvent;
import org.cloudos.fs.vfs.Watches;

/** Watches of nodes, which are held meanwhile. */
final class FileWatches implements Watches {
    private final Core core;

    FileWatches(Core core) {
        this.core = core;
    }

    @Override public long watch(Caller caller, long at, String path) throws FsException {
        Place place = core.walker.find(caller, at, path, true);
        Permissions.check(caller.credentials(), place.mount.volume, place.node, Permissions.READ, path);
        place.mount.volume.fs().hold(place.node.node());
        try {
            return core.watches.add(place.mount.volume.id, place.node.node());
        } catch (FsException e) {
            place.mount.volume.fs().drop(place.node.node(), 1);
            throw e;
        }
    }

    @Override public List<WatchEvent> poll(long watch, int most, long nanos) throws FsException {
        return core.watches.poll(watch, most, nanos);
    }

    @Override public void unwatch(long watch) {
        WatchTable.HeldNode held = core.watches.remove(watch);
        Volume volume = held == null ? null : core.volumes.known(held.volume());
        if (volume != null) {
            volume.fs().drop(held.node(), 1);
        }
    }
}
