package org.cloudos.drv.packet;

import java.io.IOException;
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
import org.cloudos.linux.net.NetLinks;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes network devices over Linux's interfaces: what comes there comes here too, and what is sent here goes out there. */
@Component(property = NetDriver.KIND + "=packet")
public final class PacketDriver implements NetDriver {
    private static final Set<String> OPTIONS = Set.of("interface", "up", "address");
    private final NetLinks links;
    private final MadeDevices made;

    @Activate public PacketDriver(BundleContext context, @Reference NetLinks links) {
        made = new MadeDevices(context);
        this.links = links;
    }

    @Override public Map<String, String> options() {
        return Map.of("interface", "Linux's name, such as eth1", "up", "true turns it on, default false", "address",
                "ours, such as 02:00:00:00:00:01, default the interface's");
    }

    @Override public void create(String name, Map<String, String> options) throws DeviceException {
        if (!OPTIONS.containsAll(options.keySet()) || !options.containsKey("interface") || !options.getOrDefault("up", "true").matches("true|false")) {
            throw new IllegalArgumentException("options: expected interface=NAME, up=true or false, address=XX:XX:XX:XX:XX:XX, found " + options);
        }
        String end = options.get("interface");
        if (!Files.isDirectory(Path.of("/sys/class/net").resolve(end))) {
            throw new DeviceException(Reason.ABSENT, name + ": expected an interface of Linux, found " + end);
        }
        made.create(name, () -> open(name, end, options.getOrDefault("up", "false").equals("true"), options.get("address")));
    }

    private FrameFile open(String name, String end, boolean up, String address) throws DeviceException {
        DeviceFile file = null;
        try {
            long ours = address(address == null ? Files.readString(Path.of("/sys/class/net", end, "address")).strip() : address);
            if (up) {
                links.up(end, true);
            }
            file = links.packets(end, true);
            FrameFile device = new FrameFile(name, file, end, ours);
            file = null;
            return device;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, name + ": expected CAP_NET_RAW: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DeviceException(Reason.GONE, name + ": " + end + ": " + e.getMessage(), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    private static long address(String text) {
        if (!text.matches("\\p{XDigit}{2}(:\\p{XDigit}{2}){5}")) {
            throw new IllegalArgumentException("address: expected such as 02:00:00:00:00:01, found " + text);
        }
        return Long.parseLong(text.replace(":", ""), 16);
    }

    @Override public boolean remove(String name) {
        return made.remove(name);
    }

    @Deactivate void close() {
        made.close();
    }
}
