package org.cloudos.metrics;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A metric as it was at one moment.
 *
 * @param name    as exported, a counter's with {@code _total}
 * @param samples one for each combination of labels
 */
public record Metric(String name, Kind kind, String help, List<Sample> samples) {
    /** Kinds of metrics. */
    public enum Kind { COUNTER, GAUGE, HISTOGRAM }

    /**
     * One series' value.
     *
     * @param labels       sorted by name
     * @param value        of a counter or gauge; of a histogram the number of observations
     * @param distribution of a histogram
     */
    public record Sample(Map<String, String> labels, double value, Optional<Distribution> distribution) { }

    /** Copies the list. */
    public Metric {
        samples = List.copyOf(samples);
    }
}
