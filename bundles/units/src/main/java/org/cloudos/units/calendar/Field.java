package org.cloudos.units.calendar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One component of a calendar event: {@code *}, or values, ranges and repetitions.
 *
 * @param parts empty for {@code *}
 * @param first least value
 * @param last  greatest value
 */
record Field(List<Part> parts, int first, int last) {
    /** @param stop -1 for a single value, or for a repetition without end. @param repeat 0 for none */
    record Part(int start, int stop, int repeat) { }

    Field {
        parts = normal(parts);
    }

    private static List<Part> normal(List<Part> given) {
        List<Part> sorted = new ArrayList<>(given.stream().map(p -> p.stop >= 0 && p.repeat > 0 && p.start + p.repeat > p.stop
                || p.stop == p.start ? new Part(p.start, -1, 0) : p).distinct().toList());
        sorted.sort(Comparator.comparingInt(Part::start).thenComparingInt(Part::stop).thenComparingInt(Part::repeat));
        return List.copyOf(sorted);
    }

    /** The least value of the field that is not below {@code from}; -1 when there is none. */
    int next(int from) {
        if (parts.isEmpty()) {
            int least = Math.max(from, first);
            return least > last ? -1 : least;
        }
        int best = -1;
        for (Part part : parts) {
            int value = next(part, from);
            if (value >= 0 && (best < 0 || value < best)) {
                best = value;
            }
        }
        return best;
    }

    private int next(Part part, int from) {
        int end = part.stop >= 0 ? part.stop : part.repeat > 0 ? last : part.start;
        int step = part.repeat > 0 ? part.repeat : 1;
        if (from <= part.start) {
            return part.start;
        }
        long value = part.start + (long) (from - part.start + step - 1) / step * step;
        return value <= end ? (int) value : -1;
    }

    boolean matches(int value) {
        return next(value) == value;
    }

    /** Day 1 is the last of the month. A repetition goes on towards the end of the month. */
    boolean matchesFromEnd(int day, int length) {
        int back = length - day + 1;
        for (Part part : parts) {
            int low = part.stop >= 0 ? Math.min(part.start, part.stop) : part.repeat > 0 ? 1 : part.start;
            int high = part.stop >= 0 ? Math.max(part.start, part.stop) : part.start;
            int step = part.repeat > 0 ? part.repeat : 1;
            int anchor = length - high + 1; // the earliest day of the part
            if (back >= low && back <= high && (day - anchor) % step == 0) {
                return true;
            }
        }
        return parts.isEmpty();
    }

    String text(int width) {
        if (parts.isEmpty()) {
            return "*";
        }
        String format = "%0" + width + "d";
        List<String> out = new ArrayList<>();
        for (Part p : parts) {
            String text = String.format(Locale.ROOT, format, p.start);
            if (p.stop >= 0) {
                text += ".." + String.format(Locale.ROOT, format, p.stop);
            }
            out.add(p.repeat > 0 && !(p.stop >= 0 && p.repeat == 1) ? text + "/" + p.repeat : text);
        }
        return String.join(",", out);
    }

    String seconds() {
        if (parts.isEmpty()) {
            return "*";
        }
        List<String> out = new ArrayList<>();
        for (Part p : parts) {
            String text = second(p.start, 2);
            if (p.stop >= 0) {
                text += ".." + second(p.stop, 2);
            }
            out.add(p.repeat > 0 && !(p.stop >= 0 && p.repeat == Calendar.SECOND) ? text + "/" + second(p.repeat, 1) : text);
        }
        return String.join(",", out);
    }

    private static String second(int micros, int width) {
        String whole = String.format(Locale.ROOT, "%0" + width + "d", micros / Calendar.SECOND);
        int rest = micros % Calendar.SECOND;
        return rest == 0 ? whole : whole + String.format(Locale.ROOT, ".%06d", rest);
    }
}
