package org.cloudos.fs.cloudfs.mount;

import java.util.Arrays;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.medium.Membership;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.hal.block.BlockDevice;

/** Devices come to an open volume and leave it, in use. */
public final class Joining {
    private final Volume volume;
    private final Medium medium;

    public Joining(Volume volume) {
        this.volume = volume;
        this.medium = volume.medium;
    }

    /**
     * A device takes all writes from now on; a scrub brings it up.
     *
     * @param instead the name or number of a device that leaves for it, or null: it takes the place that is free, or makes the volume a mirror
     * @param force   also one that has something else, or that was written alone
     */
    public synchronized void attach(BlockDevice device, String instead, boolean force) throws FsException {
        volume.writable();
        int place = instead == null ? free() : number(instead);
        fits(device, place, force);
        if (instead != null) {
            leave(place);
        }
        Claim.own().takeOne(device, force);
        if (!ours(device)) {
            erase(device);
        }
        volume.mirror.add(place, device);
        settle();
    }

    /** A device takes nothing from now on. {@code EBUSY} for the last one that has all. */
    public synchronized void detach(String name) throws FsException {
        volume.writable();
        leave(number(name));
    }

    private void leave(int place) throws FsException {
        if (Arrays.stream(medium.members()).allMatch(i -> i == place)) {
            throw new FsException.Refused(Errno.EBUSY, medium.device(place).name() + " is the only device of volume " + volume.superblock().volume()
                    + " that has all");
        }
        try {
            Claim.release(medium, place);
        } catch (FsException.DeviceFailed e) {
            // It has failed: nobody opens a volume by it alone while its process runs here, and the claim ends with that.
        }
        volume.mirror.remove(place);
    }

    private int free() throws FsException {
        if (medium.copies() == 1) {
            return 1;
        }
        for (int i = 0; i < medium.copies(); i++) {
            int number = i;
            if (Arrays.stream(medium.readers()).noneMatch(r -> r == number)) {
                return i;
            }
        }
        throw new FsException.Refused(Errno.EBUSY, "volume " + volume.superblock().volume() + " has both its devices, "
                + medium.device(0).name() + " and " + medium.device(1).name() + ": say which one is to be replaced");
    }

    private int number(String name) throws FsException {
        for (int i = 0; i < medium.copies(); i++) {
            if (medium.device(i) != null && medium.device(i).name().equals(name) || name.equals(Integer.toString(i + 1))) {
                return i;
            }
        }
        throw new FsException.Refused(Errno.ENODEV, name + " is none of volume " + volume.superblock().volume() + ", whose devices are "
                + java.util.stream.IntStream.range(0, medium.copies())
                .mapToObj(medium::device).filter(java.util.Objects::nonNull).map(BlockDevice::name).toList());
    }

    private boolean ours(BlockDevice device) {
        try (Medium one = new Medium(List.of(device), null)) {
            return Superblocks.newest(one).volume().equals(volume.superblock().volume());
        } catch (FsException none) {
            return false;
        }
    }

    private void fits(BlockDevice device, int place, boolean force) throws FsException {
        Medium.usable(device);
        if (device.geometry().readOnly()) {
            throw new FsException.Refused(Errno.EROFS, device.name());
        }
        if (device.geometry().bytes() / Layout.BLOCK < volume.space.blocks()) {
            throw new FsException.Refused(Errno.ENOSPC, device.name() + " has " + device.geometry().bytes() + " bytes, the volume "
                    + volume.space.blocks() * Layout.BLOCK);
        }
        if (force) {
            return;
        }
        if (!Superblocks.recognised(device)) {
            String foreign = Foreign.on(device);
            if (foreign != null) {
                throw new FsException.Refused(Errno.EEXIST, foreign + " on " + device.name() + "; force gives it up");
            }
            return;
        }
        Superblock there;
        Membership says;
        try (Medium one = new Medium(List.of(device), null)) {
            there = Superblocks.newest(one);
            says = Membership.read(one, 0, there.volume());
        }
        Membership own = volume.mirror.of(medium.members()[0]);
        if (!there.volume().equals(volume.superblock().volume())) {
            throw new FsException.Refused(Errno.EEXIST, "volume " + there.volume() + " on " + device.name() + "; force gives it up");
        }
        says = says == null ? Membership.first(there.volume(), there.device()) : says;
        if (!says.incomplete() && !says.state().equals(own.state()) && !own.outlived(says)) {
            throw new FsException.Refused(Errno.EINVAL, device.name() + " (generation " + there.generation() + ") was written without "
                    + medium.device(medium.members()[0]).name() + " (generation " + volume.superblock().generation()
                    + "); force gives up what only " + device.name() + " has");
        }
    }

    /** What a volume that stood there had at its fixed places. */
    private static void erase(BlockDevice device) throws FsException {
        try (Medium one = new Medium(List.of(device), null)) {
            for (long block : Superblocks.places(one.blocks())) {
                one.writeClear(0, block, new byte[Layout.BLOCK], false);
            }
            one.flush();
        }
    }

    /** Until all that was being written when the device came is in the trees: so the next commit has it, and the scrub behind that finds it. */
    private void settle() {
        volume.placing.writeLock().lock();
        volume.placing.writeLock().unlock();
        for (Subvolume s : volume.subvolumes()) {
            for (Inode inode : s.inodes.all()) {
                inode.lock.writeLock().lock();
                inode.lock.writeLock().unlock();
            }
        }
        volume.commitLock.lock();
        volume.commitLock.unlock();
    }
}
