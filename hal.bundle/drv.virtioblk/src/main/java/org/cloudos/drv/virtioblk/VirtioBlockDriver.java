package org.cloudos.drv.virtioblk;

import java.io.IOException;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.attach.NumberedDevices;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.queue.QueuedDevice;
import org.cloudos.hal.virtio.VirtioDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives virtio block devices on PCI and MMIO, transitional ones in their manner of version 1. */
@Component(property = "cloudos.gate:Boolean=false")
public final class VirtioBlockDriver implements PciDriver, PlatformDriver {
    private static final int VENDOR = 0x1af4, TRANSITIONAL = 0x1001, MODERN = 0x1042;
    private static final String ON_MMIO = "virtio,device2";

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
        return device.identity().vendor() == VENDOR && (id == TRANSITIONAL || id == MODERN) ? PciDriver.DEVICE : PciDriver.NONE;
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains(ON_MMIO) ? PlatformDriver.DEVICE : PlatformDriver.NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> disk(VirtioDevice.on(function), number, closed));
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        return devices.attach(device, name(), (function, number, closed) -> disk(VirtioDevice.on(function), number, closed));
    }

    private Disk disk(VirtioDevice device, int number, Runnable closed) throws IOException {
        String name = "vd" + letters(number);
        return new Disk(device, new VirtioBlock(device, name), name, closed);
    }

    /** a to z, aa, ab ... */
    static String letters(int number) {
        return (number < 26 ? "" : letters(number / 26 - 1)) + (char) ('a' + number % 26);
    }

    private final class Disk implements Attachment {
        private final VirtioDevice virtio;
        private final VirtioBlock block;
        private final Runnable closed;
        private final QueuedDevice device;
        private final ServiceRegistration<BlockDevice> registration;

        private Disk(VirtioDevice virtio, VirtioBlock block, String name, Runnable closed) {
            this.virtio = virtio;
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
            virtio.close();
            closed.run();
        }
    }
}
