package org.cloudos.config.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One name of a section.
 *
 * @param id          as Configuration Admin has it
 * @param name        as files have it: the id, or what is left of it without its well-known prefix
 * @param cardinality as Metatype has it: 0 a single value, n &gt; 0 an array of at most n, n &lt; 0 a list
 * @param min         empty for none; for text its least length
 * @param max         likewise
 * @param options     allowed values with their labels; empty for any
 */
public record Attribute(String id, String name, Type type, int cardinality, boolean required, List<String> defaults,
        String min, String max, Map<String, String> options, String title, String description) {

    /** Whether it takes a list. */
    public boolean many() {
        return cardinality != 0;
    }

    /** Most values of a list. */
    int most() {
        return cardinality == Integer.MIN_VALUE ? Integer.MAX_VALUE : Math.abs(cardinality);
    }

    /** The default as a value, if there is a usable one. */
    public Optional<Object> byDefault() {
        if (type == Type.PASSWORD || defaults.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (!many()) {
                return Optional.of(type.parse(defaults.getFirst()));
            }
            if (defaults.equals(List.of(""))) {
                return Optional.of(List.of()); // how an empty array is written down
            }
            List<Object> values = new ArrayList<>();
            for (String each : defaults) {
                values.add(type.parse(each));
            }
            return Optional.of(List.copyOf(values));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the bundle's own mistake; it will cope with its own default
        }
    }

    /**
     * Checks one value against range and options.
     *
     * @throws IllegalArgumentException with what was expected and found
     */
    public void check(Object value) {
        if (!options.isEmpty() && !options.containsKey(value.toString())) {
            String near = Schema.question(value.toString(), options.keySet());
            throw new IllegalArgumentException("expected one of " + String.join(", ", options.keySet()) + ", found " + value
                    + (near.isEmpty() ? "" : ";" + near));
        }
        if (outside(value)) {
            throw new IllegalArgumentException("expected " + allowed() + ", found " + shown(value));
        }
    }

    private static String shown(Object value) {
        return value instanceof String text ? "one of length " + text.length() : value.toString();
    }

    private boolean outside(Object value) {
        if (value instanceof Boolean) {
            return false;
        }
        try {
            Object measured = value instanceof String text ? (Object) text.length() : value;
            return !min.isEmpty() && Type.compare(measured, min) < 0 || !max.isEmpty() && Type.compare(measured, max) > 0;
        } catch (NumberFormatException e) {
            return false; // a bound that is no number binds nothing
        }
    }

    /** Range or options in words; empty for any. */
    public String allowed() {
        if (!options.isEmpty()) {
            return String.join(", ", options.keySet());
        }
        if (type == Type.BOOLEAN || min.isEmpty() && max.isEmpty()) {
            return "";
        }
        String unit = type == Type.STRING || type == Type.PASSWORD ? "text of length " : "a value ";
        if (min.isEmpty() || max.isEmpty()) {
            return unit + (min.isEmpty() ? "at most " + max : "at least " + min);
        }
        return unit + "from " + min + " to " + max;
    }

    /** {@code integer}, {@code string[]}. */
    public String typeWord() {
        return type.name().toLowerCase(java.util.Locale.ROOT) + (many() ? "[]" : "");
    }
}
