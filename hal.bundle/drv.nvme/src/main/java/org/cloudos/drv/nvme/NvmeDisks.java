package org.cloudos.drv.nvme;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.queue.QueuedDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A controller's namespaces as block devices. */
final class NvmeDisks implements Attachment {
    /** Queues that blocking calls of one namespace share; the rest is for those who open their own. */
    private static final int SHARED = 4;

    private record Disk(QueuedDevice device, ServiceRegistration<BlockDevice> registration) { }

    private final PciFunction function;
    private final Controller controller;
    private final Runnable closed;
    private final List<Disk> disks = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    NvmeDisks(BundleContext context, PciFunction function, Controller controller, Runnable closed) throws DeviceException {
        this.function = function;
        this.controller = controller;
        this.closed = closed;
        for (NamespaceIdentity namespace : controller.namespaces(refused)) {
            QueuedDevice device = device(namespace);
            Hashtable<String, Object> properties = new Hashtable<>(Map.of(BlockDevice.NAME, device.name()));
            disks.add(new Disk(device, context.registerService(BlockDevice.class, device, properties)));
        }
    }

    private QueuedDevice device(NamespaceIdentity namespace) {
        BlockGeometry geometry = controller.geometry(namespace);
        int shared = Math.max(1, Math.min(SHARED, controller.queueCount() / 2));
        return new QueuedDevice(controller.name() + "n" + namespace.number(), shared, new QueuedDevice.Hardware() {
            @Override public BlockGeometry geometry() {
                return geometry;
            }

            @Override public BlockQueue open(int depth) throws BlockException {
                return controller.open(namespace, geometry, depth);
            }

            @Override public String words() {
                return controller.words();
            }
        });
    }

    @Override public String description() {
        Identity i = controller.identity();
        return i.model() + " " + i.firmware() + ", serial " + i.serial() + (refused.isEmpty() ? "" : "; " + String.join("; ", refused));
    }

    @Override public String offers() {
        return disks.stream().map(d -> d.device.name()).collect(Collectors.joining(" "));
    }

    @Override public String condition() {
        return controller.isUsable() ? "ok" : controller.condition();
    }

    @Override public Map<String, Long> counters() {
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("errors", controller.errors());
        counters.put("logged errors", controller.loggedErrors());
        counters.put("resets", controller.resets());
        counters.put("queues", controller.openQueues());
        controller.traffic().addTo(counters);
        return counters;
    }

    @Override public void close() {
        disks.forEach(d -> d.registration.unregister());
        disks.forEach(d -> d.device.close());
        controller.close();
        function.close();
        closed.run();
    }
}
