package org.cloudos.fs.cloudfs;

import java.time.Clock;
import java.time.Instant;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.function.LongSupplier;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.volume.Snapshots;
import org.cloudos.fs.volume.Upkeep;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.kernel.swap.HandOver;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Offers CloudFS. No component: in a swap the volumes' services are there again before the start of the bundle returns to its caller. */
public final class Activator implements BundleActivator {
    private OpenVolumes volumes;

    /** For the framework. */
    public Activator() { }

    @Override public void start(BundleContext context) {
        LongSupplier clock = nanos(Clock.systemUTC());
        volumes = new OpenVolumes((name, fs) -> {
            Dictionary<String, Object> properties = new Hashtable<>(Map.of(FileSystem.VOLUME, name, FileSystem.TYPE, "cloudfs"));
            ServiceRegistration<FileSystem> service = context.registerService(FileSystem.class, fs, properties);
            return service::unregister;
        });
        CloudFsType type = new CloudFsType(volumes, clock);
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(FileSystem.TYPE, "cloudfs"));
        context.registerService(FileSystemType.class, type, properties);
        context.registerService(Volumes.class, new CloudVolumes(volumes, type, clock), properties);
        context.registerService(Snapshots.class, new CloudSnapshots(volumes), properties);
        context.registerService(Upkeep.class, new CloudUpkeep(volumes), properties);
        context.registerService(HandOver.class, new VolumesHandOver(volumes, clock), null);
    }

    @Override public void stop(BundleContext context) {
        volumes.closeAll();
    }

    private static LongSupplier nanos(Clock clock) {
        return () -> {
            Instant now = clock.instant();
            return now.getEpochSecond() * 1_000_000_000 + now.getNano();
        };
    }
}
