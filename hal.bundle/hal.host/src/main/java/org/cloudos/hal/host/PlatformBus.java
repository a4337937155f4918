package org.cloudos.hal.host;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.hal.platform.PlatformDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Registers a {@link PlatformDevice} for each that Linux knows of. */
final class PlatformBus {
    private static final long LOOK_MS = 1000;

    private record Found(PlatformNode node, ServiceRegistration<PlatformDevice> registration) { }

    private final BundleContext context;
    private final PlatformSearch search;
    private final Map<String, Found> found = new TreeMap<>(); // the looking thread's
    private final Thread thread;

    PlatformBus(BundleContext context, PlatformWays ways) {
        this.context = context;
        search = new PlatformSearch(ways);
        thread = Thread.ofPlatform().daemon().name("platform devices").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                look(); // attaching takes a while, and nobody's start is to wait for it
                Thread.sleep(LOOK_MS);
            }
        } catch (InterruptedException e) {
            return; // the end
        }
    }

    private void look() {
        Map<String, PlatformNode> now = new TreeMap<>();
        search.devices().forEach(d -> now.put(d.address(), d));
        for (String address : new ArrayList<>(found.keySet())) {
            if (!now.containsKey(address) || !now.get(address).ids().equals(found.get(address).node.ids())) { // what nobody could tell is known now
                Found gone = found.remove(address);
                gone.node.gone();
                gone.registration.unregister();
            }
        }
        now.forEach((address, node) -> {
            if (!found.containsKey(address)) {
                found.put(address, new Found(node, context.registerService(PlatformDevice.class, node, properties(node))));
            }
        });
    }

    private static Dictionary<String, Object> properties(PlatformDevice device) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(PlatformDevice.ADDRESS, device.address());
        properties.put(PlatformDevice.IDS, List.copyOf(device.ids()));
        properties.put("DEVICE_CATEGORY", "platform");
        properties.put("cloudos.gate", false);
        return properties;
    }

    void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
        found.values().forEach(f -> f.registration.unregister());
    }
}
