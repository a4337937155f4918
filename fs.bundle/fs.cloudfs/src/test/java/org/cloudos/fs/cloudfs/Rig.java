package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.cloudos.hal.block.BlockDevice;

/** The services without a framework. */
final class Rig {
    final Map<String, FileSystem> services = new HashMap<>();
    final OpenVolumes volumes = new OpenVolumes((name, fs) -> {
        services.put(name, fs);
        return () -> services.remove(name);
    });
    final CloudFsType type = new CloudFsType(volumes, Bench.SETTINGS.clock());
    final CloudVolumes tools = new CloudVolumes(volumes, type, Bench.SETTINGS.clock());
    final CloudSnapshots snapshots = new CloudSnapshots(volumes);
    final CloudUpkeep upkeep = new CloudUpkeep(volumes);

    String open(BlockDevice device) throws FsException {
        return type.open(device, Map.of());
    }

    FileSystem fs(String volume) {
        return services.get(volume);
    }

    CheckReport check(BlockDevice... devices) throws FsException {
        return tools.check(List.of(devices), null, true, Progress.NONE);
    }

    void clean(BlockDevice... devices) throws FsException {
        assertEquals(List.of(), check(devices).problems());
    }
}
