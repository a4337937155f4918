package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;

/** A device on one of Linux's buses that drivers are bound to through sysfs. */
final class BusHold implements Hold {
    private final PlatformWays ways;
    private final String bus;
    private final String device;
    private volatile String before = ""; // the driver that gave it up

    BusHold(PlatformWays ways, String bus, String device) {
        this.ways = ways;
        this.bus = bus;
        this.device = device;
    }

    @Override public String driver() {
        return ways.files().link("sys/bus/" + bus + "/devices/" + device + "/driver");
    }

    @Override public void take() throws DeviceException {
        String driver = driver();
        if (driver.isEmpty()) {
            return;
        }
        String use = use();
        if (!use.isEmpty()) {
            throw new DeviceException(Reason.BUSY, bus + "/" + device + ": Linux uses it: " + use);
        }
        ways.unbind(bus, driver, device);
        before = driver;
    }

    /** A serial line that is the console or that a process has open. */
    private String use() {
        Path folder = ways.files().at("sys/bus/" + bus + "/devices/" + device);
        try (Stream<Path> all = Files.walk(folder.toRealPath(), 5)) {
            for (Path tty : all.filter(p -> p.getParent() != null && p.getParent().endsWith("tty")).toList()) {
                String name = tty.getFileName().toString();
                if (ways.files().text("proc/consoles").lines().anyMatch(l -> l.startsWith(name + " "))) {
                    return name + " is the console";
                }
                String user = ways.user("/dev/" + name);
                if (!user.isEmpty()) {
                    return user + " has /dev/" + name + " open";
                }
            }
        } catch (IOException e) {
            return ""; // it went meanwhile: taking it tells
        }
        return "";
    }

    @Override public void giveBack() throws DeviceException {
        if (!before.isEmpty() && driver().isEmpty()) {
            ways.bind(bus, before, device);
        }
        before = "";
    }
}
