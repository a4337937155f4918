package org.cloudos.journal;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as a query has them, in nanoseconds since the epoch. */
final class QueryTime {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|[smhdw])");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(ms|[smhdw]))+");
    private final Instant now;

    QueryTime(Instant now) {
        this.now = now;
    }

    /** @throws IllegalArgumentException with what was expected */
    long nanos(String text) {
        String t = text.toLowerCase(Locale.ROOT);
        try {
            if (DURATION.matcher(t).matches()) {
                return nanosOf(now.minus(duration(t)));
            }
            return switch (t) {
                case "now" -> Entry.nanos(now);
                case "today" -> start(today());
                case "yesterday" -> start(today().minusDays(1));
                default -> nanosOf(moment(text.replace(' ', 'T').toUpperCase(Locale.ROOT)));
            };
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("expected a time such as 10m, 2d, today, 2026-01-31 or 2026-01-31T10:00:00Z, found "
                    + Text.harmless(text), e);
        }
    }

    private static Duration duration(String text) {
        Duration sum = Duration.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            long n = Long.parseLong(parts.group(1));
            sum = sum.plus(switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(n);
                case "s" -> Duration.ofSeconds(n);
                case "m" -> Duration.ofMinutes(n);
                case "h" -> Duration.ofHours(n);
                case "d" -> Duration.ofDays(n);
                default -> Duration.ofDays(Math.multiplyExact(7, n));
            });
        }
        return sum;
    }

    private static Instant moment(String text) {
        if (!text.contains("T")) {
            return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
        }
        boolean offset = text.endsWith("Z") || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf('T');
        return offset ? OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static long nanosOf(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    }

    private LocalDate today() {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }

    private static long start(LocalDate day) {
        return Entry.nanos(day.atStartOfDay().toInstant(ZoneOffset.UTC));
    }
}
