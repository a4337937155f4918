package org.cloudos.units.calendar;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@link Calendar}. */
final class CalendarParser {
    private static final Map<String, String> NAMED = Map.of("minutely", "*-*-* *:*:00", "hourly", "*-*-* *:00:00", "daily", "*-*-* 00:00:00",
            "weekly", "Mon *-*-* 00:00:00", "monthly", "*-*-01 00:00:00", "quarterly", "*-01,04,07,10-01 00:00:00",
            "semiannually", "*-01,07-01 00:00:00", "semi-annually", "*-01,07-01 00:00:00", "biannually", "*-01,07-01 00:00:00",
            "bi-annually", "*-01,07-01 00:00:00");
    private static final Map<String, String> YEARLY = Map.of("yearly", "*-01-01 00:00:00", "annually", "*-01-01 00:00:00",
            "anually", "*-01-01 00:00:00", "quaterly", "*-01,04,07,10-01 00:00:00");
    private static final int MOST_PARTS = 240;

    private final String given;
    private String text;
    private int at;
    private int weekdays;
    private Field years = any(Calendar.FIRST_YEAR, Calendar.LAST_YEAR);
    private Field months = any(1, 12);
    private Field days = any(1, 31);
    private boolean fromEnd;
    private Field hours = one(0, 23);
    private Field minutes = one(0, 59);
    private Field micros = one(0, 60 * Calendar.SECOND - 1);
    private ZoneId zone;

    CalendarParser(String text) {
        this.given = text;
        this.text = text.strip();
    }

    private static Field any(int first, int last) {
        return new Field(List.of(), first, last);
    }

    private static Field one(int value, int last) {
        return new Field(List.of(new Field.Part(value, -1, 0)), 0, last);
    }

    Calendar parse() {
        takeZone();
        String lower = text.toLowerCase(Locale.ROOT);
        if (NAMED.containsKey(lower) || YEARLY.containsKey(lower)) {
            text = NAMED.getOrDefault(lower, YEARLY.get(lower));
        }
        if (text.isEmpty()) {
            throw bad("a calendar event");
        }
        if (text.charAt(0) == '@') {
            epoch();
        } else {
            takeWeekdays();
            takeDate();
            takeTime();
            if (at < text.length()) {
                throw bad("the end after " + text.substring(0, at));
            }
        }
        return new Calendar(weekdays, years, months, days, fromEnd, hours, minutes, micros, zone);
    }

    private void takeZone() {
        int space = text.lastIndexOf(' ');
        ZoneId found = space > 0 ? Calendar.zone(text.substring(space + 1)) : null;
        if (found != null) {
            zone = found;
            text = text.substring(0, space).strip();
        }
    }

    private void epoch() {
        try {
            LocalDateTime t = LocalDateTime.ofInstant(Instant.ofEpochSecond(Long.parseUnsignedLong(text.substring(1))), ZoneOffset.UTC);
            zone = ZoneOffset.UTC;
            years = new Field(List.of(new Field.Part(t.getYear(), -1, 0)), Calendar.FIRST_YEAR, Calendar.LAST_YEAR);
            months = new Field(List.of(new Field.Part(t.getMonthValue(), -1, 0)), 1, 12);
            days = new Field(List.of(new Field.Part(t.getDayOfMonth(), -1, 0)), 1, 31);
            hours = one(t.getHour(), 23);
            minutes = one(t.getMinute(), 59);
            micros = one(t.getSecond() * Calendar.SECOND, 60 * Calendar.SECOND - 1);
        } catch (NumberFormatException | java.time.DateTimeException e) {
            throw bad("seconds since 1970 after @");
        }
    }

    private void takeWeekdays() {
        if (!Character.isLetter(text.charAt(0))) {
            return;
        }
        boolean more = true;
        while (more) {
            int first = weekday();
            int last = first;
            if (text.startsWith("..", at) || text.startsWith("-", at) && at + 1 < text.length() && Character.isLetter(text.charAt(at + 1))) {
                at += text.charAt(at) == '.' ? 2 : 1;
                last = weekday();
                if (last < first) {
                    throw bad("a range of days of the week from Mon to Sun");
                }
            }
            for (int day = first; day <= last; day++) {
                weekdays |= 1 << day;
            }
            more = at < text.length() && text.charAt(at) == ',';
            if (more) {
                at++;
                skipSpaces();
                more = at < text.length() && Character.isLetter(text.charAt(at));
            }
        }
        if (at < text.length() && text.charAt(at) != ' ' && ", ".indexOf(text.charAt(at - 1)) < 0) {
            throw bad("a blank after the days of the week");
        }
        skipSpaces();
    }

    private int weekday() {
        int begin = at;
        while (at < text.length() && Character.isLetter(text.charAt(at))) {
            at++;
        }
        int day = Weekdays.of(text.substring(begin, at));
        if (day < 0) {
            throw bad("a day of the week, found " + text.substring(begin));
        }
        return day;
    }

    private void skipSpaces() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    /** {@code [[YEAR-]MONTH-]DAY}; {@code ~} instead of the last {@code -} counts from the month's end. */
    private void takeDate() {
        int begin = at;
        List<Field> found = new ArrayList<>();
        boolean tilde = false;
        int end = text.indexOf(' ', at) < 0 ? text.length() : text.indexOf(' ', at);
        if (text.substring(at, end).indexOf(':') >= 0 || at == text.length()) {
            return;
        }
        found.add(field(false));
        while (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '~') && !tilde && found.size() < 3) {
            tilde = text.charAt(at++) == '~';
            found.add(field(false));
        }
        if (found.size() == 1) {
            // A number alone is no date, a time has a colon.
            at = begin;
            throw bad("a date such as *-*-01, or a time such as 10:00");
        }
        days = bounded(found.removeLast(), 1, tilde ? 28 : 31, tilde ? "a day from 1 to 28 before the end of the month" : "a day from 1 to 31");
        months = bounded(found.removeLast(), 1, 12, "a month from 1 to 12");
        if (!found.isEmpty()) {
            years = bounded(century(found.removeLast()), Calendar.FIRST_YEAR, Calendar.LAST_YEAR, "a year from 1970 to 2199");
        }
        fromEnd = tilde;
        skipSpaces();
    }

    private static Field century(Field field) {
        return new Field(field.parts().stream().map(p -> new Field.Part(year(p.start()), p.stop() < 0 ? -1 : year(p.stop()), p.repeat())).toList(), 0, 0);
    }

    private static int year(int two) {
        return two < 70 ? two + 2000 : two < 100 ? two + 1900 : two;
    }

    private void takeTime() {
        if (at == text.length()) {
            return;
        }
        Field h = field(false);
        if (at == text.length() || text.charAt(at) != ':') {
            throw bad("a time such as 10:00");
        }
        at++;
        Field m = field(false);
        Field s = one(0, 60 * Calendar.SECOND - 1);
        if (at < text.length() && text.charAt(at) == ':') {
            at++;
            s = field(true);
        }
        hours = bounded(h, 0, 23, "an hour from 0 to 23");
        minutes = bounded(m, 0, 59, "a minute from 0 to 59");
        micros = bounded(s, 0, 60 * Calendar.SECOND - 1, "a second from 0 to 59");
    }

    private Field bounded(Field field, int first, int last, String expected) {
        for (Field.Part part : field.parts()) {
            boolean backwards = part.stop() >= 0 && part.stop() < part.start();
            if (part.start() < first || part.start() > last || part.stop() > last || backwards) {
                throw bad(expected);
            }
        }
        return new Field(field.parts(), first, last);
    }

    private Field field(boolean seconds) {
        List<Field.Part> parts = new ArrayList<>();
        if (at < text.length() && text.charAt(at) == '*') {
            at++;
            if (at < text.length() && text.charAt(at) == '/') {
                at++;
                parts.add(new Field.Part(0, -1, positive(seconds)));
            }
            return new Field(parts, 0, 0);
        }
        do {
            if (!parts.isEmpty()) {
                at++;
            }
            parts.add(part(seconds));
            if (parts.size() > MOST_PARTS) {
                throw bad("at most " + MOST_PARTS + " values");
            }
        } while (at < text.length() && text.charAt(at) == ',');
        return new Field(parts, 0, 0);
    }

    private Field.Part part(boolean seconds) {
        int start = number(seconds);
        int stop = -1;
        int repeat = 0;
        if (text.startsWith("..", at)) {
            at += 2;
            stop = number(seconds);
            repeat = seconds ? Calendar.SECOND : 1;
        }
        if (at < text.length() && text.charAt(at) == '/') {
            at++;
            repeat = positive(seconds);
        }
        return new Field.Part(start, stop, repeat);
    }

    private int positive(boolean seconds) {
        int value = number(seconds);
        if (value == 0) {
            throw bad("a repetition above 0");
        }
        return value;
    }

    private int number(boolean seconds) {
        int begin = at;
        long value = 0;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && at - begin < 9) {
            value = value * 10 + Character.digit(text.charAt(at++), 10);
        }
        if (at == begin) {
            throw bad("a number" + (at < text.length() ? ", found " + text.substring(at) : ""));
        }
        if (!seconds) {
            return (int) Math.min(value, Integer.MAX_VALUE);
        }
        value *= Calendar.SECOND;
        if (at + 1 < text.length() && text.charAt(at) == '.' && Character.isDigit(text.charAt(at + 1))) {
            at++;
            int scale = Calendar.SECOND / 10;
            while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
                value += (long) Character.digit(text.charAt(at++), 10) * scale;
                scale /= 10;
            }
        }
        return (int) Math.min(value, Integer.MAX_VALUE);
    }

    private IllegalArgumentException bad(String expected) {
        return new IllegalArgumentException("expected " + expected + " in \"" + (given.length() > 80 ? given.substring(0, 80) + "..." : given) + "\"");
    }
}
