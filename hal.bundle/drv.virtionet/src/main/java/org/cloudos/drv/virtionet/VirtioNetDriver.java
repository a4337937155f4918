package org.cloudos.drv.virtionet;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives virtio network devices on PCI, transitional ones in their manner of version 1. */
@Component(property = "cloudos.gate:Boolean=false")
public final class VirtioNetDriver implements PciDriver {
    private static final int VENDOR = 0x1af4, TRANSITIONAL = 0x1000, MODERN = 0x1041;

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
        return device.identity().vendor() == VENDOR && (id == TRANSITIONAL || id == MODERN) ? DEVICE : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> new Card(function, new VirtioNet(function, "vnet" + number), closed));
    }

    private final class Card implements Attachment {
        private final PciFunction function;
        private final VirtioNet net;
        private final Runnable closed;
        private final ServiceRegistration<NetDevice> registration;

        private Card(PciFunction function, VirtioNet net, Runnable closed) {
            this.function = function;
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
            function.close();
            closed.run();
        }
    }
}
