package org.cloudos.metrics.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.metrics.History.Reading;

/** The value of an expression at one moment, as PromQL defines it. */
public final class Evaluator {
    /** How old the newest value of a series may be. */
    public static final long LOOK_BACK_MS = 300_000;

    /** Where series come from. */
    public interface Data {
        /** Series that the selector means, with their points from one time to another, both included. */
        List<SeriesData> load(Expr.Selector selector, long from, long to);
    }

    private final Expr expr;
    private final Map<Expr.Selector, List<SeriesData>> data = new IdentityHashMap<>();

    /** Loads all that is needed to evaluate at the times from {@code from} to {@code to}. */
    public Evaluator(Expr expr, Data source, long from, long to) {
        this.expr = expr;
        List<Expr.Selector> selectors = new ArrayList<>();
        expr.selectors(selectors);
        for (Expr.Selector selector : selectors) {
            long back = selector.rangeMs() > 0 ? selector.rangeMs() : LOOK_BACK_MS;
            data.put(selector, source.load(selector, from - back, to).stream().map(SeriesData::sealed).toList());
        }
    }

    /** The value at a time; of a number one reading without labels. */
    public List<Reading> at(long time) {
        if (Parser.isScalar(expr)) {
            return List.of(new Reading("", Map.of(), scalar(expr)));
        }
        return vector(expr, time);
    }

    private static double scalar(Expr expr) {
        return switch (expr) {
            case Expr.Number n -> n.value();
            case Expr.Binary b -> b.operator().apply(scalar(b.left()), scalar(b.right()));
            default -> throw new IllegalStateException("no scalar: " + expr);
        };
    }

    private List<Reading> vector(Expr of, long time) {
        return switch (of) {
            case Expr.Selector s -> instant(s, time);
            case Expr.Call c -> call(c, time);
            case Expr.Aggregate a -> aggregate(a, vector(a.argument(), time));
            case Expr.Binary b when Parser.isScalar(b.left()) -> withScalar(b, vector(b.right(), time), scalar(b.left()), true);
            case Expr.Binary b when Parser.isScalar(b.right()) -> withScalar(b, vector(b.left(), time), scalar(b.right()), false);
            case Expr.Binary b when b.operator().isSet() -> sets(b.operator(), vector(b.left(), time), vector(b.right(), time));
            case Expr.Binary b -> both(b.operator(), vector(b.left(), time), vector(b.right(), time));
            case Expr.Number n -> throw new IllegalStateException("a number is no vector");
        };
    }

    private List<Reading> instant(Expr.Selector selector, long time) {
        List<Reading> readings = new ArrayList<>();
        for (SeriesData series : data.get(selector)) {
            int i = series.atOrBefore(time);
            if (i >= 0 && series.time(i) > time - LOOK_BACK_MS && !isStale(series.value(i))) {
                readings.add(new Reading(series.name(), series.labels(), series.value(i)));
            }
        }
        return readings;
    }

    private static boolean isStale(double value) {
        return Double.doubleToRawLongBits(value) == 0x7ff0000000000002L;
    }

    private List<Reading> call(Expr.Call call, long time) {
        if (call.function() == Expr.Function.ABSENT) {
            return vector(call.argument(), time).isEmpty() ? List.of(new Reading("", absentLabels(call.argument()), 1)) : List.of();
        }
        if (call.function() == Expr.Function.ABS) {
            return vector(call.argument(), time).stream().map(r -> new Reading("", r.labels(), Math.abs(r.value()))).toList();
        }
        Expr.Selector range = (Expr.Selector) call.argument();
        List<Reading> readings = new ArrayList<>();
        for (SeriesData series : data.get(range)) {
            double value = Ranges.apply(call.function(), series, time - range.rangeMs(), time);
            if (!isStale(value)) {
                readings.add(new Reading("", series.labels(), value));
            }
        }
        return readings;
    }

    /** The labels that the selector demands to be equal. */
    private static Map<String, String> absentLabels(Expr argument) {
        Map<String, String> labels = new TreeMap<>();
        if (argument instanceof Expr.Selector selector) {
            selector.matchers().stream().filter(m -> m.equal() && m.pattern() == null).forEach(m -> labels.put(m.label(), m.text()));
        }
        return labels;
    }

    private static List<Reading> aggregate(Expr.Aggregate aggregate, List<Reading> readings) {
        Map<Map<String, String>, double[]> groups = new LinkedHashMap<>();
        for (Reading reading : readings) {
            Map<String, String> group = new TreeMap<>(reading.labels());
            group.keySet().removeIf(label -> aggregate.labels().contains(label) == aggregate.without());
            double[] state = groups.computeIfAbsent(group, g -> new double[] {0, 0, Double.NaN, Double.NaN});
            double v = reading.value();
            state[0] += v;
            state[1]++;
            state[2] = state[2] < v ? state[2] : v;
            state[3] = state[3] > v ? state[3] : v;
        }
        List<Reading> result = new ArrayList<>();
        groups.forEach((labels, s) -> result.add(new Reading("", Collections.unmodifiableMap(labels), switch (aggregate.fold()) {
            case SUM -> s[0];
            case AVG -> s[0] / s[1];
            case MIN -> s[2];
            case MAX -> s[3];
            case COUNT -> s[1];
        })));
        return result;
    }

    private static List<Reading> withScalar(Expr.Binary binary, List<Reading> readings, double scalar, boolean left) {
        List<Reading> result = new ArrayList<>();
        for (Reading r : readings) {
            double value = left ? binary.operator().apply(scalar, r.value()) : binary.operator().apply(r.value(), scalar);
            if (!binary.operator().isComparison()) {
                result.add(new Reading("", r.labels(), value));
            } else if (value == 1) {
                result.add(r);
            }
        }
        return result;
    }

    private static List<Reading> sets(Expr.Operator operator, List<Reading> left, List<Reading> right) {
        Set<Map<String, String>> keys = new HashSet<>();
        (operator == Expr.Operator.OR ? left : right).forEach(r -> keys.add(r.labels()));
        List<Reading> result = new ArrayList<>();
        if (operator == Expr.Operator.OR) {
            result.addAll(left);
            right.stream().filter(r -> !keys.contains(r.labels())).forEach(result::add);
        } else {
            left.stream().filter(r -> keys.contains(r.labels()) == (operator == Expr.Operator.AND)).forEach(result::add);
        }
        return result;
    }

    /** One to one, by equal labels. */
    private static List<Reading> both(Expr.Operator operator, List<Reading> left, List<Reading> right) {
        Map<Map<String, String>, Reading> others = new HashMap<>();
        right.forEach(r -> others.put(r.labels(), r));
        List<Reading> result = new ArrayList<>();
        for (Reading r : left) {
            Reading other = others.get(r.labels());
            if (other != null) {
                double value = operator.apply(r.value(), other.value());
                if (!operator.isComparison()) {
                    result.add(new Reading("", r.labels(), value));
                } else if (value == 1) {
                    result.add(r);
                }
            }
        }
        return result;
    }
}
