package org.cloudos.shell.render;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.cloudos.shell.Column;
import org.cloudos.shell.Human;

/** A value as one line of text for a table. */
final class Cells {
    private static final int BAR = 30;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private Cells() { }

    static String text(Object value, Column.Unit unit) {
        return switch (value) {
            case null -> "";
            case Optional<?> optional -> optional.map(v -> text(v, unit)).orElse("");
            case Number number -> number(number, unit);
            case Boolean bool -> bool ? "yes" : "no";
            case Duration duration -> Human.duration(duration);
            case Instant instant -> TIME.format(instant);
            case Collection<?> list -> joined(list);
            case Map<?, ?> map -> joined(map.entrySet());
            case Map.Entry<?, ?> entry -> text(entry.getKey(), unit) + "=" + text(entry.getValue(), unit);
            case Record record -> joined(record);
            default -> Human.printable(value.toString());
        };
    }

    private static String number(Number number, Column.Unit unit) {
        return switch (unit) {
            case BYTES -> Human.bytes(number.longValue());
            case BAR -> "#".repeat((int) Math.round(Math.clamp(number.doubleValue(), 0, 1) * BAR));
            case PERCENT -> String.format(Locale.ROOT, "%.0f %%", number.doubleValue() * 100);
            case NONE -> number instanceof Double || number instanceof Float
                    ? String.format(Locale.ROOT, "%.2f", number.doubleValue())
                    : number.toString();
        };
    }

    private static String joined(Collection<?> list) {
        StringJoiner text = new StringJoiner(", ");
        list.forEach(element -> text.add(text(element, Column.Unit.NONE)));
        return text.toString();
    }

    private static String joined(Record record) {
        StringJoiner text = new StringJoiner(" ");
        for (RecordComponent component : record.getClass().getRecordComponents()) {
            text.add(text(Records.get(record, component), unit(component)));
        }
        return text.toString().strip();
    }

    static Column.Unit unit(RecordComponent component) {
        Column column = component.getAnnotation(Column.class);
        return column == null ? Column.Unit.NONE : column.unit();
    }

    /** {@code symbolicName} is {@code symbolic name}. */
    static String header(RecordComponent component) {
        Column column = component.getAnnotation(Column.class);
        if (column != null && !column.value().isEmpty()) {
            return column.value();
        }
        StringBuilder words = new StringBuilder();
        for (char c : component.getName().toCharArray()) {
            if (Character.isUpperCase(c)) {
                words.append(' ');
            }
            words.append(Character.toLowerCase(c));
        }
        return words.toString();
    }

    static boolean hidden(RecordComponent component) {
        Column column = component.getAnnotation(Column.class);
        return column != null && column.hidden();
    }
}
