package org.cloudos.metrics.registry;

import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.metrics.Metric;
import org.cloudos.metrics.MetricSource;

/** Reads everything: the bundles' metrics, our own collectors, and the sources of others. */
public final class Scraper {
    private final Registry registry;
    private final List<MetricSource> own;
    private final Sources others;
    private final ReentrantLock one = new ReentrantLock();
    private long readings;       // guarded by one
    private double lastSeconds;  // guarded by one

    /**
     * What is read.
     *
     * @param own    sources that can be trusted not to wait
     * @param others sources of other bundles
     */
    public Scraper(Registry registry, List<MetricSource> own, Sources others) {
        this.registry = registry;
        this.own = List.copyOf(own);
        this.others = others;
    }

    /** One reading. Readers wait for each other: a collector has state. */
    public MetricSnapshots scrape() {
        one.lock();
        try {
            long begin = System.nanoTime();
            Gatherer gatherer = new Gatherer(registry::has);
            for (MetricSource source : own) {
                others.trusted(source, gatherer);
            }
            others.trusted(registry, gatherer);
            others.collect(gatherer);
            others.trusted(this::ourselves, gatherer);
            MetricSnapshots all = merged(registry.snapshots(), gatherer.snapshots());
            readings++;
            lastSeconds = (System.nanoTime() - begin) / 1e9;
            return all;
        } finally {
            one.unlock();
        }
    }

    private void ourselves(MetricSource.Sink sink) {
        sink.counter("cloudos_metrics_readings_total", "Readings of all metrics: history, scrapes, commands.", readings);
        sink.gauge("cloudos_metrics_reading_seconds", "How long the reading before this one took.", lastSeconds);
        sink.counter("cloudos_metrics_source_failures_total", "Sources that threw, waited too long or told nonsense.", others.failures());
    }

    /** A bundle may have asked for a name between the two readings: the bundle's counts. */
    private static MetricSnapshots merged(List<MetricSnapshot> bundles, List<MetricSnapshot> sources) {
        List<MetricSnapshot> all = new ArrayList<>(bundles.size() + sources.size());
        Set<String> names = new HashSet<>();
        for (List<MetricSnapshot> part : List.of(bundles, sources)) {
            for (MetricSnapshot snapshot : part) {
                if (names.add(snapshot.getMetadata().getPrometheusName()) && !snapshot.getDataPoints().isEmpty()) {
                    all.add(snapshot);
                }
            }
        }
        return new MetricSnapshots(all);
    }

    /** One reading as records. */
    public List<Metric> read() {
        return scrape().stream().map(MetricView::of).sorted(java.util.Comparator.comparing(Metric::name)).toList();
    }
}
