package org.cloudos.drv.loopback;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetDriver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Makes loopback devices; {@code lo} is there from the start. */
@Component(property = NetDriver.KIND + "=loopback", immediate = true)
public final class LoopbackDriver implements NetDriver {
    private static final int DEFAULT_FRAME = 65_550; // 64 KiB of IP and its Ethernet header
    private final BundleContext context;
    private final Map<String, Made> made = new LinkedHashMap<>(); // guarded by this

    private record Made(Loopback device, ServiceRegistration<NetDevice> service) {
        void end() {
            service.unregister();
            device.end();
        }
    }

    @Activate public LoopbackDriver(BundleContext context) {
        this.context = context;
        create("lo", Map.of());
    }

    @Override public Map<String, String> options() {
        return Map.of("frame", "bytes of the largest, 60 to 65550, default 65550");
    }

    @Override public synchronized void create(String name, Map<String, String> options) {
        int frame = DEFAULT_FRAME;
        for (Map.Entry<String, String> option : options.entrySet()) {
            if (!option.getKey().equals("frame") || !option.getValue().matches("\\d{1,5}")) {
                throw new IllegalArgumentException("option: expected frame=NUMBER, found " + option);
            }
            frame = Integer.parseInt(option.getValue());
        }
        if (frame < 60 || frame > DEFAULT_FRAME) {
            throw new IllegalArgumentException("frame: expected 60 to " + DEFAULT_FRAME + ", found " + frame);
        }
        if (made.containsKey(name)) {
            throw new IllegalArgumentException("name: expected a new one, found " + name);
        }
        Loopback device = new Loopback(name, frame);
        made.put(name, new Made(device, context.registerService(NetDevice.class, device, new Hashtable<>(Map.of(NetDevice.NAME, name)))));
    }

    @Override public synchronized boolean remove(String name) {
        Made device = made.remove(name);
        if (device != null) {
            device.end();
        }
        return device != null;
    }

    @Deactivate synchronized void close() {
        made.values().forEach(Made::end);
        made.clear();
    }
}
