package org.cloudos.config.command;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people type them: {@code 30s}, {@code 5min}, {@code 1h}. */
final class Times {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(s|min|m|h)?");
    private static final Duration LONGEST = Duration.ofDays(1);

    private Times() { }

    static Duration parse(String option, String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (matcher.matches()) {
            long unit = switch (matcher.group(2)) {
                case "m", "min" -> 60;
                case "h" -> 3600;
                case null, default -> 1;
            };
            Duration duration = Duration.ofSeconds(Long.parseLong(matcher.group(1)) * unit);
            if (duration.isPositive() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        }
        throw new IllegalArgumentException(option + ": expected a duration such as 30s or 5min, at most 24h; found " + text);
    }
}
