package org.cloudos.metrics.registry;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.cloudos.metrics.Metric.Kind;
import org.cloudos.metrics.MetricSource;

/**
 * Takes what sources tell in one reading. A source's values count when it told all of them without a fault; one that is
 * wrong can't spoil the others'. Used by one thread.
 */
final class Gatherer {
    /** Values that one source may tell. */
    static final int MAX_VALUES = 20_000;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,199}");

    /** One name's values. */
    private static final class Gathered {
        private final Kind kind;
        private final String help;
        private final Map<Labels, Double> values = new LinkedHashMap<>();

        Gathered(Kind kind, String help) {
            this.kind = kind;
            this.help = help;
        }
    }

    /** Names that were legal, so that the next reading needn't look again. */
    private static final Set<String> LEGAL = java.util.concurrent.ConcurrentHashMap.newKeySet();
    private static final int MAX_LEGAL = 20_000;

    private final Map<String, Gathered> all = new HashMap<>();
    private final Predicate<String> taken;

    /** @param taken names that the registry has */
    Gatherer(Predicate<String> taken) {
        this.taken = taken;
    }

    /** A sink for one source; nothing counts before {@link Part#done}. */
    Part part() {
        return new Part();
    }

    /** What one source tells. */
    final class Part implements MetricSource.Sink {
        private final Map<String, Gathered> mine = new LinkedHashMap<>();
        private int count;
        private volatile boolean over;

        @Override
        public void counter(String name, String help, double value, String... labels) {
            if (!name.endsWith("_total") || value < 0) {
                throw new IllegalArgumentException("a counter's name ends with _total and it is not negative, found " + name + " = " + value);
            }
            put(Kind.COUNTER, name, help, value, labels);
        }

        @Override
        public void gauge(String name, String help, double value, String... labels) {
            if (name.endsWith("_total")) {
                throw new IllegalArgumentException("only a counter's name ends with _total, found " + name);
            }
            put(Kind.GAUGE, name, help, value, labels);
        }

        private void put(Kind kind, String name, String help, double value, String[] labels) {
            if (over) {
                throw new IllegalStateException("too late: the reading is over");
            }
            if (++count > MAX_VALUES) {
                throw new IllegalArgumentException("more than " + MAX_VALUES + " values");
            }
            legal(name);
            Gathered metric = mine.computeIfAbsent(name, n -> new Gathered(kind, help));
            Gathered others = all.get(name);
            if (metric.kind != kind || others != null && others.kind != kind || taken.test(name)) {
                throw new IllegalArgumentException(name + " is there already, as another metric");
            }
            Labels key = labels.length == 0 ? Labels.EMPTY : labels(labels);
            if (others != null && others.values.containsKey(key) || metric.values.put(key, value) != null) {
                throw new IllegalArgumentException(name + " has these labels twice: " + key);
            }
        }

        private Labels labels(String[] labels) {
            String[] values = labels.clone();
            for (int i = 0; i + 1 < values.length; i += 2) {
                legal(values[i]);
                values[i + 1] = BoundedFamily.legal(values[i + 1]);
            }
            return Labels.of(values);
        }

        /** Nobody waits for the source any more. */
        void abandon() {
            over = true;
        }

        /** The source told all that it has. */
        void done() {
            over = true;
            mine.forEach((name, metric) -> {
                Gathered there = all.putIfAbsent(name, metric);
                if (there != null) {
                    there.values.putAll(metric.values);
                }
            });
        }
    }

    private static void legal(String name) {
        if (LEGAL.contains(name)) {
            return;
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("expected a name of the form " + NAME + ", found \"" + name + "\"");
        }
        if (LEGAL.size() < MAX_LEGAL) {
            LEGAL.add(name);
        }
    }

    List<MetricSnapshot> snapshots() {
        List<MetricSnapshot> snapshots = new ArrayList<>(all.size());
        Set<String> bases = new HashSet<>();
        all.forEach((name, metric) -> {
            String base = metric.kind == Kind.COUNTER ? name.substring(0, name.length() - "_total".length()) : name;
            // "x" and "x_total" would be one family in OpenMetrics.
            if (bases.add(base)) {
                snapshots.add(snapshot(base, metric));
            }
        });
        return snapshots;
    }

    private static MetricSnapshot snapshot(String base, Gathered metric) {
        MetricMetadata metadata = new MetricMetadata(base, metric.help);
        if (metric.kind == Kind.COUNTER) {
            List<CounterSnapshot.CounterDataPointSnapshot> points = new ArrayList<>(metric.values.size());
            metric.values.forEach((labels, value) -> points.add(new CounterSnapshot.CounterDataPointSnapshot(value, labels, null, 0)));
            return new CounterSnapshot(metadata, points);
        }
        List<GaugeSnapshot.GaugeDataPointSnapshot> points = new ArrayList<>(metric.values.size());
        metric.values.forEach((labels, value) -> points.add(new GaugeSnapshot.GaugeDataPointSnapshot(value, labels, null)));
        return new GaugeSnapshot(metadata, points);
    }
}
