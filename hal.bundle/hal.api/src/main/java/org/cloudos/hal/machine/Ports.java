package org.cloudos.hal.machine;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** I/O ports of x86. A service. Thread-safe. */
@ProviderType
public interface Ports {
    /**
     * Takes ports for one owner.
     *
     * @param owner for the message that others get
     * @throws DeviceException {@code BUSY} another owner has some of them; {@code UNAVAILABLE} on other processors, and without the right
     *                         ({@code CAP_SYS_RAWIO})
     */
    PortRange claim(int first, int count, String owner) throws DeviceException;
}
