package org.cloudos.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.osgi.framework.BundleContext;

/**
 * Where and for whom the door opens.
 *
 * @param port 0 takes any that is free
 * @param keys files of authorized keys
 */
record Settings(String address, int port, Path data, List<Path> keys, Duration idle) {
    static Settings of(BundleContext context) {
        String data = context.getProperty("cloudos.data");
        if (data == null) {
            throw new IllegalArgumentException("cloudos.data is not set: there is no place for the host key");
        }
        Path folder = Path.of(data).resolve("ssh");
        // init tells when the machine was switched on; without it, this is a program on somebody's desk.
        boolean booted = context.getProperty("cloudos.epoch.offset.ms") != null;
        String address = property(context, "cloudos.ssh.address", booted ? "0.0.0.0" : "127.0.0.1");
        Path second = Path.of(property(context, "cloudos.ssh.keys", "/run/cloudos/authorized_keys"));
        return new Settings(address, number(context, "cloudos.ssh.port", 2222, 65_535), folder,
                List.of(folder.resolve("authorized_keys"), second),
                Duration.ofMinutes(Math.max(1, number(context, "cloudos.ssh.idle", 30, 1_000_000))));
    }

    private static String property(BundleContext context, String name, String absent) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? absent : value.strip();
    }

    private static int number(BundleContext context, String name, int absent, int most) {
        String value = property(context, name, Integer.toString(absent));
        if (!value.matches("\\d{1,7}") || Integer.parseInt(value) > most) {
            throw new IllegalArgumentException(name + ": expected a number from 0 to " + most + ", found " + value);
        }
        return Integer.parseInt(value);
    }
}
