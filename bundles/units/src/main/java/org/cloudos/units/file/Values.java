package org.cloudos.units.file;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as unit files write them. Errors are {@code IllegalArgumentException}s that say what was expected. */
public final class Values {
    /** No limit: what {@code infinity} is, for spans of time. */
    public static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000L);
    private static final Pattern SPAN = Pattern.compile("\\s*(\\d+(?:\\.\\d+)?|\\.\\d+)\\s*([a-zA-Zµμ]*)");
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGTPE]?)(i?B?)");
    private static final Map<String, Long> UNITS = Map.ofEntries(unit(1_000, "usec", "us", "µs", "μs"), unit(1_000_000, "msec", "ms"),
            unit(1_000_000_000L, "seconds", "second", "sec", "s", ""), unit(60_000_000_000L, "minutes", "minute", "min", "m"),
            unit(3_600_000_000_000L, "hours", "hour", "hr", "h"), unit(86_400_000_000_000L, "days", "day", "d"),
            unit(604_800_000_000_000L, "weeks", "week", "w"), unit(2_629_800_000_000_000L, "months", "month", "M"),
            unit(31_557_600_000_000_000L, "years", "year", "y"), unit(1, "nsec", "ns")).entrySet().stream()
            .flatMap(e -> java.util.stream.Stream.of(e.getKey().split(" ", -1)).map(k -> Map.entry(k, e.getValue())))
            .collect(java.util.stream.Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private Values() { }

    private static Map.Entry<String, Long> unit(long nanos, String... names) {
        return Map.entry(String.join(" ", names), nanos);
    }

    /** {@code yes no true false on off 1 0 y n t f}. */
    public static boolean bool(String value) {
        return tryBool(value).orElseThrow(() -> new IllegalArgumentException("expected yes or no, found " + UnitText.quote(value)));
    }

    /** Empty when it is no truth value. */
    public static Optional<Boolean> tryBool(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "1", "yes", "y", "true", "t", "on" -> Optional.of(true);
            case "0", "no", "n", "false", "f", "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** {@code 5min 20s}, {@code 1.5h}, {@code infinity}; a number alone is seconds. systemd.time(7). */
    public static Duration span(String value) {
        return span(value, "s");
    }

    /** As {@link #span(String)}, with another unit for numbers alone. */
    public static Duration span(String value, String plain) {
        String text = value.strip();
        if (text.equals("infinity")) {
            return FOREVER;
        }
        Matcher m = SPAN.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length() && m.find(at) && m.start() == at) {
            Long unit = UNITS.get(m.group(2).isEmpty() ? plain : m.group(2));
            if (unit == null) {
                break;
            }
            nanos = nanos.add(new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)));
            at = m.end();
        }
        if (at < text.length() || text.isEmpty()) {
            throw new IllegalArgumentException("expected a span of time such as 1min 30s, found " + UnitText.quote(value));
        }
        return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0 ? FOREVER : Duration.ofNanos(nanos.longValue());
    }

    /** Bytes: {@code 512M}; K, M, G, T, P, E of 1024. {@code infinity} is -1. */
    public static long size(String value) {
        if (value.equals("infinity")) {
            return -1;
        }
        Matcher m = SIZE.matcher(value);
        if (!m.matches()) {
            throw new IllegalArgumentException("expected a size such as 512M, found " + UnitText.quote(value));
        }
        int power = m.group(2).isEmpty() ? 0 : "KMGTPE".indexOf(m.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(1024).pow(power));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("expected a size below 8E, found " + UnitText.quote(value));
        }
        return bytes.longValue();
    }

    /** A share from 0 to 1, or more where a processor's time is meant. */
    public static Optional<Double> percent(String value) {
        if (!value.endsWith("%")) {
            return Optional.empty();
        }
        try {
            double share = Double.parseDouble(value.substring(0, value.length() - 1)) / 100;
            return share >= 0 && Double.isFinite(share) ? Optional.of(share) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A whole number in a range. */
    public static int number(String value, int least, int most) {
        try {
            int n = Integer.decode(value.startsWith("0") && value.length() > 1 && Character.isDigit(value.charAt(1)) ? value.replaceFirst("^0+(?=.)",
                    "") : value);
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("expected a number from " + least + " to " + most + ", found " + UnitText.quote(value));
    }

    /** File modes, octal. */
    public static int mode(String value) {
        if (!value.matches("[0-7]{1,5}")) {
            throw new IllegalArgumentException("expected an octal mode such as 0755, found " + UnitText.quote(value));
        }
        return Integer.parseInt(value, 8) & 07777;
    }

    /** An absolute path, without {@code ..} and doubled slashes. */
    public static String path(String value) {
        if (!value.startsWith("/") || value.indexOf('\t') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("expected an absolute path, found " + UnitText.quote(value));
        }
        String plain = value.replaceAll("/+", "/").replaceAll("(/\\.)+(?=/|$)", "");
        if (plain.matches(".*/\\.\\.(/.*)?")) {
            throw new IllegalArgumentException("expected a path without .., found " + UnitText.quote(value));
        }
        return plain.length() > 1 && plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain.isEmpty() ? "/" : plain;
    }
}
