package org.cloudos.fs.cloudfs.mount;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.snapshot.Catalog;
import org.cloudos.fs.cloudfs.snapshot.Drops;
import org.cloudos.fs.cloudfs.volume.Replay;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.hal.block.BlockDevice;

/** A volume that is open: its engine, and what it offers as file systems. */
public final class OpenVolume {
    private final Volume volume;
    private final Contents contents;
    private final long replayed;
    private final Map<UUID, CloudFileSystem> views = new ConcurrentHashMap<>();
    private final Catalog catalog;
    private final Drops drops;
    private final Flusher flusher;

    private OpenVolume(Volume volume, Contents contents, long replayed) {
        this.volume = volume;
        this.contents = contents;
        this.replayed = replayed;
        this.catalog = new Catalog(volume, contents);
        this.drops = new Drops(volume);
        this.flusher = new Flusher(volume, contents, drops);
    }

    /** Is asked before anything is written. */
    @FunctionalInterface
    public interface Guard {
        void enter(org.cloudos.fs.cloudfs.medium.Medium medium) throws FsException;
    }

    /** Without a claim, in simulations. */
    public static OpenVolume open(List<BlockDevice> devices, Settings asked, char[] passphrase, boolean dropLog, Map<UUID, Map<Long, Long>> held)
            throws FsException {
        return open(devices, asked, passphrase, dropLog, held, medium -> { });
    }

    /**
     * Opens a volume and replays its log.
     *
     * @param passphrase null for one in the clear
     * @param dropLog    also when the log is damaged
     * @param held       by subvolume and node, from a provider that was swapped
     */
    public static OpenVolume open(List<BlockDevice> devices, Settings asked, char[] passphrase, boolean dropLog, Map<UUID, Map<Long, Long>> held,
            Guard guard) throws FsException {
        Volume volume = Opening.open(devices, asked, passphrase, false);
        try {
            if (!volume.settings.readOnly()) {
                guard.enter(volume.medium);
                volume.mirror.enter();
            }
            return start(volume, dropLog, held);
        } catch (FsException | RuntimeException e) {
            volume.close();
            throw e;
        }
    }

    private static OpenVolume start(Volume volume, boolean dropLog, Map<UUID, Map<Long, Long>> held) throws FsException {
        Settings settings = volume.settings;
        Contents contents = new Contents(volume);
        volume.readOnly(false); // a log is replayed in memory for readers as well
        volume.commitLock.lock();
        try {
            volume.subvolume(Entry.HEAD, false);
        } finally {
            volume.commitLock.unlock();
        }
        long replayed = new Replay(volume, contents::replay, contents::discardLocked).run(dropLog);
        if (replayed > 0 && !settings.readOnly()) {
            contents.writeBackAll(0);
            volume.log.close(); // until the first commit, which the flusher makes at once: who mounts need not wait for it
        }
        volume.readOnly(settings.readOnly());
        OpenVolume open = new OpenVolume(volume, contents, replayed);
        for (Subvolume s : volume.subvolumes()) {
            open.view(s, held.getOrDefault(s.entry().identity(), Map.of()));
        }
        open.flusher.start(replayed > 0);
        return open;
    }

    private CloudFileSystem view(Subvolume s, Map<Long, Long> held) throws FsException {
        CloudFileSystem view = new CloudFileSystem(s, contents);
        for (Map.Entry<Long, Long> e : held.entrySet()) {
            for (long i = 0; i < e.getValue(); i++) {
                view.hold(e.getKey());
            }
        }
        if (!volume.readOnly() && !s.readOnly) {
            view.reaper().reapAll();
        }
        UUID identity = s.number() == Entry.HEAD ? volume.superblock().volume() : s.entry().identity();
        views.put(identity, view);
        return view;
    }

    /** A snapshot or clone as a file system. @return its identity */
    public UUID open(long number) throws FsException {
        volume.commitLock.lock();
        try {
            Subvolume s = volume.subvolume(number, volume.readOnly());
            if (!views.containsKey(s.entry().identity())) {
                view(s, Map.of());
            }
            return s.entry().identity();
        } finally {
            volume.commitLock.unlock();
        }
    }

    /** By identity: the volume's own, and those of snapshots that are open. */
    public Map<UUID, CloudFileSystem> views() {
        return views;
    }

    public CloudFileSystem head() {
        return views.get(volume.superblock().volume());
    }

    public Volume volume() {
        return volume;
    }

    public Contents contents() {
        return contents;
    }

    public Catalog catalog() {
        return catalog;
    }

    public Drops drops() {
        return drops;
    }

    /** Work that waits is done soon. */
    public void wake() {
        flusher.wake();
    }

    /** Brings all to the medium, and goes on. */
    public void quiesce() throws FsException {
        if (!volume.readOnly()) {
            contents.syncAll();
        }
    }

    /** Log records that the open replayed. */
    public long replayed() {
        return replayed;
    }

    /** Who holds what. */
    public Map<UUID, Map<Long, Long>> held() {
        Map<UUID, Map<Long, Long>> held = new HashMap<>();
        views.values().forEach(v -> held.put(v.subvolume().entry().identity(), v.subvolume().inodes.held()));
        return held;
    }

    /** A view of a snapshot ends. */
    public void close(UUID identity) throws FsException {
        CloudFileSystem view = views.get(identity);
        contents.syncAll();
        views.remove(identity);
        volume.commitLock.lock();
        try {
            volume.forget(view.subvolume());
        } finally {
            volume.commitLock.unlock();
        }
    }

    /** Writes what is not written, and ends. */
    public void close() throws FsException {
        close(false);
    }

    /** @param claimed gives the claim back as well */
    public void close(boolean claimed) throws FsException {
        flusher.stop();
        try {
            if (!volume.readOnly()) {
                contents.syncAll();
                if (claimed) {
                    Claim.release(volume.medium);
                }
            }
        } finally {
            volume.close();
        }
    }

    /** Ends without writing anything, as a cut would. */
    public void abandon() {
        flusher.stop();
        volume.close();
    }
}
