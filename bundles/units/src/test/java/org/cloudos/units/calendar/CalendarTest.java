package org.cloudos.units.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The normalized forms are those that systemd-analyze(1) prints. */
class CalendarTest {
    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "Sat,Thu,Mon..Wed,Sat..Sun | Mon..Thu,Sat,Sun *-*-* 00:00:00", "Mon,Sun 12-*-* 2,1:23 | Mon,Sun 2012-*-* 01,02:23:00", "Wed *-1 | Wed *-*-01 00:00:00",
        "Wed..Wed,Wed *-1 | Wed *-*-01 00:00:00", "Wed, 17:48 | Wed *-*-* 17:48:00", "Wed..Sat,Tue 12-10-15 1:2:3 | Tue..Sat 2012-10-15 01:02:03",
                "*-*-7 0:0:0 | *-*-07 00:00:00",
        "10-15 | *-10-15 00:00:00", "monday *-12-* 17:00 | Mon *-12-* 17:00:00", "Mon,Fri *-*-3,1,2 *:30:45 | Mon,Fri *-*-01,02,03 *:30:45",
        "12,14,13,12:20,10,30 | *-*-* 12,13,14:10,20,30:00", "12..14:10,20,30 | *-*-* 12..14:10,20,30:00",
                "mon,fri *-1/2-1,3 *:30:45 | Mon,Fri *-01/2-01,03 *:30:45",
        "03-05 08:05:40 | *-03-05 08:05:40", "08:05:40 | *-*-* 08:05:40", "Sat,Sun 12-05 08:05:40 | Sat,Sun *-12-05 08:05:40",
                "2003-03-05 | 2003-03-05 00:00:00",
        "*-*~1 | *-*~01 00:00:00", "hourly | *-*-* *:00:00", "weekly | Mon *-*-* 00:00:00", "quarterly | *-01,04,07,10-01 00:00:00", "*:2/3 | *-*-* *:02/3:00",
        "2003-02..04-05 | 2003-02..04-05 00:00:00", "daily UTC | *-*-* 00:00:00 UTC", "@1493187147 | 2017-04-26 06:12:27 UTC"})
    void normalForms(String given, String normal) {
        assertEquals(normal, Calendar.parse(given).toString());
        assertEquals(normal, Calendar.parse(normal).toString(), "again");
    }

    @ParameterizedTest @CsvSource(delimiter = '|', value = {
        "2016-03-27 03:17:00 | Europe/Berlin | 2016-01-01T00:00:00Z | 2016-03-27T01:17:00Z", "*-*~1 12:00 | UTC | 2024-02-10T00:00:00Z | 2024-02-29T12:00:00Z",
        "Mon *-05~07/1 | UTC | 2016-01-01T00:00:00Z | 2016-05-30T00:00:00Z", "*-02-29 | UTC | 2025-01-01T00:00:00Z | 2028-02-29T00:00:00Z",
        "4:*:* | UTC | 2025-01-01T04:00:00Z | 2025-01-01T04:00:01Z", "4:59:* | UTC | 2025-01-01T04:59:59Z | 2025-01-02T04:59:00Z",
                "*:0/15 | UTC | 2025-01-01T00:16:00Z | 2025-01-01T00:30:00Z", "2025-06-01 | UTC | 2025-06-01T00:00:00Z |",
                "*-02-30 | UTC | 2025-06-01T00:00:00Z |"})
    void nextTimes(String event, String zone, Instant after, Instant next) {
        assertEquals(Optional.ofNullable(next), Calendar.parse(event).next(after, ZoneId.of(zone)));
    }

    @ParameterizedTest @ValueSource(strings = {"", "7", "121212:1:2", "2000-03-05.23 00:00:00", "2000-03-05 00:00.1:00", "00:00:00/0.00000001",
            "00:00:00/0", "*-13-01", "Mon..Xyz",
        "*-*-32", "25:00", "20/4:00 nonsense", "*~29", "*~16..31 25:61"})
    void refused(String event) {
        assertThrows(IllegalArgumentException.class, () -> Calendar.parse(event));
    }

    @ParameterizedTest @ValueSource(strings = {"*-*-* 02:30:00", "Sun *-10-* 02:30"})
    void timesThatSummerTimeTakesAwayAreSkipped(String event) {
        Instant next = Instant.parse("2025-03-29T00:00:00Z");
        for (int i = 0; i < 400; i++) {
            Instant found = Calendar.parse(event).next(next, ZoneId.of("Europe/Berlin")).orElseThrow();
            assertEquals(30, found.atZone(ZoneId.of("Europe/Berlin")).getMinute());
            assertEquals(2, found.atZone(ZoneId.of("Europe/Berlin")).getHour());
            next = found;
        }
        assertEquals(ZoneOffset.UTC, Calendar.parse("daily UTC").zone());
    }
}
