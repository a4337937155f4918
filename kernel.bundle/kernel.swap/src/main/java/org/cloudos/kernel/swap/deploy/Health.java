package org.cloudos.kernel.swap.deploy;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Runs a bundle's health checks ({@code org.apache.felix.hc.api.HealthCheck}).
 *
 * <p>By name and reflection: a bundle that imported their package would be wired to the bundle that exports it, and
 * had to restart when that is swapped. So does {@link Components}.
 */
final class Health {
    private static final String CHECK = "org.apache.felix.hc.api.HealthCheck";
    /** What is no complaint. {@code TEMPORARILY_UNAVAILABLE} may pass until the trial ends. */
    private static final Set<String> FINE = Set.of("OK", "WARN", "DEBUG", "INFO");
    private static final String NOT_YET = "TEMPORARILY_UNAVAILABLE";

    private final BundleContext context;

    Health(BundleContext context) {
        this.context = context;
    }

    /**
     * Runs the checks of one bundle.
     *
     * @param last whether this is the last look, at which "not yet" is a complaint too
     * @return what is wrong, or empty
     */
    Optional<String> complaint(Bundle bundle, Duration limit, boolean last) {
        for (ServiceReference<?> reference : references()) {
            if (!bundle.equals(reference.getBundle())) continue;
            String name = String.valueOf(reference.getProperty("hc.name"));
            String check = "the health check " + (name.equals("null") ? "" : name + " ") + "of "
                    + bundle.getSymbolicName();
            Object service = context.getService(reference);
            if (service == null) return Optional.of(check + " could not be activated");
            try {
                Object result = run(check, limit, service);
                String status = String.valueOf(get(result, "getStatus"));
                if (!FINE.contains(status) && (last || !status.equals(NOT_YET))) {
                    return Optional.of(check + " says " + status + ": " + messages(result));
                }
            } catch (Exception e) {
                return Optional.of(check + " failed: " + Words.of(e));
            } finally {
                context.ungetService(reference);
            }
        }
        return Optional.empty();
    }

    private static Object run(String check, Duration limit, Object service) throws Exception {
        Watch watch = new Watch();
        AtomicReference<Object> result = new AtomicReference<>();
        watch.run(() -> {
            watch.step(check, limit);
            result.set(method(service).invoke(service));
        });
        return result.get();
    }

    private ServiceReference<?>[] references() {
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(CHECK, null);
            return found == null ? new ServiceReference<?>[0] : found;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter was given", e);
        }
    }

    private static Method method(Object service) throws NoSuchMethodException {
        for (Class<?> c = service.getClass(); c != null; c = c.getSuperclass()) {
            for (Class<?> type : c.getInterfaces()) {
                if (type.getName().equals(CHECK)) return type.getMethod("execute");
            }
        }
        return service.getClass().getMethod("execute");
    }

    private static String messages(Object result) throws ReflectiveOperationException {
        List<String> all = new ArrayList<>();
        if (result instanceof Iterable<?> entries) {
            for (Object entry : entries) all.add(String.valueOf(entry.getClass().getMethod("getMessage").invoke(entry)));
        }
        return String.join("; ", all);
    }

    private static Object get(Object result, String getter) throws ReflectiveOperationException {
        Class<?> type = result.getClass();
        while (!type.getName().equals("org.apache.felix.hc.api.Result") && type.getSuperclass() != Object.class) {
            type = type.getSuperclass();
        }
        return type.getMethod(getter).invoke(result);
    }
}
