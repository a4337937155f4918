package org.cloudos.metrics.export;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import java.io.IOException;
import java.io.OutputStream;

/**
 * {@code io.prometheus.client.MetricFamily}, each with its length before it: the one format that has native histograms.
 * Fields are numbered as in Prometheus' client model, {@code io/prometheus/client/metrics.proto}. Encoding: the Protocol
 * Buffers wire format.
 */
final class Protobuf {
    static final String CONTENT_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";
    private static final int COUNTER = 0;
    private static final int GAUGE = 1;
    private static final int HISTOGRAM = 4;
    private static final int MAX_GAP = 2;

    private Protobuf() { }

    static void write(OutputStream out, MetricSnapshots snapshots) throws IOException {
        Message family = new Message();
        Message length = new Message();
        for (MetricSnapshot snapshot : snapshots) {
            family.clear();
            if (family(family, snapshot)) {
                length.clear();
                length.raw(family.size());
                length.writeTo(out);
                family.writeTo(out);
            }
        }
    }

    private static boolean family(Message to, MetricSnapshot snapshot) {
        String name = snapshot.getMetadata().getPrometheusName();
        to.text(1, snapshot instanceof CounterSnapshot ? name + "_total" : name);
        to.text(2, snapshot.getMetadata().getHelp());
        switch (snapshot) {
            case CounterSnapshot counter -> {
                to.number(3, COUNTER);
                for (var point : counter.getDataPoints()) {
                    Message value = value(point.getValue());
                    created(value, 3, point);
                    metric(to, point, 3, value);
                }
            }
            case GaugeSnapshot gauge -> {
                to.number(3, GAUGE);
                for (var point : gauge.getDataPoints()) {
                    metric(to, point, 2, value(point.getValue()));
                }
            }
            case HistogramSnapshot histogram -> {
                to.number(3, HISTOGRAM);
                for (var point : histogram.getDataPoints()) {
                    metric(to, point, 7, histogram(point));
                }
            }
            default -> {
                return false; // nobody makes another kind
            }
        }
        return true;
    }

    private static void metric(Message to, DataPointSnapshot point, int field, Message value) {
        Message metric = new Message();
        for (Label label : point.getLabels()) {
            Message pair = new Message();
            pair.text(1, label.getName());
            pair.text(2, label.getValue());
            metric.message(1, pair);
        }
        metric.message(field, value);
        to.message(4, metric);
    }

    private static Message value(double value) {
        Message message = new Message();
        message.real(1, value);
        return message;
    }

    private static Message histogram(HistogramSnapshot.HistogramDataPointSnapshot point) {
        Message to = new Message();
        to.number(1, point.getCount());
        to.real(2, point.getSum());
        if (point.hasClassicHistogramData()) {
            ClassicHistogramBuckets buckets = point.getClassicBuckets();
            long cumulative = 0;
            for (int i = 0; i < buckets.size(); i++) {
                cumulative += buckets.getCount(i);
                Message bucket = new Message();
                bucket.number(1, cumulative);
                bucket.real(2, buckets.getUpperBound(i));
                to.message(3, bucket);
            }
        }
        if (point.hasNativeHistogramData()) {
            to.signed(5, point.getNativeSchema());
            to.real(6, point.getNativeZeroThreshold());
            to.number(7, point.getNativeZeroCount());
            spans(to, 9, 10, point.getNativeBucketsForNegativeValues());
            spans(to, 12, 13, point.getNativeBucketsForPositiveValues());
        }
        return to;
    }

    /** {@code google.protobuf.Timestamp}. */
    private static void created(Message to, int field, DataPointSnapshot point) {
        if (point.hasCreatedTimestamp()) {
            long ms = point.getCreatedTimestampMillis();
            Message time = new Message();
            time.number(1, Math.floorDiv(ms, 1000L));
            time.number(2, Math.floorMod(ms, 1000L) * 1_000_000);
            to.message(field, time);
        }
    }

    /** Runs of neighbouring buckets, and each count less the one before. A short gap is filled with empty buckets: a span costs more. */
    private static void spans(Message to, int spanField, int deltaField, NativeHistogramBuckets buckets) {
        if (buckets.size() == 0) {
            return;
        }
        Message deltas = new Message();
        long before = 0;
        int end = 0; // of the last span
        int begin = buckets.getBucketIndex(0);
        int next = begin;
        for (int i = 0; i < buckets.size(); i++) {
            int index = buckets.getBucketIndex(i);
            if (index - next > MAX_GAP) {
                span(to, spanField, begin - end, next - begin);
                end = next;
                begin = index;
                next = index;
            }
            for (; next < index; next++) {
                deltas.rawSigned(-before);
                before = 0;
            }
            deltas.rawSigned(buckets.getCount(i) - before);
            before = buckets.getCount(i);
            next++;
        }
        span(to, spanField, begin - end, next - begin);
        to.message(deltaField, deltas); // packed
    }

    private static void span(Message to, int field, int offset, int length) {
        Message span = new Message();
        span.signed(1, offset);
        span.number(2, length);
        to.message(field, span);
    }
}
