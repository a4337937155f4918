package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;

/** A device on one of Linux's buses that drivers are bound to through sysfs; a serial line also where its driver can't be unbound. */
final class BusHold implements Hold {
    private final PlatformWays ways;
    private final String bus;
    private final String device;
    private volatile String before = ""; // the driver that gave it up
    private volatile String line = "";   // that a driver gave up which stays bound
    private volatile int type;           // of the line, before

    BusHold(PlatformWays ways, String bus, String device) {
        this.ways = ways;
        this.bus = bus;
        this.device = device;
    }

    @Override public String driver() {
        return !line.isEmpty() ? "" : ways.files().link("sys/bus/" + bus + "/devices/" + device + "/driver");
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
        if (ways.canUnbind(bus, driver)) {
            ways.unbind(bus, driver, device);
            before = driver;
        } else {
            String file = "/dev/" + lines().stream().findFirst().orElseThrow(() -> new DeviceException(Reason.UNAVAILABLE, bus + "/" + device
                    + ": expected a driver of Linux that lets it go, found " + driver + ", which is built into the kernel"));
            type = SerialLine.type(ways.devices(), file, SerialLine.UNKNOWN);
            line = file;
        }
    }

    /** A serial line that is the console or that a process has open. */
    private String use() {
        for (String name : lines()) {
            if (ways.files().text("proc/consoles").lines().anyMatch(l -> l.startsWith(name + " "))) {
                return name + " is the console";
            }
            String user = ways.user("/dev/" + name);
            if (!user.isEmpty()) {
                return user + " has /dev/" + name + " open";
            }
        }
        return "";
    }

    /** Serial lines that Linux made of it, such as ttyS1. */
    private List<String> lines() {
        Path folder = ways.files().at("sys/bus/" + bus + "/devices/" + device);
        try (Stream<Path> all = Files.walk(folder.toRealPath(), 5)) {
            return all.filter(p -> p.getParent() != null && p.getParent().endsWith("tty")).map(p -> p.getFileName().toString()).toList();
        } catch (IOException e) {
            return List.of(); // it went meanwhile: taking it tells
        }
    }

    @Override public void giveBack() throws DeviceException {
        if (!line.isEmpty()) {
            SerialLine.type(ways.devices(), line, type);
            line = "";
        } else if (!before.isEmpty() && driver().isEmpty()) {
            ways.bind(bus, before, device);
        }
        before = "";
    }
}
