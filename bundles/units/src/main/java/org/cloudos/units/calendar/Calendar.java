package org.cloudos.units.calendar;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A calendar event, such as {@code Mon..Fri *-*-* 10:00}. systemd.time(7) "Calendar Events".
 *
 * @param weekdays bit 0 is Monday; 0 for every day
 * @param fromEnd  days count back from the end of the month ({@code ~})
 * @param micros   seconds, in microseconds
 * @param zone     null for the local one
 */
public record Calendar(int weekdays, Field years, Field months, Field days, boolean fromEnd, Field hours, Field minutes, Field micros, ZoneId zone) {
    static final int FIRST_YEAR = 1970;
    static final int LAST_YEAR = 2199;
    static final int SECOND = 1_000_000;

    /** @throws IllegalArgumentException says what was expected */
    public static Calendar parse(String text) {
        return new CalendarParser(text).parse();
    }

    /**
     * The first moment after {@code after} that matches.
     *
     * @param local the time zone where the event names none
     * @return empty when there is none before the year 2200
     */
    public Optional<Instant> next(Instant after, ZoneId local) {
        ZoneId in = zone == null ? local : zone;
        LocalDateTime from = LocalDateTime.ofInstant(after.plusNanos(1000).truncatedTo(ChronoUnit.MICROS), in);
        while (true) {
            Optional<LocalDateTime> found = next(from);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            // Where clocks jump forward there is no such moment: the next one that is. Where they go back it comes once.
            Instant instant = resolve(found.get(), in);
            if (instant != null && instant.isAfter(after)) {
                return Optional.of(instant);
            }
            from = found.get().plusNanos(1000);
        }
    }

    private static Instant resolve(LocalDateTime time, ZoneId in) {
        ZonedDateTime zoned = time.atZone(in);
        return zoned.toLocalDateTime().equals(time) ? zoned.toInstant() : null;
    }

    private Optional<LocalDateTime> next(LocalDateTime from) {
        LocalDate date = from.toLocalDate();
        long micro = from.toLocalTime().toNanoOfDay() / 1000;
        while (true) {
            Optional<LocalDate> day = nextDay(date);
            if (day.isEmpty()) {
                return Optional.empty();
            }
            long time = nextTime(day.get().equals(date) ? micro : 0);
            if (time >= 0) {
                return Optional.of(day.get().atStartOfDay().plus(time, ChronoUnit.MICROS));
            }
            date = day.get().plusDays(1);
            micro = 0;
        }
    }

    private Optional<LocalDate> nextDay(LocalDate from) {
        int year = years.next(from.getYear());
        LocalDate date = year == from.getYear() ? from : year < 0 ? null : LocalDate.of(year, 1, 1);
        while (date != null && date.getYear() <= LAST_YEAR) {
            int month = months.next(date.getMonthValue());
            if (month < 0) {
                int next = years.next(date.getYear() + 1);
                date = next < 0 ? null : LocalDate.of(next, 1, 1);
            } else if (month != date.getMonthValue()) {
                date = LocalDate.of(date.getYear(), month, 1);
            } else {
                int day = dayInMonth(date);
                if (day > 0) {
                    return Optional.of(date.withDayOfMonth(day));
                }
                LocalDate nextMonth = date.withDayOfMonth(1).plusMonths(1);
                int next = nextMonth.getYear() == date.getYear() ? date.getYear() : years.next(nextMonth.getYear());
                date = next < 0 ? null : next == nextMonth.getYear() ? nextMonth : LocalDate.of(next, 1, 1);
            }
        }
        return Optional.empty();
    }

    private int dayInMonth(LocalDate from) {
        int length = from.lengthOfMonth();
        for (int day = from.getDayOfMonth(); day <= length; day++) {
            DayOfWeek weekday = from.withDayOfMonth(day).getDayOfWeek();
            boolean wanted = weekdays == 0 || (weekdays >> weekday.getValue() - 1 & 1) == 1;
            if (wanted && (fromEnd ? days.matchesFromEnd(day, length) : days.matches(day))) {
                return day;
            }
        }
        return -1;
    }

    private long nextTime(long from) {
        int hour = (int) (from / 3_600_000_000L);
        int minute = (int) (from / 60_000_000 % 60);
        int micro = (int) (from % 60_000_000);
        for (int h = hours.next(hour); h >= 0; h = hours.next(h + 1)) {
            for (int m = minutes.next(h == hour ? minute : 0); m >= 0; m = minutes.next(m + 1)) {
                int s = second(h == hour && m == minute ? micro : 0);
                if (s >= 0) {
                    return h * 3_600_000_000L + m * 60_000_000L + s;
                }
            }
        }
        return -1;
    }

    /** Every second means every whole one. */
    private int second(int from) {
        return micros.next(micros.parts().isEmpty() ? (from + SECOND - 1) / SECOND * SECOND : from);
    }

    /** In the form that systemd-analyze(1) calls normalized. */
    @Override public String toString() {
        StringBuilder out = new StringBuilder();
        if (weekdays != 0 && weekdays != 0x7f) {
            Weekdays.write(weekdays, out);
            out.append(' ');
        }
        out.append(years.text(4)).append('-').append(months.text(2)).append(fromEnd && !days.parts().isEmpty() ? '~' : '-').append(days.text(2)).append(' ');
        out.append(hours.text(2)).append(':').append(minutes.text(2)).append(':').append(micros.seconds());
        if (zone != null) {
            out.append(' ').append(zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
        }
        return out.toString();
    }

    static ZoneId zone(String name) {
        try {
            return name.equalsIgnoreCase("UTC") ? ZoneOffset.UTC : ZoneId.getAvailableZoneIds().contains(name) ? ZoneId.of(name) : null;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
