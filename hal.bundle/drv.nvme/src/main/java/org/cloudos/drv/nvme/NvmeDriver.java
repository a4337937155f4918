package org.cloudos.drv.nvme;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciDevice;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives controllers of the class NVM Express, whoever made them. */
@Component(property = "cloudos.gate:Boolean=false")
public final class NvmeDriver implements PciDriver {
    private static final int NVM_EXPRESS = 0x010802;

    private final BundleContext context;
    private final NumberedDevices devices = new NumberedDevices();

    @Activate public NvmeDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "nvme";
    }

    @Override public int match(PciDevice device) {
        return device.identity().classCode() == NVM_EXPRESS ? CLASS : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) ->
                new NvmeDisks(context, function, new Controller(function, "nvme" + number), closed));
    }
}
