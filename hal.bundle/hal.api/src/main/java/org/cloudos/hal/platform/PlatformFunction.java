package org.cloudos.hal.platform;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.machine.PortRange;
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

    /** False from the moment it was pulled out. */
    boolean isPresent();

    @Override void close();
}
