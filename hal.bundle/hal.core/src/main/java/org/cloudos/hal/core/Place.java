package org.cloudos.hal.core;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.platform.PlatformDevice;

/** Where a device is: on PCI, or where firmware says. What the table of devices does is the same for both. */
sealed interface Place {
    String address();

    String parent();

    String device();

    String kind();

    String linuxDriver();

    /** Attached by hand alone: the way in may lead over it, and be set up only in a moment. */
    boolean waits();

    /** How well a driver suits; {@link PciDriver#NONE} for one of another bus. */
    int match(Object driver);

    Attachment attach(Object driver) throws DeviceException;

    void release() throws DeviceException;

    /** On PCI. */
    record OnPci(PciDevice pci) implements Place {
        private static final int NETWORK = 0x02; // base class

        @Override public String address() {
            return pci.address().toString();
        }

        @Override public String parent() {
            return pci.parent().map(PciAddress::toString).orElse("");
        }

        @Override public String device() {
            return String.format("%04x:%04x", pci.identity().vendor(), pci.identity().device());
        }

        @Override public String kind() {
            return PciClasses.name(pci.identity().classCode());
        }

        @Override public String linuxDriver() {
            return pci.linuxDriver();
        }

        @Override public boolean waits() {
            return pci.identity().classCode() >>> 16 == NETWORK && !pci.linuxDriver().isEmpty();
        }

        @Override public int match(Object driver) {
            return driver instanceof PciDriver d ? d.match(pci) : PciDriver.NONE;
        }

        @Override public Attachment attach(Object driver) throws DeviceException {
            return ((PciDriver) driver).attach(pci);
        }

        @Override public void release() throws DeviceException {
            pci.release();
        }
    }

    /** Where firmware says. */
    record OnPlatform(PlatformDevice platform) implements Place {
        private static final String NETWORK = "virtio,device1";

        @Override public String address() {
            return platform.address();
        }

        @Override public String parent() {
            return "";
        }

        @Override public String device() {
            return platform.ids().isEmpty() ? "" : platform.ids().getFirst();
        }

        @Override public String kind() {
            return platform.kind();
        }

        @Override public String linuxDriver() {
            return platform.linuxDriver();
        }

        @Override public boolean waits() {
            return platform.ids().contains(NETWORK) && !platform.linuxDriver().isEmpty();
        }

        @Override public int match(Object driver) {
            return driver instanceof PlatformDriver d ? d.match(platform) : PciDriver.NONE;
        }

        @Override public Attachment attach(Object driver) throws DeviceException {
            return ((PlatformDriver) driver).attach(platform);
        }

        @Override public void release() throws DeviceException {
            platform.release();
        }
    }
}
