package org.cloudos.fs.cloudfs.mount;

import java.util.List;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.medium.Membership;
import org.cloudos.hal.block.BlockDevice;

/**
 * The devices that are given for a volume in their order, and which of them to believe: the newest commit of one that has all.
 *
 * @param superblock of that commit
 * @param devices    by number, null for one that is not here
 * @param known      what they say of each other
 * @param member     the one that has all; -1 when all do
 */
public record Halves(Superblock superblock, BlockDevice[] devices, Membership[] known, int member) {
    private record Half(BlockDevice device, Superblock superblock, Membership membership) {
        String name() {
            return device.name() + " (device " + (superblock.device() + 1) + ", generation " + superblock.generation() + ")";
        }
    }

    /**
     * Looks at each device.
     *
     * @param degraded a mirror may be opened by one device that does not know the other to be left out
     */
    public static Halves of(List<BlockDevice> given, boolean degraded) throws FsException {
        Half first = null, second = null;
        FsException lost = null;
        for (BlockDevice device : given) {
            try {
                Half half = look(device);
                second = first == null ? null : half;
                first = first == null ? half : first;
            } catch (FsException e) {
                if (given.size() == 1 || lost != null) {
                    throw e;
                }
                lost = e;
            }
        }
        UUID volume = first.superblock.volume();
        if (second != null && !second.superblock.volume().equals(volume)) {
            throw new FsException.Refused(Errno.EINVAL, second.device.name() + " is of volume " + second.superblock.volume() + ", not of " + volume);
        }
        if (first.superblock.devices() < given.size()) {
            throw new FsException.Refused(Errno.EINVAL, "volume " + volume + " is on " + first.superblock.devices() + " devices, " + given.size()
                    + " were given");
        }
        if (second != null) {
            return both(first, second);
        }
        return first.superblock.devices() == 1 ? new Halves(first.superblock, new BlockDevice[] {first.device}, new Membership[] {first.membership}, -1)
                : one(first, degraded, lost);
    }

    private static Half look(BlockDevice device) throws FsException {
        try (Medium medium = new Medium(List.of(device), null)) {
            Superblock s = Superblocks.newest(medium);
            Membership membership = Membership.read(medium, 0, s.volume());
            if (membership == null && s.features().has(Features.DEGRADED)) {
                throw new FsException.Corrupt("volume " + s.volume() + " on " + device.name(), "blocks " + Layout.MEMBERS + " and " + (Layout.MEMBERS + 1),
                        "what it knows of the mirror's other device", "damage");
            }
            return new Half(device, s, membership == null ? Membership.first(s.volume(), s.device()) : membership);
        }
    }

    private static Halves one(Half half, boolean degraded, FsException lost) throws FsException {
        int number = half.superblock.device();
        if (half.membership.incomplete()) {
            throw new FsException.Refused(Errno.EINVAL, half.name() + " of volume " + half.superblock.volume()
                    + " was being brought up and lacks blocks: give the other device as well");
        }
        if (half.membership.without() != 1 - number && !degraded) {
            throw new FsException.Refused(Errno.EINVAL, "volume " + half.superblock.volume() + " is a mirror, and of its devices only " + half.name()
                    + " is here" + (lost == null ? "" : " (" + lost.getMessage() + ")")
                    + ". The other may be newer: give both, or say with the option degraded that this one is to go on alone");
        }
        BlockDevice[] devices = new BlockDevice[2];
        Membership[] known = new Membership[2];
        devices[number] = half.device;
        known[number] = half.membership;
        return new Halves(half.superblock, devices, known, number);
    }

    private static Halves both(Half a, Half b) throws FsException {
        int x = a.superblock.device(), y = b.superblock.device();
        UUID volume = a.superblock.volume();
        if (x == y) {
            throw new FsException.Refused(Errno.EINVAL, a.name() + " and " + b.name() + " of volume " + volume
                    + " are the same half of it: one took the place of the other; give the half that is missing");
        }
        Half[] halves = x == 0 ? new Half[] {a, b} : new Half[] {b, a};
        int member = member(halves, volume);
        Superblock best = member >= 0 ? halves[member].superblock
                : b.superblock.generation() > a.superblock.generation() ? b.superblock : a.superblock;
        return new Halves(best, new BlockDevice[] {halves[0].device, halves[1].device}, new Membership[] {halves[0].membership, halves[1].membership}, member);
    }

    /** @return the number of the one that has all, -1 when both do */
    private static int member(Half[] halves, UUID volume) throws FsException {
        Membership a = halves[0].membership, b = halves[1].membership;
        if (a.incomplete() && b.incomplete()) {
            throw new FsException.Corrupt("volume " + volume, "devices", "one that has all", "both incomplete");
        }
        if (a.incomplete() || b.incomplete()) {
            return a.incomplete() ? 1 : 0;
        }
        if (!a.state().equals(b.state())) {
            if (!a.outlived(b) && !b.outlived(a)) {
                throw new FsException.Refused(Errno.EINVAL, split(halves, volume));
            }
            return a.outlived(b) ? 0 : 1;
        }
        long ahead = halves[0].superblock.generation() - halves[1].superblock.generation();
        return Math.abs(ahead) <= 1 ? -1 : ahead > 0 ? 0 : 1; // a cut may fall between two superblocks
    }

    private static String split(Half[] halves, UUID volume) {
        return "both devices of volume " + volume + " were written without the other: " + halves[0].name() + " alone since " + since(halves[0]) + ", "
                + halves[1].name() + " alone since " + since(halves[1]) + ". Open the one to keep with the option degraded, then attach the other by force, "
                + "which gives up what only that one has";
    }

    private static String since(Half half) {
        return half.membership.since() == 0 ? "a time that is not known" : java.time.Instant.ofEpochSecond(half.membership.since() / 1_000_000_000).toString();
    }

    /** Where its blocks are. */
    Medium medium() throws FsException {
        return member < 0 ? new Medium(List.of(devices), null) : Medium.half(devices, member, null);
    }
}
