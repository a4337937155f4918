package org.cloudos.linux.fuse;

import java.util.Set;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** Mounts and unmounts FUSE file systems: as root by {@code mount(2)}, else by the program {@code fusermount3}. Thread-safe. */
@ProviderType
public interface FuseMounts {
    /** Options of mount(8) and mount.fuse3(8). */
    enum Flag {
        READ_ONLY, NO_SET_ID, NO_DEVICES, NO_EXECUTION,
        /** Users but the mounter get in; for others than root {@code /etc/fuse.conf} must allow it. */
        ALLOW_OTHER,
        /** The kernel checks permission bits and ACLs. */
        DEFAULT_PERMISSIONS
    }

    /**
     * Mounts.
     *
     * @param folder  that is there; an absolute path
     * @param source  what {@code /proc/mounts} shows, such as an image's path
     * @param subtype what {@code /proc/mounts} shows after {@code fuse.}
     * @return the channel, on which the kernel's first request waits
     * @throws LinuxException as {@code mount(2)}; {@code ENOENT} where there is no {@code /dev/fuse}; {@code EPERM} when {@code fusermount3}
     *                        refused, with its words
     */
    FuseChannel mount(String folder, String source, String subtype, Set<Flag> flags) throws LinuxException;

    /**
     * Unmounts.
     *
     * @param detach takes it out of the tree at once though it is in use; it ends with its last user (umount2(2), MNT_DETACH)
     * @throws LinuxException {@code EBUSY} in use, {@code EINVAL} nothing is mounted there
     */
    void unmount(String folder, boolean detach) throws LinuxException;
}
