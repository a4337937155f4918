package org.cloudos.linux.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** Opens device files, and gives what goes with them. */
@ProviderType
public interface Devices {
    /** {@code open(2)}, for reading and writing. */
    DeviceFile open(String path) throws LinuxException;

    /** {@code eventfd(2)}, for the kernel to count in and a thread to wait on. */
    EventCounter counter() throws LinuxException;

    /**
     * Zeroed memory that stays in place: whole pages, locked, of huge pages where {@code bytes} allows and the kernel has some.
     *
     * @param arena closing it takes the memory back
     * @throws LinuxException {@code ENOMEM}; {@code EAGAIN} where the limit of locked memory ({@code RLIMIT_MEMLOCK}) is reached
     */
    MemorySegment pages(long bytes, Arena arena) throws LinuxException;

    /**
     * Loads a kernel module and what it needs from {@code /lib/modules}; does nothing when it is there.
     *
     * @throws LinuxException {@code ENOENT} no such module; {@code EPERM}
     */
    void loadModule(String name) throws LinuxException;
}
