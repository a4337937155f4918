package org.cloudos.metrics;

import java.util.List;

/**
 * What a histogram observed.
 *
 * @param buckets ascending; the last one's bound is infinite
 */
public record Distribution(long count, double sum, List<Bucket> buckets) {
    /**
     * A fixed bucket.
     *
     * @param upTo  greatest value that counts here
     * @param count observations in this bucket alone
     */
    public record Bucket(double upTo, long count) { }

    /** Copies the list. */
    public Distribution {
        buckets = List.copyOf(buckets);
    }

    /** The mean; NaN without observations. */
    public double mean() {
        return sum / count;
    }

    /**
     * Estimates a quantile by linear interpolation within a bucket, as Prometheus' {@code histogram_quantile} does.
     *
     * @param quantile 0 to 1
     * @return NaN without observations
     */
    public double quantile(double quantile) {
        double rank = quantile * buckets.stream().mapToLong(Bucket::count).sum();
        double below = 0;
        double lower = 0;
        for (Bucket bucket : buckets) {
            if (bucket.count() > 0 && below + bucket.count() >= rank) {
                return Double.isInfinite(bucket.upTo()) ? lower : lower + (bucket.upTo() - lower) * Math.max(0, rank - below) / bucket.count();
            }
            below += bucket.count();
            lower = bucket.upTo();
        }
        return Double.NaN;
    }
}
