package org.cloudos.metrics;

import org.osgi.annotation.versioning.ProviderType;

/** A number that goes up and down. Never blocks. */
@ProviderType
public interface Gauge {
    /** Sets it. */
    void set(double value);

    /** Adds an amount, which may be negative. */
    void add(double amount);

    /** What it is. */
    double value();
}
