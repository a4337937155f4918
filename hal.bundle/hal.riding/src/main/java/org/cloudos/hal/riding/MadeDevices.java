package org.cloudos.hal.riding;

import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.net.NetDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** What a driver has made, by name: each is a service until it is removed. Thread-safe. */
public final class MadeDevices {
    private final BundleContext context;
    private final Map<String, Made> made = new LinkedHashMap<>(); // guarded by this

    /** Makes a device. */
    @FunctionalInterface
    public interface Opening {
        FrameFile open() throws DeviceException;
    }

    private record Made(FrameFile device, ServiceRegistration<NetDevice> service) {
        void end() {
            service.unregister();
            device.end();
        }
    }

    /** @param context whose services they are */
    public MadeDevices(BundleContext context) {
        this.context = context;
    }

    /** @throws IllegalArgumentException when there is one of that name */
    public synchronized void create(String name, Opening opening) throws DeviceException {
        if (made.containsKey(name)) {
            throw new IllegalArgumentException("name: expected a new one, found " + name);
        }
        FrameFile device = opening.open();
        made.put(name, new Made(device, context.registerService(NetDevice.class, device, new Hashtable<>(Map.of(NetDevice.NAME, name)))));
    }

    /** @return false when there is none of that name */
    public synchronized boolean remove(String name) {
        Made device = made.remove(name);
        if (device != null) {
            device.end();
        }
        return device != null;
    }

    /** Removes all. */
    public synchronized void close() {
        made.values().forEach(Made::end);
        made.clear();
    }
}
