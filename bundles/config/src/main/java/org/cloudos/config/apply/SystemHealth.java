package org.cloudos.config.apply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** All health checks (Apache Felix), each in a thread of its own, and the states of the kernel's subsystems. */
public final class SystemHealth implements HealthLook {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private final BundleContext context;

    /** Finds checks through this. */
    public SystemHealth(BundleContext context) {
        this.context = context;
    }

    private record Running(String name, FutureTask<Result> task) { }

    @Override
    public Map<String, String> complaints(boolean last) {
        Map<String, String> complaints = new TreeMap<>();
        List<Running> all = new ArrayList<>();
        for (ServiceReference<HealthCheck> reference : references()) {
            FutureTask<Result> task = new FutureTask<>(() -> result(reference));
            Thread.ofVirtual().name("health check").start(task);
            all.add(new Running("health check " + name(reference), task));
        }
        long end = System.nanoTime() + LIMIT.toNanos();
        all.forEach(running -> complaint(running, end, last).ifPresent(c -> complaints.put(running.name, c)));
        subsystems(last, complaints);
        return complaints;
    }

    private Collection<ServiceReference<HealthCheck>> references() {
        try {
            return context.getServiceReferences(HealthCheck.class, null);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter was given", e);
        }
    }

    private static String name(ServiceReference<?> reference) {
        Object name = reference.getProperty(HealthCheck.NAME);
        return name != null ? name.toString() : String.valueOf(reference.getProperty("service.id"));
    }

    private Result result(ServiceReference<HealthCheck> reference) {
        HealthCheck check = context.getService(reference);
        if (check == null) {
            return new Result(Result.Status.TEMPORARILY_UNAVAILABLE, "it has gone");
        }
        try {
            return check.execute();
        } finally {
            context.ungetService(reference);
        }
    }

    private static Optional<String> complaint(Running running, long end, boolean last) {
        try {
            Result result = running.task.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            boolean bad = switch (result.getStatus()) {
                case CRITICAL, HEALTH_CHECK_ERROR -> true;
                case TEMPORARILY_UNAVAILABLE -> last;
                default -> false;
            };
            return bad ? Optional.of(result.getStatus() + ": " + messages(result)) : Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of("failed: " + e.getCause());
        } catch (TimeoutException e) {
            running.task.cancel(true);
            return Optional.of("did not answer within " + LIMIT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static String messages(Result result) {
        return StreamSupport.stream(result.spliterator(), false).map(ResultLog.Entry::getMessage).collect(Collectors.joining("; "));
    }

    private void subsystems(boolean last, Map<String, String> complaints) {
        ServiceReference<Subsystems> reference = context.getServiceReference(Subsystems.class);
        Subsystems subsystems = reference == null ? null : context.getService(reference);
        if (subsystems == null) {
            return;
        }
        for (Subsystem s : subsystems.list()) {
            boolean bad = switch (s.state()) {
                case FAILED, BACKOFF -> true;
                case WAITING, STARTING -> last;
                case STOPPED -> true;
                case ACTIVE -> s.health() == Subsystem.Health.CRITICAL;
            };
            if (bad) {
                complaints.put("subsystem " + s.name(), s.state() + (s.cause().isEmpty() ? "" : ": " + s.cause()));
            }
        }
        context.ungetService(reference);
    }
}
