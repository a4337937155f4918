package org.cloudos.metrics.query;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What an expression is made of. */
public sealed interface Expr {
    /** A number. */
    record Number(double value) implements Expr { }

    /**
     * Series by name and labels.
     *
     * @param rangeMs of a range vector; 0 of an instant vector
     */
    record Selector(String name, List<Matcher> matchers, long rangeMs) implements Expr {
        /** Whether a series is meant. */
        public boolean matches(String seriesName, Map<String, String> labels) {
            return seriesName.equals(name) && matchers.stream().allMatch(m -> m.matches(labels.getOrDefault(m.label(), "")));
        }
    }

    /** A condition on a label; one that a series lacks is empty. */
    record Matcher(String label, boolean equal, String text, Pattern pattern) {
        boolean matches(String value) {
            return (pattern == null ? text.equals(value) : pattern.matcher(value).matches()) == equal;
        }
    }

    /** A function. */
    record Call(Function function, Expr argument) implements Expr { }

    /** Functions of one argument. */
    enum Function {
        RATE(true), INCREASE(true), DELTA(true), AVG_OVER_TIME(true), MIN_OVER_TIME(true), MAX_OVER_TIME(true), ABS(false), ABSENT(false);

        private final boolean ofRange;

        Function(boolean ofRange) {
            this.ofRange = ofRange;
        }

        boolean ofRange() {
            return ofRange;
        }
    }

    /**
     * Many series to one for each group.
     *
     * @param labels  that make the groups
     * @param without whether they are those that don't
     */
    record Aggregate(Fold fold, List<String> labels, boolean without, Expr argument) implements Expr { }

    /** Ways to make one of many. */
    enum Fold { SUM, AVG, MIN, MAX, COUNT }

    /** Two operands. */
    record Binary(Operator operator, Expr left, Expr right) implements Expr { }

    /** Operators, as PromQL ranks them. */
    enum Operator {
        OR("or", 1), AND("and", 2), UNLESS("unless", 2),
        EQ("==", 3), NE("!=", 3), LE("<=", 3), LT("<", 3), GE(">=", 3), GT(">", 3),
        ADD("+", 4), SUB("-", 4), MUL("*", 5), DIV("/", 5), MOD("%", 5);

        private final String text;
        private final int rank;

        Operator(String text, int rank) {
            this.text = text;
            this.rank = rank;
        }

        String text() {
            return text;
        }

        int rank() {
            return rank;
        }

        boolean isSet() {
            return rank <= 2;
        }

        boolean isComparison() {
            return rank == 3;
        }

        /** Of a comparison 1 or 0. */
        double apply(double a, double b) {
            return switch (this) {
                case EQ -> a == b ? 1 : 0;
                case NE -> a != b ? 1 : 0;
                case LE -> a <= b ? 1 : 0;
                case LT -> a < b ? 1 : 0;
                case GE -> a >= b ? 1 : 0;
                case GT -> a > b ? 1 : 0;
                case ADD -> a + b;
                case SUB -> a - b;
                case MUL -> a * b;
                case DIV -> a / b;
                case MOD -> a % b;
                default -> throw new IllegalStateException(this + " is of sets");
            };
        }
    }

    /** Everything that it reads. */
    default void selectors(List<Selector> into) {
        switch (this) {
            case Number n -> { }
            case Selector s -> into.add(s);
            case Call c -> c.argument.selectors(into);
            case Aggregate a -> a.argument.selectors(into);
            case Binary b -> {
                b.left.selectors(into);
                b.right.selectors(into);
            }
        }
    }
}
