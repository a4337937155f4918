package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PhysicalMemory;
import org.cloudos.hal.machine.Ports;
import org.cloudos.linux.device.Devices;

/**
 * What platform devices are reached by, and how Linux gives them up and gets them again.
 *
 * @param properties the profile's, null for those that it does not have
 */
record PlatformWays(KernelFiles files, Devices devices, Ports ports, PhysicalMemory memory, UnaryOperator<String> properties) {
    /** Whether a driver can be unbound: one that is built in may not offer it (suppress_bind_attrs). */
    boolean canUnbind(String bus, String driver) {
        return Files.exists(files.at("sys/bus/" + bus + "/drivers/" + driver + "/unbind"));
    }

    /** Lets a driver of Linux go from a device: {@code bus} is such as {@code pnp}. */
    void unbind(String bus, String driver, String device) throws DeviceException {
        write("sys/bus/" + bus + "/drivers/" + driver + "/unbind", device);
    }

    void bind(String bus, String driver, String device) throws DeviceException {
        write("sys/bus/" + bus + "/drivers/" + driver + "/bind", device);
    }

    private void write(String file, String text) throws DeviceException {
        Path path = files.at(file);
        try {
            Files.write(path, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new DeviceException(Reason.UNAVAILABLE, "can't write " + text + " to " + path + ": " + e.getMessage(), e);
        }
    }

    /** The first process that has this file open, or empty. */
    String user(String file) {
        for (String pid : files.names("proc")) {
            if (pid.matches("\\d{1,8}")) {
                for (String fd : files.names("proc/" + pid + "/fd")) {
                    try {
                        if (Files.readSymbolicLink(files.at("proc/" + pid + "/fd/" + fd)).toString().equals(file)) {
                            return "process " + pid + " (" + files.text("proc/" + pid + "/comm") + ")";
                        }
                    } catch (IOException e) {
                        continue; // closed meanwhile, or not ours to see
                    }
                }
            }
        }
        return "";
    }
}
