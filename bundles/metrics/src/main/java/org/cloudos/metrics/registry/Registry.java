package org.cloudos.metrics.registry;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Family;
import org.cloudos.metrics.Gauge;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.Metric;
import org.cloudos.metrics.MetricSource;

/** Metrics that bundles asked for, each as long as one of them wants it. */
public final class Registry implements MetricSource {
    private static final System.Logger LOG = System.getLogger(Registry.class.getName());
    /** Metrics in all, so that names made at run time can't grow without bound either. */
    static final int MAX_METRICS = 5_000;

    private final Map<String, Registered<?>> byName = new HashMap<>(); // guarded by this
    private final Map<String, Integer> users = new HashMap<>();        // guarded by this

    /** Finds or makes a counter; each call is to be matched by a {@link #release}. */
    public Family<Counter> counter(Definition definition) {
        if (!definition.name().endsWith("_total")) {
            throw new IllegalArgumentException("a counter's name ends with _total, found " + definition.name());
        }
        return find(Metric.Kind.COUNTER, definition, Registered::counter);
    }

    /** Finds or makes a gauge; each call is to be matched by a {@link #release}. */
    public Family<Gauge> gauge(Definition definition) {
        notTotal(definition);
        return find(Metric.Kind.GAUGE, definition, Registered::gauge);
    }

    /** Finds or makes a histogram; each call is to be matched by a {@link #release}. */
    public Family<Histogram> histogram(Definition definition) {
        notTotal(definition);
        return find(Metric.Kind.HISTOGRAM, definition, Registered::histogram);
    }

    private static void notTotal(Definition definition) {
        if (definition.name().endsWith("_total")) {
            throw new IllegalArgumentException("only a counter's name ends with _total, found " + definition.name());
        }
    }

    @SuppressWarnings("unchecked") // the kind was compared
    private synchronized <T> Family<T> find(Metric.Kind kind, Definition definition,
            BiFunction<Definition, Runnable, Registered<T>> make) {
        String name = definition.name();
        Registered<?> there = byName.get(name);
        if (there == null) {
            if (byName.size() >= MAX_METRICS) {
                throw new IllegalStateException("there are " + MAX_METRICS + " metrics already; " + name + " finds no room."
                        + " Put what varies into a label, not into the name");
            }
            there = make.apply(definition, () -> LOG.log(System.Logger.Level.WARNING, name + " has " + definition.limit()
                    + " series, its limit; what more comes is counted together as " + Definition.OVERFLOW));
            byName.put(name, there);
        } else if (there.kind() != kind || !there.family().definition().equals(definition)) {
            throw new IllegalArgumentException(name + " is there already as another metric: " + there.kind() + " "
                    + there.family().definition() + "; asked for " + kind + " " + definition);
        }
        users.merge(name, 1, Integer::sum);
        return (Family<T>) there.family();
    }

    /** Gives one use back; the last one removes the metric. */
    public synchronized void release(String name) {
        if (users.merge(name, -1, Integer::sum) <= 0) {
            users.remove(name);
            byName.remove(name);
        }
    }

    /** Whether a bundle has a metric of this name. */
    synchronized boolean has(String name) {
        return byName.containsKey(name);
    }

    /** Snapshots of all. */
    List<MetricSnapshot> snapshots() {
        List<Registered<?>> all;
        synchronized (this) {
            all = new ArrayList<>(byName.values());
        }
        List<MetricSnapshot> snapshots = new ArrayList<>(all.size());
        for (Registered<?> metric : all) {
            snapshots.add(metric.collector().collect());
        }
        return snapshots;
    }

    @Override
    public void collect(Sink sink) {
        List<Registered<?>> all;
        synchronized (this) {
            all = new ArrayList<>(byName.values());
        }
        sink.gauge("cloudos_metrics_families", "Metrics that bundles asked for.", all.size());
        for (Registered<?> metric : all) {
            long overflowed = metric.family().overflowed();
            if (overflowed > 0) {
                sink.counter("cloudos_metrics_overflow_total", "Series that found no room, by metric.", overflowed, "metric",
                        metric.family().definition().name());
            }
        }
    }
}
