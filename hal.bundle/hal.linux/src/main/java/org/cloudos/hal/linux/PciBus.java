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
import org.cloudos.linux.LinuxException;
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
    /** Of the profile: kernel modules of Linux's own drivers that are loaded before the first look. */
    private static final String MODULES = "cloudos.hal.modules";

    private record Found(SysfsDevice device, Object key, ServiceRegistration<PciDevice> registration) { }

    private final BundleContext context;
    private final Devices devices;
    private final Sysfs sysfs;
    private final Unbounded unbounded;
    private final Map<PciAddress, Found> found = new TreeMap<>(); // the looking thread's, after activation
    private final Map<PciAddress, Object> leaving = new TreeMap<>();
    private final Thread thread;

    @Activate public PciBus(BundleContext context, @Reference Devices devices) {
        this.context = context;
        this.devices = devices;
        String root = context.getProperty("cloudos.sysfs");
        sysfs = new Sysfs(Path.of(root == null ? "/sys" : root));
        unbounded = new Unbounded(context, System.nanoTime());
        loadModules(context.getProperty(MODULES));
        look();
        thread = Thread.ofPlatform().daemon().name("pci").start(this::watch);
    }

    private void loadModules(String names) {
        for (String name : names == null ? new String[0] : names.strip().split("[,\\s]+")) {
            try {
                devices.loadModule(name);
            } catch (LinuxException e) {
                throw new IllegalStateException(MODULES + ": " + name + ": " + e.getMessage(), e);
            }
        }
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
        if (!unbounded.isReady()) {
            return; // a driver that came now would find no memory for its device
        }
        Map<PciAddress, Object> now = new TreeMap<>();
        try {
            for (PciAddress address : sysfs.addresses()) {
                now.put(address, sysfs.key(address));
            }
        } catch (IOException e) {
            return; // one went while we looked: the next look is soon
        }
        leaving.entrySet().removeIf(e -> !e.getValue().equals(now.get(e.getKey())) || !sysfs.driver(e.getKey()).equals("vfio-pci"));
        for (Found known : List.copyOf(found.values())) {
            PciAddress address = known.device.address();
            if (!known.key.equals(now.get(address)) || known.device.isAskedBack()) {
                found.remove(address);
                leaving.put(address, known.key); // the kernel's removal ends when its driver let go
                known.device.gone();
                known.registration.unregister();
            }
        }
        now.forEach(this::add);
    }

    private void add(PciAddress address, Object key) {
        if (found.containsKey(address) || key.equals(leaving.get(address))) {
            return;
        }
        try {
            SysfsDevice device = new SysfsDevice(sysfs, devices, unbounded, address);
            found.put(address, new Found(device, key, context.registerService(PciDevice.class, device, properties(device))));
        } catch (IOException e) {
            // not whole yet, or gone again: the next look tells
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
