package org.cloudos.hal.driver;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** Which driver has which device. Thread-safe. */
@ProviderType
public interface Drivers {
    /** All devices, by address, those of buses before those that are made of something else. */
    List<DeviceState> devices();

    /** The last that happened, the oldest first: some hundred are kept. */
    List<DeviceEvent> events();

    /**
     * Gives a device to a driver, from Linux too.
     *
     * @param driver its name, or null for the one that suits best
     * @throws DeviceException {@code ABSENT} no such device or driver, or none suits; or as {@link PciDriver#attach}
     */
    DeviceState bind(String address, String driver) throws DeviceException;

    /** Takes a device from its driver; it stays without until {@link #bind}. {@code ABSENT} when it has none. */
    DeviceState unbind(String address) throws DeviceException;

    /** Takes a device from its driver, if it has one, and lets Linux have it; it stays Linux's until {@link #bind}. */
    DeviceState giveBack(String address) throws DeviceException;
}
