package org.cloudos.hal.platform;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A platform device as found. A service with the properties {@link #ADDRESS} and {@link #IDS} and {@code DEVICE_CATEGORY=platform}. Thread-safe.
 */
@ProviderType
public interface PlatformDevice {
    /** Service property, as {@link #address}. */
    String ADDRESS = "platform.address";
    /** Service property, as {@link #ids}. */
    String IDS = "platform.ids";

    /**
     * A range of ports or of memory.
     *
     * @param first physical address or port
     * @param count bytes or ports, over 0
     */
    record Resource(boolean ports, long first, long count) { }

    /** Unique on this system, such as {@code pnp/00:02}, {@code tree/pl011@9000000}, {@code input/event0}. */
    String address();

    /** What it is, in words. */
    String kind();

    /**
     * Names that drivers match, the most special first: {@code PNP0501}, {@code arm,pl011}; {@code virtio,deviceN} with virtio's number of the device in
     * hexadecimal (Devicetree's binding virtio-device), then {@code virtio,mmio}.
     */
    List<String> ids();

    /** Where its registers are. */
    List<Resource> resources();

    /** A file of Linux that is the way to it, such as {@code /dev/input/event0}; empty for devices that are driven by their registers. */
    String file();

    /** The Linux driver that has it, or empty. */
    String linuxDriver();

    /** Who claimed it, or empty. */
    String owner();

    /**
     * Takes it for one driver; Linux's driver gives it up.
     *
     * @throws DeviceException {@code BUSY} claimed already, or Linux uses it; {@code UNAVAILABLE} with the reason
     */
    PlatformFunction claim(String owner) throws DeviceException;

    /** Lets Linux have it again. {@code BUSY} while it is claimed. */
    void release() throws DeviceException;
}
