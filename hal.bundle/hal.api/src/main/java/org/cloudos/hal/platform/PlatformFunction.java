package org.cloudos.hal.platform;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/** A claimed platform device. Thread-safe; closed, every use of what it gave fails. */
@ProviderType
public interface PlatformFunction extends AutoCloseable {
    PlatformDevice device();

    /** The n-th of its resources that are ports. {@code ABSENT} when there are fewer; {@code UNAVAILABLE}. */
    PortRange ports(int n) throws DeviceException;

    /** The n-th of its resources that are memory. As {@link #ports}. */
    Mmio registers(int n) throws DeviceException;

    /**
     * Memory for a device that reads and writes memory by itself. No I/O MMU is in its way: it reaches all memory.
     *
     * @throws DeviceException {@code ABSENT} for a device that does not; {@code UNAVAILABLE} where devices may not reach all memory
     */
    Dma dma() throws DeviceException;

    /** False from the moment it was pulled out. */
    boolean isPresent();

    /** Stops its access to memory, frees all that it was given, and gives it back. */
    @Override void close();
}
