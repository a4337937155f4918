package org.cloudos.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.apache.felix.hc.api.execution.HealthCheckExecutionOptions;
import org.apache.felix.hc.api.execution.HealthCheckExecutionResult;
import org.apache.felix.hc.api.execution.HealthCheckExecutor;
import org.apache.felix.hc.api.execution.HealthCheckSelector;
import org.cloudos.metrics.MetricSource;
import org.cloudos.shell.Column;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs health checks through Apache Felix, which gives each its time limit and keeps results for some seconds, and tells
 * the last results as metrics.
 */
@Component(service = {Checks.class, MetricSource.class}, property = "cloudos.gate=false")
public final class Checks implements MetricSource {
    private static final int MAX_CHECKS = 200;

    /** A check's result. */
    public record Row(String check, Status status, String message, List<String> tags, String bundle, Duration took,
            @Column(hidden = true) Instant at) { }

    /** In the order of how bad it is. */
    public enum Status { OK, WARN, UNAVAILABLE, CRITICAL, ERROR }

    private final BundleContext context;
    private final HealthCheckExecutor executor;
    private volatile Map<String, Status> last = Map.of();

    /** Nothing runs yet. */
    @Activate
    public Checks(BundleContext context, @Reference HealthCheckExecutor executor) {
        this.context = context;
        this.executor = executor;
    }

    /**
     * Runs checks, or takes results that are a few seconds old.
     *
     * @param wanted a tag or a name; empty for all
     * @param fresh  whether all are to run now
     */
    public List<Row> run(String wanted, boolean fresh) {
        HealthCheckExecutionOptions options = new HealthCheckExecutionOptions();
        options.setForceInstantExecution(fresh);
        options.setCombineTagsWithOr(true);
        List<Row> rows = new ArrayList<>();
        String[] names = names(wanted);
        if (names.length > 0) { // without a name Felix would run those that it takes for the default
            executor.execute(HealthCheckSelector.names(names), options).forEach(result -> rows.add(row(result)));
        }
        rows.sort(Comparator.comparing(Row::status).reversed().thenComparing(Row::check));
        if (wanted.isEmpty()) {
            Map<String, Status> seen = new TreeMap<>();
            rows.stream().limit(MAX_CHECKS).forEach(r -> seen.merge(r.check(), r.status(), (a, b) -> a.compareTo(b) > 0 ? a : b));
            last = seen;
        }
        return rows;
    }

    /** Names of the checks that have this name or tag. A check without a name is known by its service only, and Felix can't be asked for it. */
    private String[] names(String wanted) {
        try {
            Collection<ServiceReference<HealthCheck>> all = context.getServiceReferences(HealthCheck.class, null);
            return all.stream().filter(r -> r.getProperty(HealthCheck.NAME) instanceof String)
                    .filter(r -> wanted.isEmpty() || wanted.equals(r.getProperty(HealthCheck.NAME)) || tags(r).contains(wanted))
                    .map(r -> (String) r.getProperty(HealthCheck.NAME)).distinct().sorted().toArray(String[]::new);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> tags(ServiceReference<?> reference) {
        return switch (reference.getProperty(HealthCheck.TAGS)) {
            case String one -> List.of(one);
            case String[] many -> List.of(many);
            case Collection<?> many -> many.stream().map(String::valueOf).toList();
            case null, default -> List.of();
        };
    }

    private static Row row(HealthCheckExecutionResult result) {
        var metadata = result.getHealthCheckMetadata();
        Result outcome = result.getHealthCheckResult();
        var bundle = metadata.getServiceReference() == null ? null : metadata.getServiceReference().getBundle();
        return new Row(metadata.getName(), status(outcome.getStatus()), message(outcome), metadata.getTags(),
                bundle == null ? "" : bundle.getSymbolicName(), Duration.ofMillis(result.getElapsedTimeInMs()), result.getFinishedAt().toInstant());
    }

    private static Status status(Result.Status status) {
        return switch (status) {
            case OK -> Status.OK;
            case WARN -> Status.WARN;
            case TEMPORARILY_UNAVAILABLE -> Status.UNAVAILABLE;
            case CRITICAL -> Status.CRITICAL;
            case HEALTH_CHECK_ERROR -> Status.ERROR;
        };
    }

    /** What made the result bad; all of it when it is good. */
    private static String message(Result result) {
        List<ResultLog.Entry> entries = StreamSupport.stream(result.spliterator(), false).filter(e -> !e.isDebug()).toList();
        boolean bad = result.getStatus() != Result.Status.OK;
        return entries.stream().filter(e -> !bad || e.getStatus() != Result.Status.OK).map(ResultLog.Entry::getMessage)
                .collect(Collectors.joining("; "));
    }

    /** The worst of these; OK when there is none. */
    public static Status worst(List<Row> rows) {
        return rows.stream().map(Row::status).max(Comparator.naturalOrder()).orElse(Status.OK);
    }

    @Override
    public void collect(Sink sink) {
        last.forEach((check, status) -> sink.gauge("cloudos_health_status",
                "Last result of a health check: 0 ok, 1 warning, 2 not available now, 3 critical, 4 the check itself failed.",
                status.ordinal(), "check", check));
        Map<Status, Integer> count = new TreeMap<>();
        last.values().forEach(s -> count.merge(s, 1, Integer::sum));
        for (Status status : Status.values()) {
            sink.gauge("cloudos_health_checks", "Health checks by their last result.", count.getOrDefault(status, 0),
                    "status", status.name().toLowerCase(Locale.ROOT));
        }
    }
}
