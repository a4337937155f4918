package org.cloudos.hal.core;

import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciDevice;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** Wires {@link DeviceTable} to the services that come and go. */
@Component(service = {}, immediate = true)
public final class DeviceManagement {
    /** Of the profile: {@code all} attaches what Linux doesn't use, booted; {@code none} waits for hal:bind. */
    private static final String POLICY = "cloudos.hal.attach";
    /** Set by init: the machine is ours. On a desk, nobody's devices are taken unasked. */
    private static final String BOOTED = "cloudos.epoch.offset.ms";

    private final DeviceTable table;
    private final ServiceRegistration<Drivers> registration;
    private final ServiceTracker<PciDevice, PciDevice> devices;
    private final ServiceTracker<PciDriver, PciDriver> drivers;

    @Activate public DeviceManagement(BundleContext context, @Reference(service = LoggerFactory.class) Logger log) {
        boolean automatic = "all".equals(context.getProperty(POLICY)) && context.getProperty(BOOTED) != null;
        table = new DeviceTable(automatic, log::warn);
        devices = new ServiceTracker<>(context, PciDevice.class, null) {
            @Override public PciDevice addingService(ServiceReference<PciDevice> reference) {
                PciDevice device = super.addingService(reference);
                table.deviceCame(device);
                return device;
            }

            @Override public void removedService(ServiceReference<PciDevice> reference, PciDevice device) {
                table.deviceWent(device);
                super.removedService(reference, device);
            }
        };
        drivers = new ServiceTracker<>(context, PciDriver.class, null) {
            @Override public PciDriver addingService(ServiceReference<PciDriver> reference) {
                PciDriver driver = super.addingService(reference);
                Bundle bundle = reference.getBundle();
                table.driverCame(driver, bundle == null ? "" : bundle.getVersion().toString());
                return driver;
            }

            @Override public void removedService(ServiceReference<PciDriver> reference, PciDriver driver) {
                table.driverWent(driver);
                super.removedService(reference, driver);
            }
        };
        devices.open();
        drivers.open();
        registration = context.registerService(Drivers.class, table, null);
    }

    @Deactivate void close() {
        registration.unregister();
        table.close();
        drivers.close();
        devices.close();
    }
}
