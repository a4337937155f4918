package org.cloudos.shell.render;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.cloudos.shell.Json;

/** JSON (RFC 8259) of records, maps, lists and scalars, written as it is met: nothing is kept. */
public final class JsonWriter {
    private static final int MAX_DEPTH = 64;
    private final Appendable out;
    private int depth;

    /** Writes to this. */
    public JsonWriter(Appendable out) {
        this.out = out;
    }

    /** Writes one value. */
    public void value(Object value) throws IOException {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("Data nested deeper than " + MAX_DEPTH + " levels");
        }
        switch (value) {
            case null -> out.append("null");
            case Json json -> value(json.value());
            case Optional<?> optional -> value(optional.orElse(null));
            case Record record -> object(record);
            case Map<?, ?> map -> object(map);
            case Iterable<?> list -> array(list);
            case Boolean bool -> out.append(bool.toString());
            case Number number -> number(number);
            case Duration duration -> number(millis(duration));
            case Object array when array.getClass().isArray() -> array(array);
            case Enum<?> constant -> string(constant.name());
            default -> string(value.toString());
        }
        depth--;
    }

    private void object(Record record) throws IOException {
        out.append('{');
        String separator = "";
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            out.append(separator);
            member(component.getName(), Records.get(record, component));
            separator = ",";
        }
        out.append('}');
    }

    private void object(Map<?, ?> map) throws IOException {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            member(String.valueOf(entry.getKey()), entry.getValue());
            separator = ",";
        }
        out.append('}');
    }

    private void member(String name, Object value) throws IOException {
        string(value instanceof Duration ? name + "Ms" : name);
        out.append(':');
        value(value);
    }

    /** At the outermost level one element a line, so that lines can be cut out of long lists. */
    private void array(Iterable<?> list) throws IOException {
        String between = depth == 1 ? ",\n" : ",";
        out.append('[');
        String separator = "";
        for (Object element : list) {
            out.append(separator);
            value(element);
            separator = between;
        }
        out.append(']');
    }

    private void array(Object array) throws IOException {
        out.append('[');
        for (int i = 0; i < Array.getLength(array); i++) {
            out.append(i == 0 ? "" : ",");
            value(Array.get(array, i));
        }
        out.append(']');
    }

    private void number(Number number) throws IOException {
        boolean exact = number instanceof Long || number instanceof Integer || number instanceof Short
                || number instanceof Byte || number instanceof BigInteger;
        if (exact) {
            out.append(number.toString());
        } else if (number instanceof BigDecimal decimal) {
            out.append(decimal.toPlainString());
        } else if (Double.isFinite(number.doubleValue())) {
            out.append(number.toString());
        } else {
            out.append("null"); // JSON has no NaN and no infinity
        }
    }

    private static BigDecimal millis(Duration duration) {
        BigDecimal exact = BigDecimal.valueOf(duration.getSeconds()).movePointRight(3)
                .add(BigDecimal.valueOf(duration.getNano(), 6)).stripTrailingZeros();
        return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    private void string(String text) throws IOException {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Also what is no character of its own, moves a terminal's cursor or turns the direction of writing.
                    if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029'
                            || Character.getType(c) == Character.FORMAT) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
