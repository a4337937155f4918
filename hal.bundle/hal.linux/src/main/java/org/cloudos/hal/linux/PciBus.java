package org.cloudos.hal.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciIdentity;
import org.cloudos.linux.device.Devices;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Registers a {@link PciDevice} for each function that Linux found, and looks every second for those that came and went. */
@Component(service = {}, immediate = true)
public final class PciBus {
    private static final long LOOK_MS = 1000;

    private record Found(SysfsDevice device, ServiceRegistration<PciDevice> registration) { }

    private final BundleContext context;
    private final Devices devices;
    private final Sysfs sysfs;
    private final Map<PciAddress, Found> found = new TreeMap<>(); // the looking thread's, after activation
    private final Thread thread;

    @Activate public PciBus(BundleContext context, @Reference Devices devices) {
        this.context = context;
        this.devices = devices;
        String root = context.getProperty("cloudos.sysfs");
        sysfs = new Sysfs(Path.of(root == null ? "/sys" : root));
        look();
        thread = Thread.ofPlatform().daemon().name("pci").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MS);
                look();
            }
        } catch (InterruptedException e) {
            return; // the end
        }
    }

    private void look() {
        List<PciAddress> now;
        try {
            now = sysfs.addresses();
        } catch (IOException e) {
            return; // sysfs is there again next time
        }
        for (PciAddress address : List.copyOf(found.keySet())) {
            if (!now.contains(address)) {
                Found gone = found.remove(address);
                gone.device.gone();
                gone.registration.unregister();
            }
        }
        for (PciAddress address : now) {
            if (!found.containsKey(address)) {
                try {
                    SysfsDevice device = new SysfsDevice(sysfs, devices, address);
                    found.put(address, new Found(device, context.registerService(PciDevice.class, device, properties(device))));
                } catch (IOException e) {
                    // not whole yet, or gone again: the next look tells
                }
            }
        }
    }

    private static Dictionary<String, Object> properties(PciDevice device) {
        PciIdentity identity = device.identity();
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(PciDevice.ADDRESS, device.address().toString());
        properties.put(PciDevice.VENDOR, String.format("%04x", identity.vendor()));
        properties.put(PciDevice.DEVICE, String.format("%04x", identity.device()));
        properties.put(PciDevice.CLASS, String.format("%06x", identity.classCode()));
        properties.put("DEVICE_CATEGORY", "pci");
        properties.put("cloudos.gate", false);
        return properties;
    }

    @Deactivate void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
        found.values().forEach(f -> f.registration.unregister());
    }
}
