package org.cloudos.web.pages;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Values as JSON (RFC 8259): records, maps, lists, numbers, text. An instant is milliseconds since the epoch, a duration
 * milliseconds, what is no number null. Text is harmless wherever it ends up: {@code <}, {@code >} and {@code &} are escaped.
 */
final class Json {
    private static final char FIRST_PRINTABLE = ' ';

    /** JSON that somebody else wrote. */
    record Raw(String text) { }

    private Json() { }

    static String of(Object value) {
        StringBuilder out = new StringBuilder(256);
        append(out, value);
        return out.toString();
    }

    static void append(StringBuilder out, Object value) {
        switch (value) {
            case null -> out.append("null");
            case Raw raw -> out.append(raw.text());
            case Optional<?> optional -> append(out, optional.orElse(null));
            case Boolean b -> out.append(b);
            case Double d when !Double.isFinite(d) -> out.append("null");
            case Float f when !Float.isFinite(f) -> out.append("null");
            case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> out.append(d.longValue());
            case Number n -> out.append(n);
            case Instant at -> out.append(at.toEpochMilli());
            case Duration time -> out.append(time.toMillis());
            case Map<?, ?> map -> object(out, map);
            case Iterable<?> list -> array(out, list);
            case Record record -> record(out, record);
            default -> quote(out, value.toString());
        }
    }

    private static void array(StringBuilder out, Iterable<?> list) {
        out.append('[');
        String lead = "";
        for (Object item : list) {
            out.append(lead);
            append(out, item);
            lead = ",";
        }
        out.append(']');
    }

    private static void object(StringBuilder out, Map<?, ?> map) {
        out.append('{');
        String lead = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(lead);
            quote(out, String.valueOf(entry.getKey()));
            out.append(':');
            append(out, entry.getValue());
            lead = ",";
        }
        out.append('}');
    }

    private static void record(StringBuilder out, Record record) {
        out.append('{');
        String lead = "";
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            out.append(lead).append('"').append(component.getName()).append("\":");
            try {
                var accessor = component.getAccessor();
                accessor.setAccessible(true); // a record that only its bundle can name
                append(out, accessor.invoke(record));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("can't read " + component, e);
            }
            lead = ",";
        }
        out.append('}');
    }

    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean half = Character.isSurrogate(c) && !(Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1)) || Character.isLowSurrogate(c) && i > 0
                    && Character.isHighSurrogate(text.charAt(i - 1)));
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029' || half) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
