package org.cloudos.hal.bench;

import java.util.List;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetDriver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** Network devices, and what makes them, by name. */
final class NetDevices {
    private NetDevices() { }

    static NetDevice find(BundleContext context, String name) {
        return find(context, NetDevice.class, NetDevice.NAME, name);
    }

    static NetDriver driver(BundleContext context, String kind) {
        return find(context, NetDriver.class, NetDriver.KIND, kind);
    }

    private static <T> T find(BundleContext context, Class<T> type, String property, String name) {
        try {
            List<ServiceReference<T>> all = List.copyOf(context.getServiceReferences(type, null));
            for (ServiceReference<T> reference : all) {
                if (name.equals(reference.getProperty(property))) {
                    return context.getService(reference);
                }
            }
            throw new IllegalArgumentException("expected a " + (type == NetDevice.class ? "network device" : "kind of network device") + " of "
                    + all.stream().map(r -> r.getProperty(property)).sorted().toList() + ", found " + name);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter", e);
        }
    }
}
