package org.cloudos.metrics.registry;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.metrics.Definition;
import org.cloudos.metrics.Family;

/** The series of a metric, never more than its definition allows. */
final class BoundedFamily<T> implements Family<T> {
    /** Longest value of a label. */
    static final int MAX_VALUE = 128;

    /** Makes and forgets the client's data points. */
    interface Points<T> {
        T make(String... values);

        void remove(String... values);
    }

    private final Definition definition;
    private final Points<T> points;
    private final ConcurrentHashMap<List<String>, T> known = new ConcurrentHashMap<>();
    private final LongAdder overflowed = new LongAdder();
    private final Runnable full;
    private T overflow; // guarded by this

    /** @param full told once, when the first series finds no room */
    BoundedFamily(Definition definition, Points<T> points, Runnable full) {
        this.definition = definition;
        this.points = points;
        this.full = full;
        if (definition.labels().isEmpty()) {
            known.put(List.of(), points.make());
        }
    }

    @Override
    public Definition definition() {
        return definition;
    }

    @Override
    public T labels(String... values) {
        List<String> key = key(values);
        T found = known.get(key);
        return found != null ? found : make(key);
    }

    private synchronized T make(List<String> key) {
        T found = known.get(key);
        if (found != null) {
            return found;
        }
        if (known.size() < definition.limit()) {
            T made = points.make(key.toArray(String[]::new));
            known.put(key, made);
            return made;
        }
        overflowed.increment();
        if (overflow == null) {
            String[] values = new String[definition.labels().size()];
            Arrays.fill(values, Definition.OVERFLOW);
            overflow = points.make(values);
            full.run();
        }
        return overflow;
    }

    @Override
    public synchronized void remove(String... values) {
        List<String> key = key(values);
        if (!key.isEmpty() && known.remove(key) != null) {
            points.remove(key.toArray(String[]::new));
        }
    }

    private List<String> key(String[] values) {
        if (values.length != definition.labels().size()) {
            throw new IllegalArgumentException(definition.name() + " has the labels " + definition.labels() + ", found values "
                    + Arrays.toString(values));
        }
        boolean legal = true;
        for (String value : values) {
            legal &= value != null && value.length() <= MAX_VALUE;
        }
        return List.of(legal ? values : Arrays.stream(values).map(BoundedFamily::legal).toArray(String[]::new));
    }

    /** Null becomes empty; what is too long is cut, not within a pair of surrogates. */
    static String legal(String value) {
        if (value == null) {
            return "";
        }
        if (value.length() <= MAX_VALUE) {
            return value;
        }
        return value.substring(0, Character.isHighSurrogate(value.charAt(MAX_VALUE - 1)) ? MAX_VALUE - 1 : MAX_VALUE);
    }

    @Override
    public int size() {
        return known.size();
    }

    /** How often a series was asked for that found no room. */
    long overflowed() {
        return overflowed.sum();
    }
}
