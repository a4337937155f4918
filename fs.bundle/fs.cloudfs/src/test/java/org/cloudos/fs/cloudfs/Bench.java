package org.cloudos.fs.cloudfs;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.mount.Entropy;
import org.cloudos.fs.cloudfs.mount.Formatting;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.volume.FormatOptions;

/** Volumes on simulated devices, that do nothing by themselves. */
final class Bench {
    static final Settings SETTINGS = Settings.memory(16 << 20, () -> System.currentTimeMillis() * 1_000_000).still();

    private Bench() { }

    static SimulatedDevice formatted(long bytes, String compression) throws FsException {
        return formatted(bytes, compression, false);
    }

    static SimulatedDevice formatted(long bytes, String compression, boolean digests) throws FsException {
        SimulatedDevice device = new SimulatedDevice(bytes);
        Formatting.format(List.of(device), new FormatOptions("test", null, compression, false,
                digests ? java.util.Set.of("sha256") : java.util.Set.of()), SETTINGS,
                new Entropy(new Random(42)));
        return device;
    }

    static OpenVolume open(SimulatedDevice device) throws FsException {
        return OpenVolume.open(List.of(device), SETTINGS, null, false, Map.of());
    }
}
