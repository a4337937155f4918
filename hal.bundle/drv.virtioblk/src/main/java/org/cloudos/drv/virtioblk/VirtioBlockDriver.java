package org.cloudos.drv.virtioblk;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.queue.QueuedDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives virtio block devices on PCI, transitional ones in their manner of version 1. */
@Component(property = "cloudos.gate:Boolean=false")
public final class VirtioBlockDriver implements PciDriver {
    private static final int VENDOR = 0x1af4, TRANSITIONAL = 0x1001, MODERN = 0x1042;

    private final BundleContext context;
    private final NumberedDevices devices = new NumberedDevices();

    @Activate public VirtioBlockDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "virtio-blk";
    }

    @Override public int match(PciDevice device) {
        int id = device.identity().device();
        return device.identity().vendor() == VENDOR && (id == TRANSITIONAL || id == MODERN) ? DEVICE : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) ->
                new Disk(function, new VirtioBlock(function, "vd" + letters(number)), "vd" + letters(number), closed));
    }

    /** a to z, aa, ab ... */
    static String letters(int number) {
        return (number < 26 ? "" : letters(number / 26 - 1)) + (char) ('a' + number % 26);
    }

    private final class Disk implements Attachment {
        private final PciFunction function;
        private final VirtioBlock block;
        private final Runnable closed;
        private final QueuedDevice device;
        private final ServiceRegistration<BlockDevice> registration;

        private Disk(PciFunction function, VirtioBlock block, String name, Runnable closed) {
            this.function = function;
            this.block = block;
            this.closed = closed;
            device = new QueuedDevice(name, Math.max(1, block.queueCount() / 2), block);
            registration = context.registerService(BlockDevice.class, device, new Hashtable<>(Map.of(BlockDevice.NAME, name)));
        }

        @Override public String description() {
            return "rings: " + block.rings();
        }

        @Override public String offers() {
            return device.name();
        }

        @Override public String condition() {
            return block.condition();
        }

        @Override public Map<String, Long> counters() {
            Map<String, Long> counters = new LinkedHashMap<>();
            counters.put("errors", block.errors());
            counters.put("resets", block.resets());
            block.traffic().addTo(counters);
            return counters;
        }

        @Override public void close() {
            registration.unregister();
            device.close();
            block.close();
            function.close();
            closed.run();
        }
    }
}
