package org.cloudos.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What the metrics were: a day, a value every 10 s, kept on the node over restarts. Of a histogram the series
 * {@code NAME_count} and {@code NAME_sum} are kept.
 *
 * <p>Expressions are a part of PromQL, with its meaning: selectors ({@code node_load1}, {@code x_total{code="500",route!~"/a.*"}}),
 * {@code rate increase delta avg_over_time min_over_time max_over_time} of a range ({@code x_total[5m]}), {@code abs absent},
 * {@code sum avg min max count} with {@code by} or {@code without}, {@code + - * / %}, comparisons, {@code and or unless}, brackets.
 */
@ProviderType
public interface History {
    /**
     * A value.
     *
     * @param name   of the metric; empty for what was computed
     * @param labels sorted by name
     */
    record Reading(String name, Map<String, String> labels, double value) { }

    /** A point of a graph. */
    record Point(Instant at, double value) { }

    /** A series as a graph. Where nothing is known there is no point. */
    record Graph(String name, Map<String, String> labels, List<Point> points) {
        /** Copies the list. */
        public Graph {
            points = List.copyOf(points);
        }
    }

    /**
     * What is kept.
     *
     * @param since      the oldest value's time; now when there is none
     * @param interval   from value to value
     * @param series     that are kept
     * @param leftOut    series that are not, for there are too many
     * @param bytes      on disk
     * @param lostTicks  that could not be written since the start
     */
    record Extent(Instant since, Duration interval, int series, int leftOut, long bytes, long lostTicks) { }

    /**
     * Evaluates an expression at the newest moment that is kept.
     *
     * @return empty when nothing matches, a comparison holds for none, or the newest moment is older than 5 minutes
     * @throws ExpressionException says what was expected where
     */
    List<Reading> now(String expression);

    /**
     * Evaluates an expression at {@code from}, {@code from + step}, ... until {@code to}.
     *
     * @param step at least a second; at most 11,000 steps
     * @return a graph for each series, at most 1,000
     * @throws ExpressionException      says what was expected where
     * @throws IllegalArgumentException when there would be too many steps
     */
    List<Graph> range(String expression, Instant from, Instant to, Duration step);

    /**
     * Checks an expression without evaluating it.
     *
     * @throws ExpressionException says what was expected where
     */
    void check(String expression);

    /** What is kept. */
    Extent extent();
}
