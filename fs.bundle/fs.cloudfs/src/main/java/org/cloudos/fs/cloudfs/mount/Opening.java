package org.cloudos.fs.cloudfs.mount;

import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.medium.Mirror;
import org.cloudos.fs.cloudfs.volume.Making;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.hal.block.BlockDevice;

/** Finds a volume's superblock and key. */
public final class Opening {
    private Opening() { }

    /**
     * A volume as its last commit left it; its log is not replayed. Before anything is written {@link Mirror#enter} is due.
     *
     * @param tolerant also with damaged bitmaps: for a check
     */
    public static Volume open(List<BlockDevice> devices, Settings asked, char[] passphrase, boolean tolerant) throws FsException {
        Halves halves = Halves.of(devices, asked.degraded());
        Superblock superblock = halves.superblock();
        Medium medium = halves.medium();
        try {
            Settings settings = permitted(superblock, medium, asked);
            if (superblock.features().has(Features.ENCRYPTED)) {
                medium = medium.with(KeySlot.open(superblock.sealedKey(), passphrase, superblock.volume()).cipher());
            }
            Entropy entropy = Entropy.secure();
            return Making.committed(medium, new Mirror(medium, halves.known(), entropy::uuid, settings.clock()), superblock, settings, tolerant);
        } catch (FsException | RuntimeException e) {
            medium.close();
            throw e;
        }
    }

    private static Settings permitted(Superblock superblock, Medium medium, Settings settings) throws FsException {
        Features features = superblock.features();
        if (!features.readable()) {
            throw new FsException.Refused(Errno.EOPNOTSUPP, "volume " + superblock.volume() + " has features that this version does not know: "
                    + features.unknown());
        }
        if (!features.writable() && !settings.readOnly()) {
            throw new FsException.Refused(Errno.EOPNOTSUPP, "volume " + superblock.volume() + " can only be read (option ro) by this version: "
                    + features.unknown());
        }
        if (superblock.blocks() > medium.blocks()) {
            throw new FsException.Corrupt("volume " + superblock.volume(), "blocks", "at most the device's " + medium.blocks(), superblock.blocks());
        }
        return medium.readOnly() ? settings.asReadOnly() : settings;
    }
}
