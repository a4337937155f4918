package org.cloudos.metrics.registry;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.cloudos.metrics.Counter;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Distribution;
import org.cloudos.metrics.Gauge;
import org.cloudos.metrics.Histogram;
import org.cloudos.metrics.Metric;

/**
 * A metric of a bundle, with the client's metric behind it.
 *
 * @param collector gives the client's snapshot
 */
record Registered<T>(Metric.Kind kind, BoundedFamily<T> family, Collector collector) {

    static Registered<Counter> counter(Definition definition, Runnable full) {
        var metric = io.prometheus.metrics.core.metrics.Counter.builder().name(definition.name()).help(definition.help())
                .labelNames(names(definition)).withoutExemplars().build();
        return new Registered<>(Metric.Kind.COUNTER, new BoundedFamily<>(definition, new BoundedFamily.Points<>() {
            @Override public Counter make(String... values) {
                return new Count(values.length == 0 ? metric : metric.labelValues(values));
            }

            @Override public void remove(String... values) {
                metric.remove(values);
            }
        }, full), metric);
    }

    static Registered<Gauge> gauge(Definition definition, Runnable full) {
        var metric = io.prometheus.metrics.core.metrics.Gauge.builder().name(definition.name()).help(definition.help())
                .labelNames(names(definition)).withoutExemplars().build();
        return new Registered<>(Metric.Kind.GAUGE, new BoundedFamily<>(definition, new BoundedFamily.Points<>() {
            @Override public Gauge make(String... values) {
                return new Level(values.length == 0 ? metric : metric.labelValues(values));
            }

            @Override public void remove(String... values) {
                metric.remove(values);
            }
        }, full), metric);
    }

    static Registered<Histogram> histogram(Definition definition, Runnable full) {
        var builder = io.prometheus.metrics.core.metrics.Histogram.builder().name(definition.name()).help(definition.help())
                .labelNames(names(definition));
        builder.withoutExemplars();
        if (!definition.buckets().isEmpty()) {
            builder.classicUpperBounds(definition.buckets().stream().mapToDouble(Double::doubleValue).toArray());
        }
        var metric = builder.build();
        return new Registered<>(Metric.Kind.HISTOGRAM, new BoundedFamily<>(definition, new BoundedFamily.Points<>() {
            @Override public Histogram make(String... values) {
                return new Observations(metric, values.length == 0 ? metric : metric.labelValues(values),
                        Labels.of(names(definition), values));
            }

            @Override public void remove(String... values) {
                metric.remove(values);
            }
        }, full), metric);
    }

    private static String[] names(Definition definition) {
        return definition.labels().toArray(String[]::new);
    }

    private record Count(CounterDataPoint point) implements Counter {
        @Override public void inc() {
            point.inc();
        }

        @Override public void inc(long amount) {
            point.inc(amount);
        }

        @Override public void inc(double amount) {
            point.inc(amount);
        }

        @Override public double value() {
            return point.get();
        }
    }

    private record Level(GaugeDataPoint point) implements Gauge {
        @Override public void set(double value) {
            point.set(value);
        }

        @Override public void add(double amount) {
            point.inc(amount);
        }

        @Override public double value() {
            return point.get();
        }
    }

    private record Observations(io.prometheus.metrics.core.metrics.Histogram metric, DistributionDataPoint point, Labels labels)
            implements Histogram {
        @Override public void observe(double value) {
            point.observe(value);
        }

        @Override public Distribution read() {
            return metric.collect().getDataPoints().stream().filter(p -> p.getLabels().equals(labels)).findFirst()
                    .map(MetricView::distribution).orElseGet(() -> MetricView.distribution(
                            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                                    .classicHistogramBuckets(io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets.of(
                                            new double[] {Double.POSITIVE_INFINITY}, new long[] {0})).build()));
        }
    }
}
