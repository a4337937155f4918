package org.cloudos.journal;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One record. Texts are never null, empty where there is nothing, and may hold anything that somebody logged: escape
 * them ({@link JsonLine}, {@link Text#harmless}) before they meet a terminal, a file of lines or a page.
 *
 * @param sequence  the journal's order, from 1; 0 until the journal has taken it. Later records have greater numbers,
 *                  whatever the clock does; numbers may be left out
 * @param time      nanoseconds since 1970-01-01T00:00:00Z by the writer's clock
 * @param level     how bad it is
 * @param bundle    symbolic name of the bundle that wrote it
 * @param subsystem what the bundle declares with the capability {@code cloudos.subsystem}
 * @param thread    name of the thread
 * @param logger    name of the logger; for a service its program's name
 * @param trace     trace id, 32 hexadecimal digits (W3C Trace Context)
 * @param message   the text
 * @param exception stack trace with causes, a line each, separated by LF
 * @param values    key-values in their order; see the package for keys with a meaning
 */
public record Entry(long sequence, long time, Level level, String bundle, String subsystem, String thread, String logger,
        String trace, String message, String exception, Map<String, String> values) {

    /** Checks for null; {@code values} must not change later. */
    public Entry {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(bundle, "bundle");
        Objects.requireNonNull(subsystem, "subsystem");
        Objects.requireNonNull(thread, "thread");
        Objects.requireNonNull(logger, "logger");
        Objects.requireNonNull(trace, "trace");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(exception, "exception");
        Objects.requireNonNull(values, "values");
    }

    /** The time, which goes from 1677 to 2262. */
    public Instant instant() {
        return Instant.ofEpochSecond(Math.floorDiv(time, 1_000_000_000L), Math.floorMod(time, 1_000_000_000L));
    }

    /** Nanoseconds since the epoch. */
    public static long nanos(Instant instant) {
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** Begins a record of now and of this thread. */
    public static Builder at(Level level, String message) {
        return new Builder(level, message);
    }

    /** Puts a record together. Not thread-safe. */
    public static final class Builder {
        private final Level level;
        private final String message;
        private long time;
        private String bundle = "";
        private String subsystem = "";
        private String thread;
        private String logger = "";
        private String trace = "";
        private String exception = "";
        private Map<String, String> values = Map.of();

        private Builder(Level level, String message) {
            this.level = level;
            this.message = message;
            time = nanos(Instant.now());
        }

        /** Nanoseconds since the epoch. */
        public Builder time(long nanos) {
            time = nanos;
            return this;
        }

        /** Symbolic name. */
        public Builder bundle(String name) {
            bundle = name;
            return this;
        }

        /** Its subsystem. */
        public Builder subsystem(String name) {
            subsystem = name;
            return this;
        }

        /** Name of the thread; without this call that of the caller. */
        public Builder thread(String name) {
            thread = name;
            return this;
        }

        /** Name of the logger. */
        public Builder logger(String name) {
            logger = name;
            return this;
        }

        /** Trace id. */
        public Builder trace(String id) {
            trace = id;
            return this;
        }

        /** Stack trace. */
        public Builder exception(String text) {
            exception = text;
            return this;
        }

        /** With its stack and its causes. */
        public Builder exception(Throwable thrown) {
            exception = Text.of(thrown);
            return this;
        }

        /** One key-value more; a key that is there already gets the new value. */
        public Builder with(String key, String value) {
            if (values.isEmpty()) {
                values = new LinkedHashMap<>(8);
            }
            values.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, key));
            return this;
        }

        /** The record. The builder is used up. */
        public Entry build() {
            return new Entry(0, time, level, bundle, subsystem, thread == null ? Thread.currentThread().getName() : thread, logger,
                    trace, message, exception, values.isEmpty() ? values : Collections.unmodifiableMap(values));
        }
    }
}
