package org.cloudos.shell;

import java.time.Duration;
import java.util.Locale;

/** Numbers and foreign text as people read them. */
public final class Human {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Human() { }

    /** {@code 1536} is {@code 1.5 KiB}. */
    public static String bytes(long bytes) {
        double value = Math.abs((double) bytes);
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        String sign = bytes < 0 ? "-" : "";
        return unit == 0 || value >= 100
                ? sign + Math.round(value) + " " + UNITS[unit]
                : sign + String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** {@code PT1H2M3.4S} is {@code 1 h 2 min}; the two largest units, below a second three digits. */
    public static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "-" + duration(duration.negated());
        }
        long seconds = duration.toSeconds();
        if (seconds < 1) {
            double ms = duration.toNanos() / 1e6;
            return ms == 0 ? "0 ms" : String.format(Locale.ROOT, ms < 10 ? "%.2f ms" : "%.0f ms", ms);
        }
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 3600) {
            return pair(seconds / 60, "min", seconds % 60, "s");
        }
        return seconds < 86_400
                ? pair(seconds / 3600, "h", seconds / 60 % 60, "min")
                : pair(seconds / 86_400, "d", seconds / 3600 % 24, "h");
    }

    private static String pair(long major, String majorUnit, long minor, String minorUnit) {
        return minor == 0 ? major + " " + majorUnit : major + " " + majorUnit + " " + minor + " " + minorUnit;
    }

    /**
     * Text from outside made harmless for a terminal: control characters, which could move the cursor or forge
     * lines, are written out.
     */
    public static String printable(CharSequence text) {
        StringBuilder safe = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean bad = Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || c == '\u2028' || c == '\u2029';
            if (bad && safe == null) {
                safe = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (safe != null) {
                escape(safe, c, bad);
            }
        }
        return safe == null ? text.toString() : safe.toString();
    }

    private static void escape(StringBuilder to, char c, boolean bad) {
        switch (c) {
            case '\n' -> to.append("\\n");
            case '\t' -> to.append("\\t");
            case '\r' -> to.append("\\r");
            default -> {
                if (bad) {
                    to.append(String.format("\\u%04x", (int) c));
                } else {
                    to.append(c);
                }
            }
        }
    }
}
