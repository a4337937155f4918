package org.cloudos.fs.tools;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What commands are given. */
final class Arguments {
    private static final String UNITS = "KMGTP";

    private Arguments() { }

    /** {@code name=value}; a name alone is {@code true}. */
    static Map<String, String> options(List<String> words) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String word : words) {
            String[] parts = word.split("=", 2);
            options.put(parts[0], parts.length == 1 ? "true" : parts[1]);
        }
        return options;
    }

    /** {@code 64M}: powers of 1024. */
    static long bytes(String text) {
        String number = text.toUpperCase(Locale.ROOT);
        int unit = number.isEmpty() ? -1 : UNITS.indexOf(number.charAt(number.length() - 1));
        try {
            long value = Long.parseLong(unit < 0 ? number : number.substring(0, number.length() - 1));
            if (value >= 0 && value <= Long.MAX_VALUE >> 10 * (unit + 1)) {
                return value << 10 * (unit + 1);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("expected a size such as 64M or 1T, found '" + text + "'");
    }
}
