package org.cloudos.drv.tap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.NetDevice;
import org.cloudos.hal.net.NetDriver;
import org.cloudos.hal.riding.FrameFile;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.net.NetLinks;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes network devices whose other end is an interface of Linux: what Linux sends there comes here. */
@Component(property = NetDriver.KIND + "=tap")
public final class TapDriver implements NetDriver {
    private static final Set<String> OPTIONS = Set.of("interface", "up");
    /** Locally administered, for one station: 02:c1:0d and the name's hash. */
    private static final long OURS = 0x02c1_0d00_0000L, LOW = 0xff_ffffL;
    private final BundleContext context;
    private final Devices devices;
    private final NetLinks links;
    private final Map<String, Made> made = new LinkedHashMap<>(); // guarded by this

    private record Made(FrameFile device, ServiceRegistration<NetDevice> service) {
        void end() {
            service.unregister();
            device.end();
        }
    }

    @Activate public TapDriver(BundleContext context, @Reference Devices devices, @Reference NetLinks links) {
        this.context = context;
        this.devices = devices;
        this.links = links;
    }

    @Override public Map<String, String> options() {
        return Map.of("interface", "Linux's name of the other end, default the device's name", "up", "true turns the other end on, default true");
    }

    @Override public synchronized void create(String name, Map<String, String> options) throws DeviceException {
        if (made.containsKey(name)) {
            throw new IllegalArgumentException("name: expected a new one, found " + name);
        }
        if (!OPTIONS.containsAll(options.keySet()) || !options.getOrDefault("up", "true").matches("true|false")) {
            throw new IllegalArgumentException("options: expected interface=NAME and up=true or false, found " + options);
        }
        String end = options.getOrDefault("interface", name);
        FrameFile device = open(name, end, options.getOrDefault("up", "true").equals("true"));
        made.put(name, new Made(device, context.registerService(NetDevice.class, device, new Hashtable<>(Map.of(NetDevice.NAME, name)))));
    }

    private FrameFile open(String name, String end, boolean up) throws DeviceException {
        DeviceFile file = null;
        try {
            if (!Files.exists(Path.of("/sys/module/tun")) && !Files.exists(Path.of("/dev/net/tun"))) {
                devices.loadModule("tun");
            }
            file = links.tap(end);
            if (up) {
                links.up(end, true);
            }
            FrameFile device = new FrameFile(name, file, end, OURS | end.hashCode() & LOW);
            file = null;
            return device;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, name + ": expected CAP_NET_ADMIN and the kernel module tun: " + e.getMessage(), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
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
