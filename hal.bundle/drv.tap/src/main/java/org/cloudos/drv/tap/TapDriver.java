package org.cloudos.drv.tap;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.net.NetDriver;
import org.cloudos.hal.riding.FrameFile;
import org.cloudos.hal.riding.MadeDevices;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.net.NetLinks;
import org.osgi.framework.BundleContext;
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
    private final Devices devices;
    private final NetLinks links;
    private final MadeDevices made;

    @Activate public TapDriver(BundleContext context, @Reference Devices devices, @Reference NetLinks links) {
        made = new MadeDevices(context);
        this.devices = devices;
        this.links = links;
    }

    @Override public Map<String, String> options() {
        return Map.of("interface", "Linux's name of the other end, default the device's name", "up", "true turns the other end on, default true");
    }

    @Override public void create(String name, Map<String, String> options) throws DeviceException {
        if (!OPTIONS.containsAll(options.keySet()) || !options.getOrDefault("up", "true").matches("true|false")) {
            throw new IllegalArgumentException("options: expected interface=NAME and up=true or false, found " + options);
        }
        String end = options.getOrDefault("interface", name);
        made.create(name, () -> open(name, end, options.getOrDefault("up", "true").equals("true")));
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

    @Override public boolean remove(String name) {
        return made.remove(name);
    }

    @Deactivate void close() {
        made.close();
    }
}
