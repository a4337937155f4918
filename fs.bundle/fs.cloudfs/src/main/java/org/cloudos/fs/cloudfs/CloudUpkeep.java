package org.cloudos.fs.cloudfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Codec;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.medium.Membership;
import org.cloudos.fs.cloudfs.mount.Joining;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.names.Attribution;
import org.cloudos.fs.cloudfs.upkeep.Limiting;
import org.cloudos.fs.cloudfs.upkeep.Resizing;
import org.cloudos.fs.cloudfs.upkeep.Rewriting;
import org.cloudos.fs.cloudfs.upkeep.Scrubbing;
import org.cloudos.fs.cloudfs.upkeep.Trimming;
import org.cloudos.fs.cloudfs.volume.Quotas;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.hal.block.BlockDevice;

/** Care for open volumes. */
final class CloudUpkeep implements Upkeep {
    private final OpenVolumes volumes;

    CloudUpkeep(OpenVolumes volumes) {
        this.volumes = volumes;
    }

    private OpenVolume find(String volume) throws FsException {
        return volumes.find(volume).volume();
    }

    private static Subvolume files(OpenVolume open, String view) {
        return open.views().get(UUID.fromString(view)).subvolume();
    }

    @Override public Scrub scrub(String volume, Progress progress) throws FsException {
        return new Scrubbing(find(volume).volume(), progress).run();
    }

    @Override public Scrub resync(String volume, Progress progress) throws FsException {
        Volume v = find(volume).volume();
        if (v.medium.behind() < 0) {
            throw new FsException.Refused(Errno.EINVAL, "resync of volume " + volume + ", none of whose devices is behind");
        }
        return new Scrubbing(v, progress).run();
    }

    @Override public List<Member> members(String volume) throws FsException {
        Volume v = find(volume).volume();
        List<Member> all = new ArrayList<>();
        for (int i = 0; i < v.medium.copies(); i++) {
            int number = i;
            BlockDevice device = v.medium.device(i);
            Membership says = v.mirror.of(i);
            Member.State state = device == null ? Member.State.MISSING : Arrays.stream(v.medium.members()).anyMatch(m -> m == number) ? Member.State.IN_STEP
                    : v.medium.behind() == i ? Member.State.BEHIND : Member.State.LEFT_OUT;
            all.add(new Member(i + 1, device == null ? "" : device.name(), state, says == null ? 0 : says.since()));
        }
        return all;
    }

    @Override public void attach(String volume, BlockDevice device, String instead, boolean force) throws FsException {
        OpenVolume open = find(volume);
        volumes.inUse(device, open.volume().superblock().volume());
        new Joining(open.volume()).attach(device, instead, force);
    }

    @Override public void detach(String volume, String device) throws FsException {
        new Joining(find(volume).volume()).detach(device);
    }

    @Override public void resize(String volume, long bytes, Progress progress) throws FsException {
        OpenVolume open = find(volume);
        new Resizing(open.volume(), open.contents()).run(bytes, open.catalog().list(), open.drops(), progress);
    }

    @Override public long[] defragment(String volume, long node, Progress progress) throws FsException {
        OpenVolume open = find(volume);
        return new Rewriting(open.contents(), files(open, volume)).defragment(node, progress);
    }

    @Override public long trim(String volume, Progress progress) throws FsException {
        return Trimming.run(find(volume).volume(), progress);
    }

    @Override public void compression(String volume, long node, String codec) throws FsException {
        Codec wanted = switch (codec) {
            case "none" -> Codec.NONE;
            case "lz4" -> Codec.LZ4;
            case "zstd" -> Codec.ZSTD;
            case "inherit" -> Codec.INHERIT;
            default -> throw new FsException.Refused(Errno.EINVAL, "compression " + codec + ", expected none, lz4, zstd or inherit");
        };
        new Attribution(files(find(volume), volume)).codec(node, wanted);
    }

    @Override public void quota(String volume, long folder, long bytes, long nodes) throws FsException {
        OpenVolume open = find(volume);
        new Limiting(open.contents(), files(open, volume)).run(folder, bytes, nodes);
    }

    @Override public List<Quota> quotas(String volume) throws FsException {
        List<Quota> all = new ArrayList<>();
        for (Quotas.Quota q : files(find(volume), volume).quotas.all()) {
            long[] f = q.figures();
            all.add(new Quota(q.folder, f[0], f[1], f[2], f[3]));
        }
        return all;
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
