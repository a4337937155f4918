package org.cloudos.hal.driver;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.platform.PlatformDevice;
import org.osgi.annotation.versioning.ConsumerType;

/** Drives platform devices; otherwise as {@link PciDriver}. */
@ConsumerType
public interface PlatformDriver {
    /** Of {@link #match}, as {@link PciDriver} has them. */
    int NONE = PciDriver.NONE, CLASS = PciDriver.CLASS, DEVICE = PciDriver.DEVICE;

    /** Its name, such as {@code ps2}. */
    String name();

    /** How well it suits, {@link #NONE}, {@link #CLASS} or {@link #DEVICE}. */
    int match(PlatformDevice device);

    /**
     * Claims the device, starts it, and registers what it offers as services.
     *
     * @throws DeviceException with the device given back
     */
    Attachment attach(PlatformDevice device) throws DeviceException;
}
