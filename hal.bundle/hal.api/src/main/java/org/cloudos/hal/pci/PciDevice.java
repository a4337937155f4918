package org.cloudos.hal.pci;

import java.util.List;
import java.util.Optional;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A function on the bus, as found. A service with the properties {@link #ADDRESS}, {@link #VENDOR}, {@link #DEVICE} and
 * {@link #CLASS}, and {@code DEVICE_CATEGORY=pci} (OSGi Device Access), from when it comes until it goes. Thread-safe.
 */
@ProviderType
public interface PciDevice {
    /** Service property, {@link PciAddress} as text. */
    String ADDRESS = "pci.address";
    /** Service property, four hexadecimal digits. */
    String VENDOR = "pci.vendor";
    /** Service property, four hexadecimal digits. */
    String DEVICE = "pci.device";
    /** Service property: class, subclass and interface, six hexadecimal digits. */
    String CLASS = "pci.class";

    PciAddress address();

    /** What it says of itself. */
    PciIdentity identity();

    /** Its capabilities, in the order of the chain. A chain with a loop or an end outside is cut there. */
    List<PciCapability> capabilities();

    /** Base address registers that hold something, by number. */
    List<PciBar> bars();

    /** The bridge that it is behind, if any. */
    Optional<PciAddress> parent();

    /** Configuration space as it is now: all of it with the right to see it, else the first 64 bytes. Empty when it is gone. */
    byte[] configuration();

    /** The number of its I/O MMU group, or empty where there is no I/O MMU. */
    String iommuGroup();

    /** The Linux driver that has it, or empty. */
    String linuxDriver();

    /** Who claimed it, or empty. */
    String owner();

    /**
     * Takes the device for one driver: Linux's driver gives it up, bus mastering is on, registers and memory are reachable.
     *
     * @param owner the driver's name, for {@link #owner}
     * @throws DeviceException {@code BUSY} claimed already, or in use by Linux (a mounted file system, a network interface that is
     *                         up); {@code UNAVAILABLE} with the reason when this system can't give devices to drivers
     */
    PciFunction claim(String owner) throws DeviceException;

    /** Lets Linux have it again. {@code BUSY} while it is claimed. */
    void release() throws DeviceException;
}
