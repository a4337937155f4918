package org.cloudos.journal.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.junit.jupiter.api.Test;

class SyslogFormatTest {
    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private final SyslogMessage format = new SyslogMessage("box", 3);

    private String text(Entry e) {
        return new String(format.of(e), StandardCharsets.UTF_8);
    }

    private static Entry parse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return SyslogParser.parse(bytes, 0, bytes.length, "192.0.2.1", NOW);
    }

    @Test void writesAsTheStandardHasIt() {
        Entry e = Entry.at(Level.WARN, "a\nb").time(Entry.nanos(NOW) + 123_456_789).bundle("org.cloudos.ssh").logger("x.Y").thread("t 1")
                .with("pid", "7").with("k\"=]", "v\"\\]\u001b").build();
        assertEquals("<28>1 2026-01-31T10:00:00.123456Z box org.cloudos.ssh 7 - [cloudos@32473 bundle=\"org.cloudos.ssh\" logger=\"x.Y\" "
                + "thread=\"t 1\" k___=\"v\\\"\\\\\\]\\\\u001b\"] a\\nb", text(e));
        assertEquals("<30>1 2026-01-31T10:00:00.000000Z box - - - [cloudos@32473] ",
                text(Entry.at(Level.INFO, "").thread("").time(Entry.nanos(NOW)).build()));
        assertTrue(text(Entry.at(Level.INFO, "").with("source", "kernel").with("severity", "emerg").build()).startsWith("<0>1 "));
        assertTrue(text(Entry.at(Level.INFO, "x").time(Long.MAX_VALUE).build()).startsWith("<30>1 2262-"));
    }

    @Test void whatItWritesComesBack() {
        for (Level level : Level.values()) {
            Entry e = Entry.at(level, "caf\u00e9 [x] \"q\"").time(Entry.nanos(NOW)).bundle("org.cloudos.ssh").subsystem("ssh").logger("a.B")
                    .thread("main").trace("0af7651916cd43dd8448eb211c80319c").with("n", "\"]\\").with("thread", "odd").build();
            Entry back = parse(text(e));
            assertEquals(level, back.level());
            assertEquals(e.message(), back.message());
            assertEquals(e.time(), back.time());
            assertEquals(e.bundle() + e.subsystem() + e.logger() + e.thread() + e.trace(),
                    back.bundle() + back.subsystem() + back.logger() + back.thread() + back.trace());
            assertEquals(Map.of("source", "syslog", "facility", "daemon", "host", "box", "peer", "192.0.2.1", "n", "\"]\\", "thread", "odd"),
                    back.values());
        }
    }

    @Test void readsWhatOthersWrite() {
        // RFC 5424 §6.5
        Entry e = parse("<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed for lonvick on /dev/pts/8");
        assertEquals("'su root' failed for lonvick on /dev/pts/8", e.message());
        assertEquals(Level.ERROR, e.level());
        assertEquals("su", e.logger());
        assertEquals(Map.of("source", "syslog", "facility", "auth", "severity", "crit", "host", "mymachine.example.com", "peer", "192.0.2.1",
                "msgid", "ID47"), e.values());
        e = parse("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.");
        assertEquals(Instant.parse("2003-08-24T12:14:15.000003Z"), e.instant());
        assertEquals("8710", e.values().get("pid"));
        e = parse("<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut=\"3\" eventSource=\"App\\]lication\"]"
                + "[examplePriority@32473 class=\"high\"]");
        assertEquals("", e.message());
        assertEquals("App]lication", e.values().get("exampleSDID@32473.eventSource"));
        assertEquals("high", e.values().get("examplePriority@32473.class"));
        // RFC 3164 §5.4
        e = parse("<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8");
        assertEquals("mymachine|su|'su root' failed for lonvick on /dev/pts/8|2025-10-11T22:14:15Z",
                e.values().get("host") + "|" + e.logger() + "|" + e.message() + "|" + e.instant(), "October was last year");
        e = parse("<13>Jan  1 00:00:01 host cron[17]: x: y\n");
        assertEquals("cron|17|x: y", e.logger() + "|" + e.values().get("pid") + "|" + e.message());
        e = parse("<13>2026-01-31T09:59:59.5+00:00 host app: text");
        assertEquals("app|text|2026-01-31T09:59:59.500Z", e.logger() + "|" + e.message() + "|" + e.instant());
        for (String odd : new String[] {"no syslog at all", "<999>x", "<>", "<13", "<1 3>x", "", "<13>1 x", "<13>1 - - - - - [", "<13>1 - - - - - [a b=\"c]"}) {
            e = parse(odd);
            assertEquals("192.0.2.1", e.values().get("host"), odd);
            assertTrue(odd.endsWith(e.message()), odd + " -> " + e.message());
        }
        assertEquals("syslog", parse("<13>1 - h - - - [cloudos@32473 source=\"kernel\" host=\"x\"] m").values().get("source"), "no sender is the kernel");
    }

    @Test void anyBytesAreARecord() {
        Random random = new Random(7);
        byte[] seed = "<34>1 2003-10-11T22:14:15.003Z h a 1 - [x@1 a=\"b\\]\"] m Oct 11 22:14:15 h su[1]: t".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = seed.clone();
            for (int n = random.nextInt(8); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int from = random.nextInt(bytes.length), length = random.nextInt(bytes.length - from + 1);
            SyslogParser.parse(bytes, from, length, "peer", NOW);
        }
    }
}
