package org.cloudos.commands;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.cloudos.shell.Column;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * What {@code os:status} shows.
 *
 * @param missing   what readiness waits for
 * @param endpoints where the system can be reached
 */
public record Status(String profile, String version, boolean ready, List<String> missing, Duration uptime,
        @Column(value = "memory used", unit = Column.Unit.BYTES) long memoryUsed,
        @Column(value = "memory total", unit = Column.Unit.BYTES) long memoryTotal,
        List<Endpoint> endpoints, List<Row> subsystems) {

    /** A door of the system: a service with the properties {@code cloudos.endpoint} (its name), {@code .address} and {@code .note}. */
    public record Endpoint(String endpoint, String address, String note) { }

    /** A subsystem in a table. */
    public record Row(String name, Subsystem.State state, Subsystem.Health health, @Column("for") Duration age,
            int restarts, String version, String bundle, String cause) {
        static Row of(Subsystem s, Instant now) {
            // The subsystem may have been looked at for the first time after "now" was taken.
            Duration age = s.since().isAfter(now) ? Duration.ZERO : Duration.between(s.since(), now);
            return new Row(s.name(), s.state(), s.health(), age, s.restarts(), s.version(),
                    s.bundle(), s.cause());
        }
    }

    static Status of(BundleContext context, Boot boot, Subsystems subsystems, Instant now) {
        Map<String, Long> machine = ProcFile.kilobytes(Path.of("/proc/meminfo"));
        long total = machine.getOrDefault("MemTotal", 0L);
        String profile = context.getProperty("cloudos.profile");
        return new Status(profile == null ? "none" : profile, context.getBundle().getVersion().toString(), boot.ready(),
                boot.missing(), running(), total - machine.getOrDefault("MemAvailable", 0L), total,
                endpoints(context), subsystems.list().stream().map(s -> Row.of(s, now)).toList());
    }

    /** By the clock that nobody sets. */
    private static Duration running() {
        return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
    }

    private static List<Endpoint> endpoints(BundleContext context) {
        List<Endpoint> endpoints = new ArrayList<>();
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(null, "(cloudos.endpoint=*)");
            for (ServiceReference<?> reference : found == null ? new ServiceReference<?>[0] : found) {
                endpoints.add(new Endpoint(text(reference, "cloudos.endpoint"), text(reference, "cloudos.endpoint.address"),
                        text(reference, "cloudos.endpoint.note")));
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return endpoints;
    }

    private static String text(ServiceReference<?> reference, String property) {
        Object value = reference.getProperty(property);
        return value == null ? "" : value instanceof Object[] array ? String.join(", ", Arrays.stream(array).map(Object::toString).toList())
                : value.toString();
    }
}
