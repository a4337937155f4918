package org.cloudos.metrics.query;

/**
 * Functions of a range: the points after its begin up to its end. Rates are extrapolated to the range's ends as
 * Prometheus does, when the points come close to them, and never below a counter's zero.
 */
final class Ranges {
    private static final double NOTHING = Double.longBitsToDouble(0x7ff0000000000002L);
    /** Points may be this much farther from an end than from each other. */
    private static final double NEAR = 1.1;

    private Ranges() { }

    /** The stale marker when there are too few points. */
    static double apply(Expr.Function function, SeriesData series, long after, long until) {
        int last = series.atOrBefore(until);
        int first = series.atOrBefore(after) + 1;
        return switch (function) {
            case RATE, INCREASE, DELTA -> extrapolated(function, series, first, last, after, until);
            default -> over(function, series, first, last);
        };
    }

    private static double over(Expr.Function function, SeriesData series, int first, int last) {
        double sum = 0;
        int count = 0;
        double min = Double.NaN;
        double max = Double.NaN;
        for (int i = first; i <= last; i++) {
            double v = series.value(i);
            if (isStale(v)) {
                continue;
            }
            sum += v;
            count++;
            min = min < v ? min : v;
            max = max > v ? max : v;
        }
        if (count == 0) {
            return NOTHING;
        }
        return function == Expr.Function.AVG_OVER_TIME ? sum / count : function == Expr.Function.MIN_OVER_TIME ? min : max;
    }

    private static boolean isStale(double value) {
        return Double.doubleToRawLongBits(value) == 0x7ff0000000000002L;
    }

    private static double extrapolated(Expr.Function function, SeriesData series, int from, int to, long after, long until) {
        boolean counter = function != Expr.Function.DELTA;
        int first = -1;
        int last = -1;
        int count = 0;
        double resets = 0;
        for (int i = from; i <= to; i++) {
            double v = series.value(i);
            if (isStale(v)) {
                continue;
            }
            if (first < 0) {
                first = i;
            } else if (counter && v < series.value(last)) {
                resets += series.value(last);
            }
            last = i;
            count++;
        }
        if (count < 2) {
            return NOTHING;
        }
        double change = series.value(last) - series.value(first) + resets;
        double sampled = (series.time(last) - series.time(first)) / 1e3;
        double between = sampled / (count - 1);
        double toStart = (series.time(first) - after) / 1e3;
        double toEnd = (until - series.time(last)) / 1e3;
        if (toStart >= between * NEAR) {
            toStart = between / 2;
        }
        if (counter && change > 0 && series.value(first) >= 0) {
            toStart = Math.min(toStart, sampled * (series.value(first) / change));
        }
        if (toEnd >= between * NEAR) {
            toEnd = between / 2;
        }
        double factor = (sampled + toStart + toEnd) / sampled;
        return change * (function == Expr.Function.RATE ? factor / ((until - after) / 1e3) : factor);
    }
}
