package org.cloudos.metrics;

import org.osgi.annotation.versioning.ProviderType;

/** A number that only grows, from 0 at the start of its bundle. Costs a few nanoseconds; never blocks. */
@ProviderType
public interface Counter {
    /** Adds one. */
    void inc();

    /**
     * Adds an amount.
     *
     * @throws IllegalArgumentException when it is negative
     */
    void inc(long amount);

    /**
     * Adds an amount, seconds for instance.
     *
     * @throws IllegalArgumentException when it is negative
     */
    void inc(double amount);

    /** What was counted so far. */
    double value();
}
