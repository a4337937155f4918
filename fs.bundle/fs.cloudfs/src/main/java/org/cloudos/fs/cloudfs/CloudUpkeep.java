package org.cloudos.fs.cloudfs;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Upkeep;

/** Care for open volumes. */
final class CloudUpkeep implements Upkeep {
    private final OpenVolumes volumes;

    CloudUpkeep(OpenVolumes volumes) {
        this.volumes = volumes;
    }

    private static FsException missing(String what) {
        return new FsException.Refused(Errno.EOPNOTSUPP, what);
    }

    @Override public Scrub scrub(String volume, Progress progress) throws FsException {
        throw missing("scrub");
    }

    @Override public void resize(String volume, long bytes, Progress progress) throws FsException {
        throw missing("resize");
    }

    @Override public long[] defragment(String volume, long node, Progress progress) throws FsException {
        throw missing("defragment");
    }

    @Override public long trim(String volume, Progress progress) throws FsException {
        throw missing("trim");
    }

    @Override public void compression(String volume, long node, String codec) throws FsException {
        throw missing("compression");
    }

    @Override public void quota(String volume, long folder, long bytes, long nodes) throws FsException {
        throw missing("quota");
    }

    @Override public List<Quota> quotas(String volume) throws FsException {
        return List.of();
    }

    @Override public Map<String, Long> statistics(String name) throws FsException {
        Volume v = volumes.find(name).volume().volume();
        Map<String, Long> all = new TreeMap<>();
        all.put("generation", v.superblock().generation());
        all.put("commits", v.commits().count());
        all.put("log.flushes", v.log.flushes());
        all.put("log.replayed", volumes.find(name).volume().replayed());
        all.put("cache.bytes", (long) v.nodes.cached() * Layout.NODE);
        all.put("cache.loads", v.nodes.loads());
        all.put("nodes.changed", (long) v.nodes.changed());
        all.put("nodes.repaired", v.nodes.repairs());
        all.put("data.repaired", volumes.find(name).volume().contents().reader().repairs());
        all.put("dirty.bytes", (long) v.slots.taken() * Layout.BLOCK);
        all.put("free.bytes", (v.space.freeBlocks() + v.space.pinned()) * Layout.BLOCK);
        return all;
    }
}
