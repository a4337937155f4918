package org.cloudos.metrics.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.cloudos.metrics.ExpressionException;

/** Reads an expression: precedence climbing over the characters themselves. */
public final class Parser {
    private static final int MAX_LENGTH = 4096;
    private static final int MAX_DEPTH = 50;
    private static final long MAX_RANGE_MS = 24 * 3600_000L;

    private final String text;
    private int at;
    private int depth;

    private Parser(String text) {
        this.text = text;
    }

    /**
     * Reads it.
     *
     * @throws ExpressionException says what was expected where
     */
    public static Expr parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new ExpressionException("expected at most " + MAX_LENGTH + " characters, found " + text.length(), MAX_LENGTH);
        }
        Parser parser = new Parser(text);
        Expr expr = parser.binary(1);
        parser.blanks();
        if (parser.at < text.length()) {
            throw parser.expected("an operator or the end");
        }
        if (isRange(expr)) {
            throw new ExpressionException("a range needs a function around it, such as rate(...)", 0);
        }
        return expr;
    }

    private static boolean isRange(Expr expr) {
        return expr instanceof Expr.Selector selector && selector.rangeMs() > 0;
    }

    private Expr binary(int rank) {
        Expr left = unary();
        while (true) {
            int before = at;
            Expr.Operator operator = operator();
            if (operator == null || operator.rank() < rank) {
                at = before;
                return left;
            }
            int begin = at;
            Expr right = binary(operator.rank() + 1);
            if (isRange(left) || isRange(right)) {
                throw new ExpressionException("a range needs a function around it, such as rate(...)", before);
            }
            if (operator.isSet() && (isScalar(left) || isScalar(right))) {
                throw new ExpressionException("\"" + operator.text() + "\" is between series, found a number", begin);
            }
            left = new Expr.Binary(operator, left, right);
        }
    }

    /** Whether it is a number whatever the series are. */
    public static boolean isScalar(Expr expr) {
        return switch (expr) {
            case Expr.Number n -> true;
            case Expr.Binary b -> isScalar(b.left()) && isScalar(b.right());
            default -> false;
        };
    }

    private Expr.Operator operator() {
        blanks();
        for (Expr.Operator operator : Expr.Operator.values()) {
            String word = operator.text();
            if (text.regionMatches(true, at, word, 0, word.length())
                    && (!Character.isLetter(word.charAt(0)) || !isName(at + word.length()))) {
                at += word.length();
                return operator;
            }
        }
        return null;
    }

    private Expr unary() {
        if (++depth > MAX_DEPTH) {
            throw new ExpressionException("nested deeper than " + MAX_DEPTH, at);
        }
        try {
            blanks();
            if (take('-')) {
                int begin = at;
                Expr of = unary();
                if (isRange(of)) {
                    throw new ExpressionException("a range needs a function around it, such as rate(...)", begin);
                }
                return of instanceof Expr.Number n ? new Expr.Number(-n.value())
                        : new Expr.Binary(Expr.Operator.MUL, new Expr.Number(-1), of);
            }
            take('+');
            return primary();
        } finally {
            depth--;
        }
    }

    private Expr primary() {
        blanks();
        if (take('(')) {
            Expr inner = binary(1);
            expect(')');
            return inner;
        }
        if (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
            return new Expr.Number(number());
        }
        int begin = at;
        String name = name("a metric, a function, a number or a bracket");
        blanks();
        String lower = name.toLowerCase(Locale.ROOT);
        for (Expr.Fold fold : Expr.Fold.values()) {
            if (lower.equals(fold.name().toLowerCase(Locale.ROOT)) && (peek('(') || isWord("by") || isWord("without"))) {
                return aggregate(fold);
            }
        }
        if (peek('(')) {
            return call(lower, begin);
        }
        return lower.equals("inf") ? new Expr.Number(Double.POSITIVE_INFINITY) : lower.equals("nan") ? new Expr.Number(Double.NaN)
                : selector(name);
    }

    private Expr aggregate(Expr.Fold fold) {
        boolean grouped = isWord("by") || isWord("without");
        boolean without = isWord("without");
        List<String> labels = grouped ? labels() : List.of();
        expect('(');
        Expr argument = vector(binary(1));
        expect(')');
        blanks();
        if (!grouped && (isWord("by") || isWord("without"))) {
            without = isWord("without");
            labels = labels();
        }
        return new Expr.Aggregate(fold, labels, without, argument);
    }

    private List<String> labels() {
        name("by");
        expect('(');
        List<String> labels = new ArrayList<>();
        for (blanks(); !peek(')'); blanks()) {
            labels.add(name("a label"));
            blanks();
            if (!take(',')) {
                break;
            }
        }
        expect(')');
        return labels;
    }

    private Expr call(String name, int begin) {
        Expr.Function function = null;
        for (Expr.Function known : Expr.Function.values()) {
            if (name.equals(known.name().toLowerCase(Locale.ROOT))) {
                function = known;
            }
        }
        if (function == null) {
            throw new ExpressionException("expected one of rate, increase, delta, avg_over_time, min_over_time, max_over_time, abs, absent,"
                    + " sum, avg, min, max, count; found the function " + name, begin);
        }
        expect('(');
        int inside = at;
        Expr argument = binary(1);
        expect(')');
        if (function.ofRange() != isRange(argument)) {
            throw new ExpressionException(function.ofRange() ? name + " is of a range, such as " + name + "(x[5m])"
                    : name + " is of the values of one moment, without [...]", inside);
        }
        return new Expr.Call(function, vector(argument));
    }

    private Expr vector(Expr expr) {
        if (isScalar(expr)) {
            throw new ExpressionException("expected series, found a number", at);
        }
        return expr;
    }

    private Expr selector(String name) {
        List<Expr.Matcher> matchers = new ArrayList<>();
        if (take('{')) {
            for (blanks(); !peek('}'); blanks()) {
                matchers.add(matcher());
                blanks();
                if (!take(',')) {
                    break;
                }
            }
            expect('}');
            blanks();
        }
        long range = 0;
        if (take('[')) {
            range = duration();
            expect(']');
        }
        return new Expr.Selector(name, List.copyOf(matchers), range);
    }

    private Expr.Matcher matcher() {
        String label = name("a label");
        blanks();
        boolean equal = !peek('!');
        boolean regex;
        if (take("=~") || take("!~")) {
            regex = true;
        } else if (take("!=") || take("=")) {
            regex = false;
        } else {
            throw expected("=, !=, =~ or !~");
        }
        blanks();
        int begin = at;
        String value = string();
        try {
            return new Expr.Matcher(label, equal, value, regex ? Pattern.compile(value) : null);
        } catch (PatternSyntaxException e) {
            throw new ExpressionException("not a regular expression: " + e.getDescription(), begin);
        }
    }

    private String string() {
        char quote = at < text.length() ? text.charAt(at) : 0;
        if (quote != '"' && quote != '\'' && quote != '`') {
            throw expected("a text in quotes");
        }
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == quote) {
                at++;
                return value.toString();
            }
            if (c == '\\' && quote != '`' && at + 1 < text.length()) {
                c = text.charAt(++at);
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
            value.append(c);
        }
        throw expected("the end of the text: " + quote);
    }

    private double number() {
        int begin = at;
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '.'
                || (text.charAt(at) == '-' || text.charAt(at) == '+') && "eE".indexOf(text.charAt(at - 1)) >= 0)) {
            at++;
        }
        String word = text.substring(begin, at);
        try {
            if (!word.matches("[0-9.]+([eE][-+]?[0-9]+)?")) {
                throw new NumberFormatException();
            }
            return Double.parseDouble(word);
        } catch (NumberFormatException e) {
            throw new ExpressionException("expected a number, found " + word, begin);
        }
    }

    /** {@code 1h30m}, in milliseconds. */
    private long duration() {
        blanks();
        int begin = at;
        double ms = 0;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            int from = at;
            while (at < text.length() && Character.isDigit(text.charAt(at))) {
                at++;
            }
            double count = Double.parseDouble(text.substring(from, at));
            ms += count * (take("ms") ? 1 : take("s") ? 1000 : take("m") ? 60_000 : take("h") ? 3600_000 : take("d") ? 86_400_000L : Double.NaN);
        }
        if (!(ms >= 1) || ms > MAX_RANGE_MS) {
            throw new ExpressionException("expected a duration of at most a day, such as 5m or 1h30m", begin);
        }
        blanks();
        return (long) ms;
    }

    private String name(String what) {
        int begin = at;
        while (at < text.length() && isName(at)) {
            at++;
        }
        if (at == begin || Character.isDigit(text.charAt(begin))) {
            at = begin;
            throw expected(what);
        }
        return text.substring(begin, at);
    }

    private boolean isName(int i) {
        if (i >= text.length()) {
            return false;
        }
        char c = text.charAt(i);
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':';
    }

    private boolean isWord(String word) {
        return text.regionMatches(true, at, word, 0, word.length()) && !isName(at + word.length());
    }

    private boolean peek(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean take(char c) {
        boolean there = peek(c);
        at += there ? 1 : 0;
        return there;
    }

    private boolean take(String word) {
        boolean there = text.startsWith(word, at);
        at += there ? word.length() : 0;
        return there;
    }

    private void expect(char c) {
        blanks();
        if (!take(c)) {
            throw expected("\"" + c + "\"");
        }
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private ExpressionException expected(String what) {
        return new ExpressionException("expected " + what + ", found "
                + (at >= text.length() ? "the end" : "\"" + text.charAt(at) + "\""), at);
    }
}
