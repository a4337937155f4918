package org.cloudos.metrics;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A metric with labels: one counter, gauge or histogram for each combination of values.
 *
 * @param <T> {@link Counter}, {@link Gauge} or {@link Histogram}
 */
@ProviderType
public interface Family<T> {
    /** What it was made from. */
    Definition definition();

    /**
     * The one with these values, made when it is not there. Keep it where it is used often. Beyond the definition's
     * limit everybody gets the same one, and {@code cloudos_metrics_overflow_total} counts.
     *
     * @param values as many as the definition has labels, in its order; cut after 128 characters
     * @throws IllegalArgumentException when their number is another
     */
    T labels(String... values);

    /** Forgets the one with these values, of something that is gone; it can be made again. */
    void remove(String... values);

    /** How many there are, the one for the overflow not counted. */
    int size();
}
