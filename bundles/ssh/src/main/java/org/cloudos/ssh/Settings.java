package org.cloudos.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Where and for whom the door opens: as it is configured ({@link Config}), else as the framework's properties
 * {@code cloudos.ssh.*} say.
 *
 * @param port 0 takes any that is free
 * @param keys files of authorized keys
 */
record Settings(String address, int port, Path data, List<Path> keys, Duration idle) {
    /** The section {@code ssh} of the system's configuration. */
    @ObjectClassDefinition(name = "SSH", description = "The shell and deployment over SSH")
    @interface Config {
        @AttributeDefinition(name = "Port", description = "TCP port; 0 takes any that is free. Open sessions end when it changes",
                min = "0", max = "65535")
        int port() default 2222;

        @AttributeDefinition(name = "Address", description = "Address to listen on; none is 127.0.0.1 hosted and 0.0.0.0 booted."
                + " Open sessions end when it changes", required = false)
        String address() default "";

        @AttributeDefinition(name = "Idle limit", description = "Minutes after which a silent session ends", min = "1", max = "1000000")
        int idle() default 30;
    }

    static Settings of(BundleContext context, Map<String, Object> configured) {
        String data = context.getProperty("cloudos.data");
        if (data == null) {
            throw new IllegalArgumentException("cloudos.data is not set: there is no place for the host key");
        }
        Path folder = Path.of(data).resolve("ssh");
        // init tells when the machine was switched on; without it, this is a program on somebody's desk.
        boolean booted = context.getProperty("cloudos.epoch.offset.ms") != null;
        String address = configured.get("address") instanceof String text && !text.isBlank() ? text.strip()
                : property(context, "cloudos.ssh.address", booted ? "0.0.0.0" : "127.0.0.1");
        Path second = Path.of(property(context, "cloudos.ssh.keys", "/run/cloudos/authorized_keys"));
        int port = configured.get("port") instanceof Integer number ? number : number(context, "cloudos.ssh.port", 2222, 65_535);
        int idle = configured.get("idle") instanceof Integer number ? number : number(context, "cloudos.ssh.idle", 30, 1_000_000);
        return new Settings(address, port, folder, List.of(folder.resolve("authorized_keys"), second),
                Duration.ofMinutes(Math.max(1, idle)));
    }

    /** Whether the door opens at the same place. */
    boolean samePlace(Settings other) {
        return address.equals(other.address) && port == other.port;
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
