package org.cloudos.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.cloudos.shell.render.JsonReader;
import org.cloudos.shell.render.JsonWriter;

/**
 * Data that the shell prints as JSON instead of a table. Records and maps are objects, lists and arrays are arrays,
 * an {@code Instant} is an ISO 8601 string, a {@code Duration} called {@code stall} is the number {@code stallMs} of milliseconds,
 * an empty {@code Optional} is null.
 *
 * @param value the data
 */
public record Json(Object value) {
    /** What a command with the option {@code --json} returns. */
    public static Object when(boolean json, Object value) {
        return json ? new Json(value) : value;
    }

    /** Writes the value. */
    public void writeTo(Appendable out) throws IOException {
        new JsonWriter(out).value(value);
    }

    /**
     * Reads one JSON value: {@code Map}, {@code List}, {@code String}, {@code Long}, {@code Double}, {@code Boolean} or null.
     *
     * @throws IllegalArgumentException says what was expected where
     */
    public static Object parse(String text) {
        return new JsonReader(text).document();
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }
}
