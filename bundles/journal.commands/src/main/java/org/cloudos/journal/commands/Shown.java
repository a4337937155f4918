package org.cloudos.journal.commands;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.cloudos.journal.Text;

/**
 * A record as a line of a table. What was logged can't move the cursor, nor begin a line.
 *
 * @param from the bundle, else the unit, the sender or the kernel
 */
public record Shown(Instant time, Level level, String from, String message) {
    private static final String OURS = "org.cloudos.";

    static Shown of(Entry e, boolean full) {
        StringBuilder message = new StringBuilder(e.message().length() + 40);
        Text.appendHarmless(message, e.message());
        if (!e.exception().isEmpty() && !full) {
            int end = e.exception().indexOf('\n');
            Text.appendHarmless(message.append(": "), end < 0 ? e.exception() : e.exception().substring(0, end));
        }
        if (full) {
            more(message, e);
        }
        return new Shown(e.instant(), e.level(), from(e), message.toString());
    }

    private static void more(StringBuilder message, Entry e) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("seq", Long.toString(e.sequence()));
        fields.put("logger", e.logger());
        fields.put("thread", e.thread());
        fields.put("trace", e.trace());
        fields.putAll(e.values());
        fields.values().removeIf(String::isEmpty);
        fields.forEach((key, value) -> {
            message.append("  ");
            Text.appendHarmless(message, key);
            Text.appendHarmless(message.append('='), value);
        });
        if (!e.exception().isEmpty()) {
            message.append("  ");
            Text.appendHarmless(message, e.exception());
        }
    }

    private static String from(Entry e) {
        Map<String, String> values = e.values();
        String from = !e.bundle().isEmpty() ? e.bundle().startsWith(OURS) ? e.bundle().substring(OURS.length()) : e.bundle()
                : values.containsKey("unit") ? values.get("unit")
                : values.containsKey("host") ? values.get("host") + (e.logger().isEmpty() ? "" : " " + e.logger()) : e.logger();
        return Text.harmless(from);
    }

    /** The fields of {@code JsonLine}, for whoever prints JSON. */
    static Map<String, Object> json(Entry e) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seq", e.sequence());
        json.put("time", e.instant());
        json.put("level", e.level().name());
        json.put("bundle", e.bundle());
        json.put("subsystem", e.subsystem());
        json.put("thread", e.thread());
        json.put("logger", e.logger());
        json.put("trace", e.trace());
        json.values().removeIf(""::equals);
        json.put("message", e.message());
        if (!e.exception().isEmpty()) {
            json.put("exception", e.exception());
        }
        if (!e.values().isEmpty()) {
            json.put("values", e.values());
        }
        return json;
    }
}
