package org.cloudos.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueryTest {
    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private static final Entry ENTRY = Entry.at(Level.WARN, "Connection refused by (peer)").time(Entry.nanos(NOW.minusSeconds(300)))
            .bundle("org.cloudos.fs.cloudfs").subsystem("fs").thread("main").logger("org.cloudos.fs.Volume")
            .trace("4bf92f3577b34da6a3ce929d0e0e4736").with("unit", "redis.service").with("status", "503").build();

    @Test void finds() {
        for (String text : new String[] {"", "level>=warn and bundle=fs.* and since 10m", "bundle=org.cloudos.fs.cloudfs", "level=WARNING",
            "unit=redis.service status>=500 status<504", "unit=redis.*", "\"connection refused\"", "refused", "message~REFUSED",
            "not level=info", "level!=info", "level<error", "level<=warn", "level>info", "(level=info or level=warn) and thread=main",
            "nothing=\"\"", "nothing!=x", "since 2026-01-31", "since 2026-01-31T09:00", "since 2026-01-31T11:00:00+02:00", "since today",
            "until now", "since \"2026-01-31 09:00\"", "since yesterday until 1m", "message~'(peer)'", "trace=4bf92f3577b34da6a3ce929d0e0e4736",
            "since 1h30m", "time>=2026-01-31T09:55Z", "seq<1", "seq=0", "LEVEL>=warn AND NOT thread=x", "message=*refused*", "unit=r?dis*"}) {
            assertTrue(Query.parse(text, NOW).test(ENTRY), text);
        }
        for (String text : new String[] {"level>warn", "bundle=net.*", "since 1m", "until 2026-01-30", "unit=nginx.service", "status>503",
            "nothing=*", "nothing>=0", "unit>=0", "not refused", "seq>0", "level=info or level=error", "Unit=redis.service"}) {
            assertFalse(Query.parse(text, NOW).test(ENTRY), text);
        }
    }

    @Test void saysWhatIsWrongWhere() {
        String[][] cases = {
            {"level>=loud", "column 8: expected a level (trace, debug, info, warn, error), found loud"},
            {"level>=", "column 8: expected a level, found the end"},
            {"bundle=fs.* and", "column 16: expected a condition such as level>=warn, bundle=fs.*, since 10m or a word of the message, found the end"},
            {"since soon", "column 7: expected a time such as 10m, 2d, today, 2026-01-31 or 2026-01-31T10:00:00Z, found soon"},
            {"(level=warn", "column 12: expected ) or a further condition, found the end"},
            {"level=warn)", "column 11: expected and, or, or the end, found )"},
            {"a=\"b", "column 3: expected a \" at the end of the text that begins here, found none"},
            {"status>=many", "column 9: expected a number after >=, found many"},
            {"=x", "column 1: expected a condition such as level>=warn, bundle=fs.*, since 10m or a word of the message, found ="},
            {"a == b", "column 3: expected =, !=, ~, !~, <, <=, > or >=, found =="},
            {"seq>x", "column 5: expected a sequence number, found x"},
            {"since 999999999w", "column 7: expected a time such as 10m, 2d, today, 2026-01-31 or 2026-01-31T10:00:00Z, found 999999999w"},
            {"since and", "column 7: expected a time, found and"}};
        for (String[] c : cases) {
            assertEquals(c[1], assertThrows(QueryException.class, () -> Query.parse(c[0], NOW), c[0]).getMessage());
        }
        assertThrows(QueryException.class, () -> Query.parse("(".repeat(1000), NOW));
        assertThrows(QueryException.class, () -> Query.parse("not ".repeat(1000), NOW));
        assertThrows(QueryException.class, () -> Query.parse("x".repeat(5000), NOW));
    }

    @Test void anyTextIsAQueryOrAnError() {
        String[] parts = {"level", ">=", "warn", "and", "or", "not", "(", ")", "since", "10m", "\"", "'", "a", "=", "~", "!", "*", "\\", " ", "\u0000", "7"};
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                Query.parse(text.toString(), NOW).test(ENTRY);
            } catch (QueryException e) {
                assertTrue(e.column() >= 1 && e.column() <= text.length() + 1, text + ": " + e.getMessage());
            }
        }
    }

    @Test void jsonIsOneHarmlessLine() {
        Entry entry = Entry.at(Level.ERROR, "a\n\u001b[31m\"\\<script>\u202e\ud800 \ud83d\ude00 \u00e4").time(1).thread("").with("k\n", "v\u2028").build();
        assertEquals("{\"seq\":0,\"time\":\"1970-01-01T00:00:00.000000001Z\",\"level\":\"ERROR\",\"message\":\"a\\n\\u001b[31m\\\"\\\\"
                + "\\u003cscript\\u003e\\u202e\\ud800 \ud83d\ude00 \u00e4\",\"values\":{\"k\\n\":\"v\\u2028\"}}", JsonLine.of(entry));
        assertEquals("a\\n\\u001b[31m \u00e4\\u202e", Text.harmless("a\n\u001b[31m \u00e4\u202e"));
    }

    @Test void stackTracesEnd() {
        Exception inner = new IllegalStateException("inner");
        Exception outer = new RuntimeException("outer", inner);
        inner.addSuppressed(outer);
        String text = Text.of(outer);
        assertTrue(text.startsWith("java.lang.RuntimeException: outer\n  at "), text);
        assertTrue(text.contains("\nCaused by: java.lang.IllegalStateException: inner\n"), text);
        assertTrue(text.endsWith("Suppressed: the same again"), text);
    }

    @Test void patternsCantBeMadeSlow() {
        assertFalse(new Condition.Glob("*a".repeat(1000) + "b").matches("a".repeat(20_000)));
    }
}
