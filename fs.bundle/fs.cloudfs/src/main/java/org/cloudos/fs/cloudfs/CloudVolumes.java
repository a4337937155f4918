package org.cloudos.fs.cloudfs;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.check.Check;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.mount.Claim;
import org.cloudos.fs.cloudfs.mount.Entropy;
import org.cloudos.fs.cloudfs.check.Dump;
import org.cloudos.fs.cloudfs.mount.Formatting;
import org.cloudos.fs.cloudfs.mount.Opening;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.hal.block.BlockDevice;

/** Volumes that are not open. */
final class CloudVolumes implements Volumes {
    private final OpenVolumes volumes;
    private final CloudFsType type;
    private final LongSupplier clock;

    CloudVolumes(OpenVolumes volumes, CloudFsType type, LongSupplier clock) {
        this.volumes = volumes;
        this.type = type;
        this.clock = clock;
    }

    private void closed(List<BlockDevice> devices) throws FsException {
        for (BlockDevice device : devices) {
            volumes.inUse(device);
        }
    }

    @Override public UUID format(List<BlockDevice> devices, FormatOptions options) throws FsException {
        closed(devices);
        return Formatting.format(devices, options, Settings.memory(Settings.MEMORY, clock), Entropy.secure());
    }

    @Override public String open(List<BlockDevice> devices, Map<String, String> options) throws FsException {
        return type.open(devices, options);
    }

    @Override public CheckReport check(List<BlockDevice> devices, char[] passphrase, boolean data, Progress progress) throws FsException {
        closed(devices);
        try (Medium medium = new Medium(devices, null)) {
            Claim.own().refuseRunning(medium); // what it changes meanwhile would look like damage
        }
        return new Check(devices, passphrase, Settings.memory(Settings.MEMORY, clock), progress).run(data);
    }

    @Override public CheckReport repair(List<BlockDevice> devices, char[] passphrase, CheckReport plan, Progress progress) throws FsException {
        closed(devices);
        try (Medium medium = new Medium(devices, null)) {
            Claim.own().take(medium, false);
            CheckReport after = new Check(devices, passphrase, Settings.memory(Settings.MEMORY, clock), progress).repair(plan);
            Claim.release(medium);
            return after;
        }
    }

    @Override public void dump(BlockDevice device, char[] passphrase, String what, Consumer<String> lines) throws FsException {
        try (Volume volume = Opening.open(List.of(device), Settings.memory(Settings.MEMORY, clock).asReadOnly().still().alone(), passphrase, true)) {
            new Dump(volume, lines).run(what);
        }
    }
}
