package org.cloudos.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * By recursive descent:
 * <pre>
 *   or    = and { "or" and }
 *   and   = not { ["and"] not }
 *   not   = "not" not | "(" or ")" | term
 *   term  = ("since" | "until") value | name op value | value
 * </pre>
 */
final class QueryParser {
    private static final int MAX_LENGTH = 4096, MAX_DEPTH = 64;
    private static final String FIELD_ENDS = "=!<>~()\"' \t\n\r";
    private static final Set<String> WORDS = Set.of("and", "or", "not", "since", "until");

    /** @param quoted whether it stood in quotes, and so is no keyword or operator */
    private record Token(String text, int column, boolean quoted) {
        boolean is(String word) {
            return !quoted && text.equalsIgnoreCase(word);
        }

        boolean isOperator() {
            return !quoted && !text.isEmpty() && "=!<>~".indexOf(text.charAt(0)) >= 0;
        }
    }

    private final QueryTime times;
    private final List<Token> tokens = new ArrayList<>();
    private int next;
    private int depth;

    QueryParser(String text, Instant now) {
        if (text.length() > MAX_LENGTH) {
            throw new QueryException(MAX_LENGTH, "expected at most " + MAX_LENGTH + " characters, found " + text.length());
        }
        times = new QueryTime(now);
        split(text);
    }

    Condition parse() {
        if (peek().column() == 0) {
            return Condition.ANY;
        }
        Condition all = or();
        if (next < tokens.size() - 1) {
            throw expected("and, or, or the end");
        }
        return all;
    }

    private Condition or() {
        List<Condition> parts = new ArrayList<>();
        parts.add(and());
        while (peek().is("or")) {
            next++;
            parts.add(and());
        }
        return parts.size() == 1 ? parts.getFirst() : new Condition.Any(parts);
    }

    private Condition and() {
        List<Condition> parts = new ArrayList<>();
        parts.add(not());
        while (next < tokens.size() - 1 && !peek().is("or") && !peek().is(")")) {
            if (peek().is("and")) {
                next++;
            }
            parts.add(not());
        }
        return parts.size() == 1 ? parts.getFirst() : new Condition.All(parts);
    }

    private Condition not() {
        if (++depth > MAX_DEPTH) {
            throw new QueryException(peek().column(), "expected at most " + MAX_DEPTH + " levels of nesting, found more");
        }
        try {
            if (peek().is("not")) {
                next++;
                return new Condition.Not(not());
            }
            if (peek().is("(")) {
                next++;
                Condition inner = or();
                if (!peek().is(")")) {
                    throw expected(") or a further condition");
                }
                next++;
                return inner;
            }
            return term();
        } finally {
            depth--;
        }
    }

    private Condition term() {
        Token first = peek();
        if (first.isOperator() || next == tokens.size() - 1 || !first.quoted() && (first.is("and") || first.is("or") || first.is(")"))) {
            throw expected("a condition such as level>=warn, bundle=fs.*, since 10m or a word of the message");
        }
        next++;
        if (first.is("since")) {
            return new Condition.TimeIn(time(value("a time")), Long.MAX_VALUE);
        }
        if (first.is("until")) {
            return new Condition.TimeIn(Long.MIN_VALUE, time(value("a time")));
        }
        if (first.quoted() || !peek().isOperator()) {
            return new Condition.Contains("message", first.text());
        }
        Token operator = tokens.get(next++);
        return compare(first, operator);
    }

    private Condition compare(Token field, Token operator) {
        String name = field.text();
        String lower = name.toLowerCase(Locale.ROOT);
        switch (operator.text()) {
            case "~":
                return new Condition.Contains(known(name), value("a text").text());
            case "!~":
                return new Condition.Not(new Condition.Contains(known(name), value("a text").text()));
            case "=", "!=", "<", "<=", ">", ">=":
                break;
            default:
                throw new QueryException(operator.column(), "expected =, !=, ~, !~, <, <=, > or >=, found " + operator.text());
        }
        return switch (lower) {
            case "level" -> level(operator.text(), value("a level"));
            case "time" -> time(operator.text(), time(value("a time")));
            case "seq" -> sequence(operator.text(), whole(value("a number")));
            default -> other(known(name), operator.text());
        };
    }

    /** Fields' names know no case; keys do. */
    private static String known(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return switch (lower) {
            case "level", "bundle", "subsystem", "thread", "logger", "trace", "message", "exception", "seq", "time" -> lower;
            default -> name;
        };
    }

    private Condition other(String field, String operator) {
        if (operator.equals("=") || operator.equals("!=")) {
            Condition match = new Condition.Match(field, new Condition.Glob(value("a value, \"\" for none").text()));
            return operator.equals("=") ? match : new Condition.Not(match);
        }
        Token value = value("a number");
        double number;
        try {
            number = Double.parseDouble(value.text());
        } catch (NumberFormatException e) {
            throw new QueryException(value.column(), "expected a number after " + operator + ", found " + Text.harmless(value.text()));
        }
        return switch (operator) {
            case "<" -> new Condition.NumberIn(field, Double.NEGATIVE_INFINITY, true, number, false);
            case "<=" -> new Condition.NumberIn(field, Double.NEGATIVE_INFINITY, true, number, true);
            case ">" -> new Condition.NumberIn(field, number, false, Double.POSITIVE_INFINITY, true);
            default -> new Condition.NumberIn(field, number, true, Double.POSITIVE_INFINITY, true);
        };
    }

    private static Condition level(String operator, Token value) {
        Level level = Level.of(value.text()).orElseThrow(() -> new QueryException(value.column(),
                "expected a level (trace, debug, info, warn, error), found " + Text.harmless(value.text())));
        EnumSet<Level> upTo = EnumSet.range(Level.TRACE, level);
        EnumSet<Level> below = EnumSet.range(Level.TRACE, level);
        below.remove(level);
        return new Condition.LevelIn(switch (operator) {
            case "=" -> EnumSet.of(level);
            case "!=" -> EnumSet.complementOf(EnumSet.of(level));
            case "<" -> below;
            case "<=" -> upTo;
            case ">" -> EnumSet.complementOf(upTo);
            default -> EnumSet.complementOf(below);
        });
    }

    private static Condition time(String operator, long at) {
        return switch (operator) {
            case "=" -> new Condition.TimeIn(at, after(at));
            case "!=" -> new Condition.Not(new Condition.TimeIn(at, after(at)));
            case "<" -> new Condition.TimeIn(Long.MIN_VALUE, at);
            case "<=" -> new Condition.TimeIn(Long.MIN_VALUE, after(at));
            case ">" -> new Condition.TimeIn(after(at), Long.MAX_VALUE);
            default -> new Condition.TimeIn(at, Long.MAX_VALUE);
        };
    }

    private static Condition sequence(String operator, long at) {
        return switch (operator) {
            case "=" -> new Condition.SequenceIn(at, at);
            case "!=" -> new Condition.Not(new Condition.SequenceIn(at, at));
            case "<" -> new Condition.SequenceIn(0, at - 1);
            case "<=" -> new Condition.SequenceIn(0, at);
            case ">" -> new Condition.SequenceIn(after(at), Long.MAX_VALUE);
            default -> new Condition.SequenceIn(at, Long.MAX_VALUE);
        };
    }

    private static long after(long at) {
        return at == Long.MAX_VALUE ? at : at + 1;
    }

    private static long whole(Token value) {
        try {
            long number = Long.parseLong(value.text());
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw new QueryException(value.column(), "expected a sequence number, found " + Text.harmless(value.text()));
    }

    private long time(Token value) {
        try {
            return times.nanos(value.text());
        } catch (IllegalArgumentException e) {
            throw new QueryException(value.column(), e.getMessage());
        }
    }

    private Token value(String what) {
        Token token = peek();
        if (next == tokens.size() - 1 || token.isOperator() || !token.quoted() && (token.is("(") || token.is(")"))
                || !token.quoted() && WORDS.contains(token.text().toLowerCase(Locale.ROOT))) {
            throw expected(what);
        }
        next++;
        return token;
    }

    private Token peek() {
        return tokens.get(next);
    }

    private QueryException expected(String what) {
        Token found = peek();
        return new QueryException(Math.max(1, found.column()),
                "expected " + what + ", found " + (next == tokens.size() - 1 ? "the end" : Text.harmless(found.text())));
    }

    private void split(String text) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == '"' || c == '\'') {
                i = quoted(text, i);
            } else if (c == '(' || c == ')') {
                tokens.add(new Token(String.valueOf(c), i + 1, false));
                i++;
            } else {
                int end = i + 1;
                boolean operator = "=!<>~".indexOf(c) >= 0;
                while (end < text.length() && (operator ? "=~".indexOf(text.charAt(end)) >= 0 && end == i + 1
                        : FIELD_ENDS.indexOf(text.charAt(end)) < 0)) {
                    end++;
                }
                tokens.add(new Token(text.substring(i, end), i + 1, false));
                i = end;
            }
        }
        tokens.add(new Token("", tokens.isEmpty() ? 0 : text.length() + 1, false));
    }

    private int quoted(String text, int start) {
        char quote = text.charAt(start);
        StringBuilder value = new StringBuilder();
        for (int i = start + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote) {
                tokens.add(new Token(value.toString(), start + 1, true));
                return i + 1;
            }
            if (c == '\\' && i + 1 < text.length()) {
                c = text.charAt(++i);
            }
            value.append(c);
        }
        throw new QueryException(start + 1, "expected a " + quote + " at the end of the text that begins here, found none");
    }
}
