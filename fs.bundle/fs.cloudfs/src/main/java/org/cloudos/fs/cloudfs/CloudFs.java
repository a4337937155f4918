package org.cloudos.fs.cloudfs;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.volume.Snapshots;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.fs.volume.Volumes;

/** CloudFS in a program without a framework: the same services as plain objects. Thread-safe. */
public final class CloudFs implements AutoCloseable {
    private final Map<String, FileSystem> open = new ConcurrentHashMap<>();
    private final OpenVolumes volumes = new OpenVolumes((name, files) -> {
        open.put(name, files);
        return () -> open.remove(name);
    });
    private final CloudFsType type;
    private final Volumes tools;

    public CloudFs() {
        Clock utc = Clock.systemUTC();
        LongSupplier clock = () -> {
            Instant now = utc.instant();
            return now.getEpochSecond() * 1_000_000_000 + now.getNano();
        };
        type = new CloudFsType(volumes, clock);
        tools = new CloudVolumes(volumes, type, clock);
    }

    /** Opens and closes volumes. */
    public FileSystemType type() {
        return type;
    }

    public Volumes volumes() {
        return tools;
    }

    public Snapshots snapshots() {
        return new CloudSnapshots(volumes);
    }

    public Upkeep upkeep() {
        return new CloudUpkeep(volumes);
    }

    /** An open volume's files, by {@link FileSystem#VOLUME}; null when it is not open. */
    public FileSystem files(String volume) {
        return open.get(volume);
    }

    /** Closes all volumes, in order. */
    @Override public void close() {
        volumes.closeAll();
    }
}
