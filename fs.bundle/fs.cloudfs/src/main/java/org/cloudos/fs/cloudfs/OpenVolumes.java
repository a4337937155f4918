package org.cloudos.fs.cloudfs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.mount.Claim;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.mount.Superblocks;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.hal.block.BlockDevice;

/** What is open, and its services. All methods are one at a time; the volumes themselves are not held up. */
final class OpenVolumes {
    /** An open volume, and what it was opened with. */
    record Opened(OpenVolume volume, Map<String, String> options, MountOptions parsed) {
        /** Those that it has now. */
        List<BlockDevice> devices() {
            return volume.volume().medium.devices();
        }
    }

    private final BiFunction<String, FileSystem, Runnable> registry;
    private final Map<UUID, Opened> volumes = new HashMap<>(); // guarded by this
    private final Map<UUID, Runnable> services = new HashMap<>(); // guarded by this; by identity of the view

    /** @param registry offers a file system as a service; what it returns ends that */
    OpenVolumes(BiFunction<String, FileSystem, Runnable> registry) {
        this.registry = registry;
    }

    synchronized String open(List<BlockDevice> devices, Map<String, String> options, MountOptions parsed, Map<UUID, Map<Long, Long>> held)
            throws FsException {
        for (BlockDevice device : devices) {
            inUse(device);
        }
        OpenVolume volume = OpenVolume.open(devices, parsed.settings(), parsed.passphrase(), parsed.dropLog(), held,
                medium -> Claim.own().take(medium, parsed.force()));
        UUID identity = volume.volume().superblock().volume();
        if (volumes.containsKey(identity)) {
            volume.abandon();
            throw new FsException.Refused(Errno.EBUSY, "volume " + identity + " is open already");
        }
        volumes.put(identity, new Opened(volume, Map.copyOf(options), parsed));
        offer(volume, identity);
        return identity.toString();
    }

    /** {@code EBUSY} when a volume that is open has this device or its identity. */
    synchronized void inUse(BlockDevice device) throws FsException {
        inUse(device, null);
    }

    /** @param but a volume that it may be of */
    synchronized void inUse(BlockDevice device, UUID but) throws FsException {
        for (Opened o : volumes.values()) {
            if (o.devices().contains(device)) {
                throw new FsException.Refused(Errno.EBUSY, device.name() + " has the open volume " + o.volume.volume().superblock().volume());
            }
        }
        if (volumes.isEmpty()) {
            return;
        }
        UUID identity;
        try (Medium medium = new Medium(List.of(device), null)) {
            identity = Superblocks.recognised(device) ? Superblocks.newest(medium).volume() : null;
        } catch (FsException.Corrupt | FsException.DeviceFailed e) {
            return; // the caller finds out itself
        }
        if (identity != null && volumes.containsKey(identity) && !identity.equals(but)) {
            throw new FsException.Refused(Errno.EBUSY, "volume " + identity + " on " + device.name() + " is open already"
                    + (volumes.get(identity).volume.volume().medium.whole() ? "" : " without it: attach it there"));
        }
    }

    /** Makes a view a service. */
    synchronized void offer(OpenVolume volume, UUID view) {
        services.computeIfAbsent(view, v -> registry.apply(v.toString(), volume.views().get(v)));
    }

    /** {@code ENODEV}. */
    synchronized Opened find(String name) throws FsException {
        for (Opened o : volumes.values()) {
            if (o.volume.views().keySet().stream().anyMatch(v -> v.toString().equals(name))) {
                return o;
            }
        }
        throw new FsException.Refused(Errno.ENODEV, "volume " + name);
    }

    synchronized void close(String name, boolean force) throws FsException {
        Opened o = find(name);
        UUID identity = UUID.fromString(name);
        boolean whole = identity.equals(o.volume.volume().superblock().volume());
        if (!force) {
            for (var view : o.volume.views().entrySet()) {
                boolean held = !view.getValue().subvolume().inodes.held().isEmpty();
                if ((whole || view.getKey().equals(identity)) && (held || whole && !view.getKey().equals(identity))) {
                    throw new FsException.Refused(Errno.EBUSY, held ? "nodes of volume " + name + " are held" : "snapshots of volume " + name + " are open");
                }
            }
        }
        if (!whole) {
            services.remove(identity).run();
            o.volume.close(identity);
            return;
        }
        end(o, true);
    }

    private void end(Opened o, boolean orderly) throws FsException {
        for (UUID view : o.volume.views().keySet()) {
            Runnable service = services.remove(view);
            if (service != null) {
                service.run();
            }
        }
        volumes.remove(o.volume.volume().superblock().volume());
        if (orderly) {
            o.volume.close(!o.volume.volume().readOnly());
        } else {
            o.volume.abandon();
        }
    }

    synchronized List<Opened> all() {
        return List.copyOf(volumes.values());
    }

    /** Ends all, in order where the device still lets it. */
    synchronized void closeAll() {
        for (Opened o : all()) {
            try {
                end(o, true);
            } catch (FsException e) {
                // What was acknowledged is in the last commit and its log.
                volumes.remove(o.volume.volume().superblock().volume());
            }
        }
    }
}
