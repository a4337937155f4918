package org.cloudos.fs.cloudfs.mount;

import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.hal.block.BlockDevice;

/** Finds the newest superblock. */
public final class Superblocks {
    private Superblocks() { }

    /** Whether a device begins as ours do. */
    public static boolean recognised(BlockDevice device) throws FsException {
        try (Medium medium = new Medium(List.of(device), null)) {
            if (medium.blocks() < Layout.LEAST_BLOCKS) {
                return false;
            }
            for (int i = 0; i < 2; i++) {
                if (Superblock.recognises(medium.readClear(0, Layout.SUPERBLOCK + i))) {
                    return true;
                }
            }
            return false;
        } catch (FsException.Refused blocksTooLarge) {
            return false;
        }
    }

    /** All places of a volume of so many blocks. */
    public static List<Long> places(long blocks) {
        List<Long> places = new java.util.ArrayList<>();
        for (long group : Layout.SUPERBLOCK_GROUPS) {
            for (int i = 0; i < 2; i++) {
                long block = (group << Layout.GROUP_SHIFT) + Layout.SUPERBLOCK + i;
                if (block < blocks) {
                    places.add(block);
                }
            }
        }
        return places;
    }

    /** The newest good one of a device. {@code EINVAL} when there is no volume at all, {@code EUCLEAN} when none is good. */
    public static Superblock newest(Medium medium) throws FsException {
        Superblock best = null;
        FsException first = null;
        for (long block : places(medium.blocks())) {
            try {
                byte[] bytes = medium.readClear(0, block);
                if (!Superblock.recognises(bytes)) {
                    continue;
                }
                Superblock found = Superblock.parse(bytes, block);
                best = best == null || found.generation() > best.generation() ? found : best;
            } catch (FsException.Refused e) {
                throw e; // of a newer version: what else is there may be older than that
            } catch (FsException e) {
                first = first == null ? e : first;
            }
        }
        if (best == null) {
            throw first != null ? first : new FsException.Refused(Errno.EINVAL, medium.devices().getFirst().name() + ": no CloudFS volume");
        }
        return best;
    }
}
