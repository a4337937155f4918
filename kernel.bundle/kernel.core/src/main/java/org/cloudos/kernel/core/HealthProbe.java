package org.cloudos.kernel.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.cloudos.kernel.Subsystem.Health;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Asks a bundle's health checks. Each runs in a thread of its own: one that hangs is critical and hangs alone. */
final class HealthProbe {
    private static final String TYPE = "org.apache.felix.hc.api.HealthCheck";

    /** @param why it is not OK; empty when it is */
    record Finding(Health health, String why) {
        static final Finding OK = new Finding(Health.OK, "");
    }

    private HealthProbe() { }

    /** The worst result; OK when there is nothing to ask. */
    static Finding ask(BundleContext context, Bundle bundle, Duration limit) {
        ServiceReference<?>[] offered = bundle.getRegisteredServices();
        List<FutureTask<Finding>> tasks = new ArrayList<>();
        for (ServiceReference<?> reference : offered == null ? new ServiceReference<?>[0] : offered) {
            if (List.of((String[]) reference.getProperty("objectClass")).contains(TYPE)) {
                FutureTask<Finding> task = new FutureTask<>(() -> ask(context, reference));
                Thread.ofVirtual().name("health of " + bundle.getSymbolicName()).start(task);
                tasks.add(task);
            }
        }
        long end = System.nanoTime() + limit.toNanos();
        Finding worst = Finding.OK;
        for (FutureTask<Finding> task : tasks) {
            Finding found = result(task, end, limit);
            worst = found.health().compareTo(worst.health()) > 0 ? found : worst;
        }
        return worst;
    }

    private static Finding result(FutureTask<Finding> task, long end, Duration limit) {
        try {
            return task.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            task.cancel(true);
            return new Finding(Health.CRITICAL, "a health check did not answer within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            return new Finding(Health.CRITICAL, "a health check failed: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finding(Health.UNKNOWN, "interrupted");
        }
    }

    private static Finding ask(BundleContext context, ServiceReference<?> reference) {
        Object service = context.getService(reference);
        if (service == null) {
            return Finding.OK; // It went away meanwhile.
        }
        try {
            Object name = reference.getProperty(HealthCheck.NAME);
            Result result = ((HealthCheck) service).execute();
            Health health = switch (result.getStatus()) {
                case OK -> Health.OK;
                case WARN, TEMPORARILY_UNAVAILABLE -> Health.WARN;
                case CRITICAL, HEALTH_CHECK_ERROR -> Health.CRITICAL;
            };
            return health == Health.OK ? Finding.OK : new Finding(health,
                    (name == null ? "health check" : "health check " + name) + ": " + message(result));
        } finally {
            context.ungetService(reference);
        }
    }

    private static String message(Result result) {
        String worst = result.getStatus().toString();
        for (ResultLog.Entry entry : result) {
            if (entry.getStatus() == result.getStatus()) {
                worst = entry.getMessage();
            }
        }
        return worst;
    }
}
