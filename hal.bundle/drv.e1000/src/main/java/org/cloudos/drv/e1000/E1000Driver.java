package org.cloudos.drv.e1000;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

/** Drives controllers of the 8254x family; QEMU calls its 82540EM e1000. */
@Component(property = "cloudos.gate:Boolean=false")
public final class E1000Driver implements PciDriver {
    private static final int INTEL = 0x8086;
    /** 82540EM, 82545EM, 82544GC and 82541. */
    private static final Set<Integer> DEVICES = Set.of(0x100e, 0x100f, 0x100c, 0x1013, 0x1076);

    private final BundleContext context;
    private final NumberedDevices devices = new NumberedDevices();

    @Activate public E1000Driver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "e1000";
    }

    @Override public int match(PciDevice device) {
        return device.identity().vendor() == INTEL && DEVICES.contains(device.identity().device()) ? DEVICE : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> new Card(function, new E1000(function, "e" + number), closed));
    }

    private final class Card implements Attachment {
        private final PciFunction function;
        private final E1000 net;
        private final Runnable closed;
        private final ServiceRegistration<NetDevice> registration;

        private Card(PciFunction function, E1000 net, Runnable closed) {
            this.function = function;
            this.net = net;
            this.closed = closed;
            registration = context.registerService(NetDevice.class, net, new Hashtable<>(Map.of(NetDevice.NAME, net.name())));
        }

        @Override public String description() {
            return net.abilities().addressText() + ", link " + (net.link().up() ? "up, " + net.link().megabits() + " Mbit/s" : "down");
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
            net.end();
            function.close();
            closed.run();
        }
    }
}
