package org.cloudos.fs.cloudfs;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.mount.Entropy;
import org.cloudos.fs.cloudfs.mount.Formatting;
import org.cloudos.fs.cloudfs.mount.LightKey;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.mount.Superblocks;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.volume.FormatOptions;

/** Volumes on simulated devices, that do nothing by themselves. */
final class Bench {
    static final Settings SETTINGS = Settings.memory(16 << 20, () -> System.currentTimeMillis() * 1_000_000).still();

    static final char[] PASSPHRASE = "of a simulation".toCharArray();
    private static final int SEALED_KEY = 320; // in a superblock

    private Bench() { }

    static SimulatedDevice formatted(long bytes, String compression) throws FsException {
        return formatted(bytes, compression, false);
    }

    static SimulatedDevice formatted(long bytes, String compression, boolean digests) throws FsException {
        SimulatedDevice device = new SimulatedDevice(bytes);
        format(List.of(device), compression, digests, false, new Random(42));
        return device;
    }

    /** @param encrypted with {@link #PASSPHRASE}, which costs next to nothing to try */
    static void format(List<SimulatedDevice> devices, String compression, boolean digests, boolean encrypted, Random random) throws FsException {
        Formatting.format(List.copyOf(devices), new FormatOptions("test", encrypted ? PASSPHRASE : null, compression, false,
                digests ? Set.of("sha256") : Set.of()), SETTINGS, new Entropy(random));
        if (encrypted) {
            byte[] light = LightKey.of(devices.getFirst(), PASSPHRASE).sealed();
            for (SimulatedDevice device : devices) {
                for (long block : Superblocks.places(device.geometry().bytes() / Layout.BLOCK)) {
                    byte[] superblock = device.block(block).clone();
                    if (Superblock.recognises(superblock)) {
                        System.arraycopy(light, 0, superblock, SEALED_KEY, light.length);
                        Seals.superblock(device, block, superblock, digests);
                    }
                }
            }
        }
    }

    static OpenVolume open(SimulatedDevice device) throws FsException {
        return OpenVolume.open(List.of(device), SETTINGS, PASSPHRASE, false, Map.of());
    }
}
