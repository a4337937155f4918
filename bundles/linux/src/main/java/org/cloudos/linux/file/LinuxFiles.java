package org.cloudos.linux.file;

import java.util.Set;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens files and rings. Thread-safe. */
@ProviderType
public interface LinuxFiles {
    /** {@code open(2)}. Files are made with mode 0600; descriptors don't pass to other programs. */
    enum Open {
        WRITE,
        CREATE,
        /** With {@link #CREATE}: fails when it is there. Of a block device: fails while the system uses it. */
        EXCLUSIVE,
        /** Past the page cache: offsets, lengths and memory are aligned as {@link FileState} says. */
        DIRECT
    }

    /**
     * Opens a file or device, for reading and as the flags say.
     *
     * @throws LinuxException as {@code open(2)}; {@code EINVAL} where {@link Open#DIRECT} can't be
     */
    LinuxFile open(String path, Set<Open> how) throws LinuxException;

    /**
     * A ring of requests for one file, {@code io_uring(7)}.
     *
     * @param entries requests under way at once, 1 to 4096; rounded up to a power of 2
     * @throws LinuxException {@code ENOSYS} or {@code EPERM} where the kernel or a sandbox has none
     */
    RequestRing ring(LinuxFile file, int entries) throws LinuxException;
}
