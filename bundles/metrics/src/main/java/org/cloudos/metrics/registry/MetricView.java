package org.cloudos.metrics.registry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cloudos.metrics.Distribution;
import org.cloudos.metrics.Metric;

/** The client's snapshots as records of the API. */
public final class MetricView {
    private MetricView() { }

    /** One metric. */
    public static Metric of(MetricSnapshot snapshot) {
        List<Metric.Sample> samples = new ArrayList<>();
        Metric.Kind kind = switch (snapshot) {
            case CounterSnapshot counter -> {
                counter.getDataPoints().forEach(p -> samples.add(sample(p, p.getValue())));
                yield Metric.Kind.COUNTER;
            }
            case HistogramSnapshot histogram -> {
                histogram.getDataPoints().forEach(p -> {
                    Distribution distribution = distribution(p);
                    samples.add(new Metric.Sample(labels(p.getLabels()), distribution.count(), Optional.of(distribution)));
                });
                yield Metric.Kind.HISTOGRAM;
            }
            case GaugeSnapshot gauge -> {
                gauge.getDataPoints().forEach(p -> samples.add(sample(p, p.getValue())));
                yield Metric.Kind.GAUGE;
            }
            default -> throw new IllegalStateException("nobody makes a " + snapshot.getClass());
        };
        return new Metric(name(snapshot), kind, snapshot.getMetadata().getHelp(), samples);
    }

    /** The name as exported. */
    public static String name(MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getPrometheusName();
        return snapshot instanceof CounterSnapshot ? name + "_total" : name;
    }

    private static Metric.Sample sample(DataPointSnapshot point, double value) {
        return new Metric.Sample(labels(point.getLabels()), value, Optional.empty());
    }

    /** Labels as a map, sorted by name. */
    public static Map<String, String> labels(Labels labels) {
        if (labels.isEmpty()) {
            return Map.of();
        }
        Map<String, String> map = new TreeMap<>();
        for (Label label : labels) {
            map.put(label.getName(), label.getValue());
        }
        return Collections.unmodifiableMap(map);
    }

    static Distribution distribution(HistogramSnapshot.HistogramDataPointSnapshot point) {
        ClassicHistogramBuckets classic = point.getClassicBuckets();
        List<Distribution.Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < classic.size(); i++) {
            buckets.add(new Distribution.Bucket(classic.getUpperBound(i), classic.getCount(i)));
        }
        return new Distribution(point.getCount(), point.getSum(), buckets);
    }
}
