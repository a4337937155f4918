package org.cloudos.fs.cloudfs;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.mount.Superblocks;
import org.cloudos.hal.block.BlockDevice;

/** Volumes are opened and closed by it. */
final class CloudFsType implements FileSystemType {
    private final OpenVolumes volumes;
    private final LongSupplier clock;

    CloudFsType(OpenVolumes volumes, LongSupplier clock) {
        this.volumes = volumes;
        this.clock = clock;
    }

    @Override public String name() {
        return "cloudfs";
    }

    @Override public boolean recognises(BlockDevice device) throws FsException {
        return Superblocks.recognised(device);
    }

    @Override public String open(BlockDevice device, Map<String, String> options) throws FsException {
        return open(List.of(device), options);
    }

    String open(List<BlockDevice> devices, Map<String, String> options) throws FsException {
        return volumes.open(devices, options, MountOptions.parse(options, clock), Map.of());
    }

    @Override public void close(String volume, boolean force) throws FsException {
        volumes.close(volume, force);
    }
}
