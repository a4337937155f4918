package org.cloudos.units.calendar;

import java.util.List;
import java.util.Locale;

/** Sets of days of the week, as bits; bit 0 is Monday. */
final class Weekdays {
    private static final List<String> SHORT = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> LONG = List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

    private Weekdays() { }

    /** 0 to 6, or -1. */
    static int of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < 7; i++) {
            if (lower.equals(LONG.get(i)) || lower.equals(SHORT.get(i).toLowerCase(Locale.ROOT))) {
                return i;
            }
        }
        return -1;
    }

    /** {@code Mon..Wed,Sat,Sun}. */
    static void write(int bits, StringBuilder out) {
        boolean any = false;
        for (int i = 0; i < 7; i++) {
            if ((bits >> i & 1) == 0) {
                continue;
            }
            int end = i;
            while (end < 6 && (bits >> end + 1 & 1) == 1) {
                end++;
            }
            out.append(any ? "," : "").append(SHORT.get(i));
            if (end > i) {
                out.append(end > i + 1 ? ".." : ",").append(SHORT.get(end));
            }
            any = true;
            i = end;
        }
    }
}
