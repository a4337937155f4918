package org.cloudos.fs.cloudfs.mount;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Codec;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.volume.Making;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.hal.block.BlockDevice;

/** mkfs. */
public final class Formatting {
    private Formatting() { }

    public static UUID format(List<BlockDevice> devices, FormatOptions options, Settings settings, Entropy entropy) throws FsException {
        check(devices, options);
        Codec codec = codec(options.compression());
        UUID volume = entropy.uuid();
        KeySlot slot = options.passphrase() == null ? null : KeySlot.create(options.passphrase(), volume, entropy);
        Medium clear = new Medium(devices, null);
        Medium medium = slot == null ? clear : clear.with(slot.cipher());
        try {
            long blocks = medium.blocks();
            erase(medium, blocks);
            long incompat = (slot == null ? 0 : Features.ENCRYPTED) | (devices.size() > 1 ? Features.MIRROR : 0) | Features.LZ4 | Features.ZSTD
                    | (options.features().contains("sha256") ? Features.SHA256 : 0);
            int logBlocks = Layout.logBlocks(blocks);
            long first = Layout.firstFree(logBlocks);
            long[] goals = {first, blocks / 2, Math.min(blocks / 4, Layout.GROUP)};
            Superblock superblock = new Superblock(volume, 0, blocks, logBlocks, devices.size(), 0, new Features(0, Features.QUOTAS, incompat),
                    Making.nowhere(), Making.nowhere(), Making.nowhere(), entropy.number(), entropy.number(), 0, 256, goals, codec.ordinal(),
                    options.label(), settings.clock().getAsLong(), slot == null ? new byte[Superblock.SEALED_KEY] : slot.sealed());
            // Twice: both places of the superblock are this volume's.
            var fresh = Making.fresh(medium, superblock, settings.still(), entropy.uuid());
            fresh.commitLock.lock();
            try {
                fresh.amend(s -> s);
            } finally {
                fresh.commitLock.unlock();
            }
            fresh.commit();
            medium.flush();
            return volume;
        } finally {
            medium.close();
        }
    }

    static Codec codec(String name) throws FsException {
        return switch (name == null ? "none" : name) {
            case "none" -> Codec.NONE;
            case "lz4" -> Codec.LZ4;
            case "zstd" -> Codec.ZSTD;
            default -> throw new FsException.Refused(Errno.EINVAL, "compression " + name + ", expected none, lz4 or zstd");
        };
    }

    private static void check(List<BlockDevice> devices, FormatOptions options) throws FsException {
        if (devices.isEmpty() || devices.size() > 2) {
            throw new FsException.Refused(Errno.EINVAL, devices.size() + " devices, expected 1 or 2");
        }
        if (options.label().getBytes(StandardCharsets.UTF_8).length > 64) {
            throw new FsException.Refused(Errno.EINVAL, "label of more than 64 bytes");
        }
        if (!java.util.Set.of("sha256").containsAll(options.features())) {
            throw new FsException.Refused(Errno.EINVAL, "features " + options.features() + ", expected sha256 or none");
        }
        for (BlockDevice device : devices) {
            if (device.geometry().readOnly()) {
                throw new FsException.Refused(Errno.EROFS, device.name());
            }
            if (device.geometry().bytes() < Layout.LEAST_BLOCKS * Layout.BLOCK) {
                throw new FsException.Refused(Errno.ENOSPC, device.name() + " has " + device.geometry().bytes() + " bytes, a volume needs 16 MiB");
            }
            if (!options.overwrite() && Superblocks.recognised(device)) {
                throw new FsException.Refused(Errno.EEXIST, "a volume on " + device.name());
            }
            String foreign = options.overwrite() ? null : Foreign.on(device);
            if (foreign != null) {
                throw new FsException.Refused(Errno.EEXIST, foreign + " on " + device.name() + "; force gives it up");
            }
            try (Medium medium = new Medium(List.of(device), null)) {
                Claim.own().refuseRunning(medium);
            }
        }
    }

    private static void erase(Medium medium, long blocks) throws FsException {
        byte[] nothing = new byte[Layout.BLOCK];
        for (int device = 0; device < medium.copies(); device++) {
            for (long block : Superblocks.places(blocks)) {
                medium.writeClear(device, block, nothing, false);
            }
            for (long block = Layout.CLAIM; block < Layout.MEMBERS + 2; block++) {
                medium.writeClear(device, block, nothing, false);
            }
        }
    }
}
