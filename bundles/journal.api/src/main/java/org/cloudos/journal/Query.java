package org.cloudos.journal;

import java.time.Instant;
import java.util.Objects;

/**
 * A question to the journal. As text:
 * <pre>
 *   level&gt;=warn and bundle=fs.* and since 10m
 *   unit=redis.service and (message~"out of memory" or status&gt;=500) and not thread=main
 *   "connection refused" since today
 * </pre>
 * <ul>
 * <li>{@code and}, {@code or}, {@code not}, parentheses; two conditions side by side mean {@code and};
 * <li>{@code FIELD=PATTERN}, {@code !=}: the whole field, {@code *} for any characters, {@code ?} for one, case is ignored;
 * <li>{@code FIELD~TEXT}, {@code !~}: the text somewhere in the field, case is ignored;
 * <li>{@code FIELD<N}, {@code <=}, {@code >}, {@code >=}: levels by how bad they are, sequences, times, and other fields as numbers;
 * <li>{@code since T}, {@code until T}: {@code 90s}, {@code 10m}, {@code 1h30m}, {@code 2d} before now, {@code today},
 *     {@code yesterday}, {@code 2026-01-31}, {@code 2026-01-31T10:00}, in UTC or with an offset;
 * <li>a word or a quoted text alone: somewhere in the message.
 * </ul>
 * Fields: {@code level bundle subsystem thread logger trace message exception seq time}; any other name is a key of
 * {@link Entry#values()}.
 *
 * @param condition what a record must be like
 */
public record Query(Condition condition) {
    /** All records. */
    public static final Query ALL = new Query(Condition.ANY);
    static final String OURS = "org.cloudos.";

    /** Checks for null. */
    public Query {
        Objects.requireNonNull(condition, "condition");
    }

    /**
     * Reads a query's text; an empty one means all.
     *
     * @param now what durations are counted from
     * @throws QueryException says what was expected at which column
     */
    public static Query parse(String text, Instant now) {
        return new Query(new QueryParser(text, now).parse());
    }

    /** Both hold. */
    public Query and(Condition more) {
        return new Query(condition.equals(Condition.ANY) ? more : new Condition.All(java.util.List.of(condition, more)));
    }

    /** Whether a record is asked for. */
    public boolean test(Entry entry) {
        return condition.test(entry);
    }

    /** A field as text; empty if the record has none of this name. */
    public static String field(Entry entry, String name) {
        return switch (name) {
            case "level" -> entry.level().name();
            case "bundle" -> entry.bundle();
            case "subsystem" -> entry.subsystem();
            case "thread" -> entry.thread();
            case "logger" -> entry.logger();
            case "trace" -> entry.trace();
            case "message" -> entry.message();
            case "exception" -> entry.exception();
            case "seq" -> Long.toString(entry.sequence());
            case "time" -> entry.instant().toString();
            default -> entry.values().getOrDefault(name, "");
        };
    }
}
