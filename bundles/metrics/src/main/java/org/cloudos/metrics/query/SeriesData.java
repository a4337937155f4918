package org.cloudos.metrics.query;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** A series' points in the order of time. Filled by one thread, then only read. */
public final class SeriesData {
    private final String name;
    private final Map<String, String> labels;
    private long[] times = new long[16];
    private double[] values = new double[16];
    private int size;
    private boolean sorted = true;

    /** Without points. */
    public SeriesData(String name, Map<String, String> labels) {
        this.name = name;
        this.labels = labels;
    }

    /** Takes a point. */
    public void add(long time, double value) {
        sorted &= size == 0 || time > times[size - 1];
        if (size == times.length) {
            times = Arrays.copyOf(times, size * 2);
            values = Arrays.copyOf(values, size * 2);
        }
        times[size] = time;
        values[size++] = value;
    }

    /** All points are there: brings those into order that a clock which went back left out of it; the later one counts. */
    SeriesData sealed() {
        if (sorted) {
            return this;
        }
        TreeMap<Long, Double> ordered = new TreeMap<>();
        for (int i = 0; i < size; i++) {
            ordered.put(times[i], values[i]);
        }
        size = 0;
        sorted = true;
        ordered.forEach(this::add);
        return this;
    }

    int size() {
        return size;
    }

    String name() {
        return name;
    }

    Map<String, String> labels() {
        return labels;
    }

    long time(int i) {
        return times[i];
    }

    double value(int i) {
        return values[i];
    }

    /** Index of the last point at or before this time; -1 when there is none. */
    int atOrBefore(long time) {
        int i = Arrays.binarySearch(times, 0, size, time);
        return i >= 0 ? i : -i - 2;
    }
}
