package org.cloudos.metrics.history;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.Map;

/**
 * The series of one reading.
 *
 * @param leftOut how many did not fit
 */
record Ticks(Map<SeriesKey, Double> values, int leftOut) {
    /** Flattens a reading; of a histogram its count and its sum. */
    static Ticks of(MetricSnapshots snapshots, int maxSeries) {
        Bounded bounded = new Bounded(maxSeries);
        for (MetricSnapshot snapshot : snapshots) {
            String name = snapshot.getMetadata().getPrometheusName();
            switch (snapshot) {
                case CounterSnapshot counter -> {
                    String total = (name + "_total").intern();
                    counter.getDataPoints().forEach(p -> bounded.put(new SeriesKey(total, p.getLabels()), p.getValue()));
                }
                case GaugeSnapshot gauge -> gauge.getDataPoints().forEach(p -> bounded.put(new SeriesKey(name, p.getLabels()), p.getValue()));
                case HistogramSnapshot histogram -> histogram.getDataPoints().forEach(p -> {
                    bounded.put(new SeriesKey(name + "_count", p.getLabels()), p.getCount());
                    bounded.put(new SeriesKey(name + "_sum", p.getLabels()), p.getSum());
                });
                default -> { }
            }
        }
        return new Ticks(bounded.values, bounded.leftOut);
    }

    private static final class Bounded {
        private final int max;
        private final Map<SeriesKey, Double> values = new HashMap<>(1024);
        private int leftOut;

        Bounded(int max) {
            this.max = max;
        }

        void put(SeriesKey key, double value) {
            if (values.size() < max) {
                values.put(key, value);
            } else {
                leftOut++;
            }
        }
    }
}
