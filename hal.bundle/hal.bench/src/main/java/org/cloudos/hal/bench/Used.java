package org.cloudos.hal.bench;

import java.util.List;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetDriver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** A device, or what makes some, found by its name: it has a user more until this is closed. */
record Used<T>(BundleContext context, ServiceReference<T> reference, T service) implements AutoCloseable {
    static Used<BlockDevice> block(BundleContext context, String name) {
        return find(context, BlockDevice.class, BlockDevice.NAME, "block device", name);
    }

    static Used<NetDevice> net(BundleContext context, String name) {
        return find(context, NetDevice.class, NetDevice.NAME, "network device", name);
    }

    static Used<NetDriver> netDriver(BundleContext context, String kind) {
        return find(context, NetDriver.class, NetDriver.KIND, "kind of network device", kind);
    }

    private static <T> Used<T> find(BundleContext context, Class<T> type, String property, String what, String name) {
        try {
            List<ServiceReference<T>> all = List.copyOf(context.getServiceReferences(type, null));
            for (ServiceReference<T> reference : all) {
                T service = reference.getProperty(property) instanceof String found && found.equals(name) ? context.getService(reference) : null;
                if (service != null) {
                    return new Used<>(context, reference, service);
                }
            }
            throw new IllegalArgumentException("expected a " + what + " of " + all.stream().map(r -> String.valueOf(r.getProperty(property))).sorted().toList()
                    + ", found " + name);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter", e);
        }
    }

    @Override public void close() {
        context.ungetService(reference);
    }
}
