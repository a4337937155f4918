package org.cloudos.metrics;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where bundles get their metrics from and where all of them are read. A service of scope bundle: metrics go when the
 * last bundle that asked for them gives the service back.
 *
 * <p>Asking twice for the same definition gives the same metric, also to two bundles.
 */
@ProviderType
public interface Metrics {
    /**
     * A counter for each combination of labels.
     *
     * @throws IllegalArgumentException when the name does not end with {@code _total}, or is taken by another definition
     */
    Family<Counter> counters(Definition definition);

    /**
     * A gauge for each combination of labels.
     *
     * @throws IllegalArgumentException when the name ends with {@code _total}, or is taken by another definition
     */
    Family<Gauge> gauges(Definition definition);

    /**
     * A histogram for each combination of labels.
     *
     * @throws IllegalArgumentException when the name is taken by another definition
     */
    Family<Histogram> histograms(Definition definition);

    /** A counter without labels. */
    default Counter counter(String name, String help) {
        return counters(Definition.of(name, help)).labels();
    }

    /** A gauge without labels. */
    default Gauge gauge(String name, String help) {
        return gauges(Definition.of(name, help)).labels();
    }

    /** A histogram without labels. */
    default Histogram histogram(String name, String help) {
        return histograms(Definition.of(name, help)).labels();
    }

    /** Reads all metrics, those of every {@link MetricSource} too, sorted by name. Takes some milliseconds. */
    List<Metric> read();
}
