package org.cloudos.cli.fs;

import java.util.Locale;
import org.cloudos.cli.Failure;

/** Bytes as people write them. */
public final class Sizes {
    private static final String UNITS = "KMGTPE";

    private Sizes() { }

    /** {@code 4096}, {@code 64M}, {@code 1.5T}: powers of 1024. */
    public static long parse(String text) {
        String number = text.toUpperCase(Locale.ROOT).replaceFirst("I?B?$", "");
        int unit = number.isEmpty() ? -1 : UNITS.indexOf(number.charAt(number.length() - 1));
        try {
            double value = Double.parseDouble(unit < 0 ? number : number.substring(0, number.length() - 1));
            double bytes = value * Math.pow(1024, unit + 1);
            if (value > 0 && bytes < Long.MAX_VALUE) {
                return (long) bytes;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw Failure.usage("Expected a size such as 64M or 1T, found '" + text + "'");
    }

    /** With a unit, three digits. */
    public static String human(double bytes) {
        int unit = -1;
        while (bytes >= 1000 && unit < UNITS.length() - 1) {
            bytes /= 1024;
            unit++;
        }
        return unit < 0 ? String.format(Locale.ROOT, "%.0f B", bytes)
                : String.format(Locale.ROOT, bytes < 10 ? "%.2f %siB" : bytes < 100 ? "%.1f %siB" : "%.0f %siB", bytes, UNITS.charAt(unit));
    }
}
