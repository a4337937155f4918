package org.cloudos.drv.ahci;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives controllers of the class SATA with the interface AHCI, whoever made them. */
@Component(property = "cloudos.gate:Boolean=false")
public final class AhciDriver implements PciDriver {
    private static final int AHCI = 0x010601;

    private final BundleContext context;
    private final NumberedDevices devices = new NumberedDevices();

    @Activate public AhciDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "ahci";
    }

    @Override public int match(PciDevice device) {
        return device.identity().classCode() == AHCI ? CLASS : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> new Ahci(function, "ahci" + number, this::register, closed));
    }

    private Runnable register(PortDevice device) {
        ServiceRegistration<BlockDevice> registration = context.registerService(BlockDevice.class, device.device(), Ahci.properties(device));
        return registration::unregister;
    }
}
