package org.cloudos.hal.driver;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.pci.PciDevice;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Drives devices on PCI. A service with the property {@code cloudos.gate=false}: its coming and going is what attaches and detaches
 * devices. Thread-safe.
 */
@ConsumerType
public interface PciDriver {
    /** Of {@link #match}. */
    int NONE = 0, CLASS = 1, DEVICE = 2;

    /** Its name, such as {@code nvme}. */
    String name();

    /** How well it suits: {@link #NONE}, by its {@link #CLASS}, or this very {@link #DEVICE}. Looks at the identity only. */
    int match(PciDevice device);

    /**
     * Claims the device, starts it, and registers what it offers as services.
     *
     * @throws DeviceException with the device given back
     */
    Attachment attach(PciDevice device) throws DeviceException;
}
