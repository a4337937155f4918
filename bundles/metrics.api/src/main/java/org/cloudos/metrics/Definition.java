package org.cloudos.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a metric is called and means.
 *
 * @param name    {@code [a-zA-Z_][a-zA-Z0-9_]*}; ends with the unit, a counter's with {@code _total}
 * @param help    one sentence for those who see the metric the first time
 * @param labels  names of the labels; none begins with {@code __}
 * @param limit   how many series it may have. Values of labels beyond it are counted together, in a series whose labels
 *                are all {@value #OVERFLOW}, and reported
 * @param buckets upper bounds of a histogram's fixed buckets, ascending; empty takes 5 ms to 10 s
 */
public record Definition(String name, String help, List<String> labels, int limit, List<Double> buckets) {
    /** Series of a metric whose definition names no limit. */
    public static final int LIMIT = 200;
    /** No definition may ask for more. */
    public static final int MAX_LIMIT = 100_000;
    /** Value of all labels of the series that takes what is beyond the limit. */
    public static final String OVERFLOW = "_overflow";
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,199}");

    /** Checks what the exposition formats demand. */
    public Definition {
        labels = List.copyOf(labels);
        buckets = List.copyOf(buckets);
        check(NAME.matcher(name).matches(), "expected a metric's name of the form " + NAME + ", found \"" + name + "\"");
        check(!help.isBlank(), name + " has no help text");
        check(labels.stream().allMatch(l -> NAME.matcher(l).matches() && !l.startsWith("__") && !l.equals("le") && !l.equals("quantile")),
                name + " has a label that is no name or is reserved: " + labels);
        check(labels.stream().distinct().count() == labels.size(), name + " has a label twice: " + labels);
        check(limit > 0 && limit <= MAX_LIMIT, name + " has a limit of " + limit + " series; expected 1 to " + MAX_LIMIT);
        for (int i = 1; i < buckets.size(); i++) {
            check(buckets.get(i - 1) < buckets.get(i), name + " has buckets that do not ascend: " + buckets);
        }
    }

    /** A metric without labels. */
    public static Definition of(String name, String help) {
        return new Definition(name, help, List.of(), LIMIT, List.of());
    }

    /** With these labels. */
    public Definition labels(String... names) {
        return new Definition(name, help, List.of(names), limit, buckets);
    }

    /** With at most this many series. */
    public Definition limit(int series) {
        return new Definition(name, help, labels, series, buckets);
    }

    /** With these fixed buckets. */
    public Definition buckets(double... upperBounds) {
        return new Definition(name, help, labels, limit, Arrays.stream(upperBounds).boxed().toList());
    }

    private static void check(boolean good, String message) {
        if (!good) {
            throw new IllegalArgumentException(message);
        }
    }
}
