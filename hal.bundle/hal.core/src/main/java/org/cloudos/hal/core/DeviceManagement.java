package org.cloudos.hal.core;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.cloudos.hal.driver.DeviceListener;
import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.platform.PlatformDevice;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** Wires {@link DeviceTable} and {@link DevicePermissions} to the services that come and go. */
@Component(service = DeviceManagement.class, immediate = true)
public final class DeviceManagement {
    /** Of the profile: {@code all} attaches what Linux doesn't use, booted; {@code none} waits for hal:bind. */
    private static final String POLICY = "cloudos.hal.attach";
    /** Set by init: the machine is ours. On a desk, nobody's devices are taken unasked. */
    private static final String BOOTED = "cloudos.epoch.offset.ms";
    /** Who sees which device, as {@link DevicePermissions} reads it. */
    private static final String PERMISSIONS = "cloudos.hal.permissions";

    private final DeviceTable table;
    private final DevicePermissions permissions;
    private final OfferedDevices offered;
    private final List<ServiceTracker<?, ?>> trackers = new ArrayList<>();
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    @Activate public DeviceManagement(BundleContext context, @Reference(service = LoggerFactory.class) Logger log) {
        boolean automatic = "all".equals(context.getProperty(POLICY)) && context.getProperty(BOOTED) != null;
        String rules = context.getProperty(PERMISSIONS);
        permissions = new DevicePermissions(rules == null ? "" : rules);
        registrations.add(context.registerService(new String[] {FindHook.class.getName(), EventListenerHook.class.getName()}, permissions, null));
        BiConsumer<String, Throwable> warn = log::warn;
        Happenings happenings = new Happenings(InstantSource.system(), warn);
        offered = new OfferedDevices(context, happenings);
        table = new DeviceTable(automatic, warn, happenings, offered);
        track(context, DeviceListener.class, (listener, version) -> happenings.add(listener), happenings::remove);
        offered.open();
        track(context, PciDevice.class, (device, version) -> table.deviceCame(new Place.OnPci(device)),
                device -> table.deviceWent(device.address().toString()));
        track(context, PlatformDevice.class, (device, version) -> table.deviceCame(new Place.OnPlatform(device)), device -> table.deviceWent(device.address()));
        track(context, PciDriver.class, (driver, version) -> table.driverCame(driver, driver.name(), version), table::driverWent);
        track(context, PlatformDriver.class, (driver, version) -> table.driverCame(driver, driver.name(), version), table::driverWent);
        registrations.add(context.registerService(Drivers.class, table, null));
    }

    DevicePermissions permissions() {
        return permissions;
    }

    private <T> void track(BundleContext context, Class<T> type, BiConsumer<T, String> came, Consumer<T> went) {
        ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null) {
            @Override public T addingService(ServiceReference<T> reference) {
                T service = super.addingService(reference);
                Bundle bundle = reference.getBundle();
                if (service != null) {
                    came.accept(service, bundle == null ? "" : bundle.getVersion().toString());
                }
                return service;
            }

            @Override public void removedService(ServiceReference<T> reference, T service) {
                went.accept(service);
                super.removedService(reference, service);
            }
        };
        trackers.add(tracker);
        tracker.open();
    }

    @Deactivate void close() {
        registrations.forEach(ServiceRegistration::unregister);
        table.close();
        trackers.reversed().forEach(ServiceTracker::close);
        offered.close();
    }
}
