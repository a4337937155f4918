package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What the system is and how it is. */
@Component(service = Servlet.class, property = {Api.PATTERN + "overview", Api.CONTEXT})
public final class OverviewApi extends Api {
    private static final long serialVersionUID = 1L;

    /** A door of the system. */
    record Door(String name, String address, String note) { }

    /** The whole. */
    record Overview(String host, String profile, String version, String kernel, String java, int processors, boolean ready, List<String> missing,
            Instant now, Duration uptime, List<Boot.Phase> boot, List<Subsystem> subsystems, List<Door> endpoints) { }

    @Activate
    public OverviewApi(BundleContext context, @Reference Boot boot, @Reference Subsystems subsystems) {
        get("", call -> new Overview(line("/proc/sys/kernel/hostname"), property(context, "cloudos.profile"),
                context.getBundle().getVersion().toString(), line("/proc/sys/kernel/osrelease"), System.getProperty("java.vm.version", ""),
                Runtime.getRuntime().availableProcessors(), boot.ready(), boot.missing(), Instant.now(), uptime(), boot.phases(),
                subsystems.list(), endpoints(context)));
    }

    private static String property(BundleContext context, String name) {
        String value = context.getProperty(name);
        return value == null ? "" : value;
    }

    private static String line(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static Duration uptime() {
        return Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime()); // by the clock that nobody sets
    }

    private static List<Door> endpoints(BundleContext context) throws InvalidSyntaxException {
        List<Door> doors = new ArrayList<>();
        ServiceReference<?>[] found = context.getAllServiceReferences(null, "(cloudos.endpoint=*)");
        for (ServiceReference<?> reference : found == null ? new ServiceReference<?>[0] : found) {
            doors.add(new Door(text(reference, "cloudos.endpoint"), text(reference, "cloudos.endpoint.address"), text(reference, "cloudos.endpoint.note")));
        }
        return doors;
    }

    private static String text(ServiceReference<?> reference, String property) {
        Object value = reference.getProperty(property);
        return value == null ? "" : value instanceof Object[] array ? String.join(", ", Arrays.stream(array).map(Object::toString).toList())
                : value.toString();
    }
}
