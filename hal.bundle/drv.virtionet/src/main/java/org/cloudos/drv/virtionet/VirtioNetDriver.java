package org.cloudos.drv.virtionet;

import java.io.IOException;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.virtio.VirtioDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives virtio network devices on PCI and MMIO, transitional ones in their manner of version 1. */
@Component(property = "cloudos.gate:Boolean=false")
public final class VirtioNetDriver implements PciDriver, PlatformDriver {
    private static final int VENDOR = 0x1af4, TRANSITIONAL = 0x1000, MODERN = 0x1041;
    private static final String ON_MMIO = "virtio,device1";

    private final BundleContext context;
    private final NumberedDevices devices = new NumberedDevices();

    @Activate public VirtioNetDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "virtio-net";
    }

    @Override public int match(PciDevice device) {
        int id = device.identity().device();
        return device.identity().vendor() == VENDOR && (id == TRANSITIONAL || id == MODERN) ? PciDriver.DEVICE : PciDriver.NONE;
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains(ON_MMIO) ? PlatformDriver.DEVICE : PlatformDriver.NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> card(VirtioDevice.on(function), number, closed));
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> card(VirtioDevice.on(function), number, closed));
    }

    private Card card(VirtioDevice device, int number, Runnable closed) throws IOException {
        return new Card(device, new VirtioNet(device, "vnet" + number), closed);
    }

    private final class Card implements Attachment {
        private final VirtioDevice virtio;
        private final VirtioNet net;
        private final Runnable closed;
        private final ServiceRegistration<NetDevice> registration;

        private Card(VirtioDevice virtio, VirtioNet net, Runnable closed) {
            this.virtio = virtio;
            this.net = net;
            this.closed = closed;
            registration = context.registerService(NetDevice.class, net, new Hashtable<>(Map.of(NetDevice.NAME, net.name())));
        }

        @Override public String description() {
            return net.abilities().addressText() + ", link " + (net.link().up() ? "up" : "down") + ", rings: " + net.rings();
        }

        @Override public String offers() {
            return net.name();
        }

        @Override public String condition() {
            return net.condition();
        }

        @Override public Map<String, Long> counters() {
            NetCounters c = net.counters();
            Map<String, Long> counters = new LinkedHashMap<>();
            counters.put("received", c.received());
            counters.put("sent", c.sent());
            counters.put("errors", c.errors());
            counters.put("interrupts", c.interrupts());
            counters.put("link changes", c.linkChanges());
            return counters;
        }

        @Override public void close() {
            registration.unregister();
            net.close();
            virtio.close();
            closed.run();
        }
    }
}
