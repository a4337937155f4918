package org.cloudos.metrics;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Counts observations by size: in the fixed buckets of its definition, and as a native histogram, whose exponential
 * buckets need no choice beforehand (Prometheus, "Native Histograms"). Costs some ten nanoseconds.
 */
@ProviderType
public interface Histogram {
    /** Counts one observation, in the unit that the metric's name ends with. A NaN counts as an observation of no bucket. */
    void observe(double value);

    /** What was observed so far. */
    Distribution read();
}
