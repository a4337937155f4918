package org.cloudos.journal.ship;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.cloudos.journal.Text;

/**
 * A record as RFC 5424 has it: {@code <PRI>1 TIME HOST APP PROCID - [cloudos@32473 ...] TEXT}. What the header has no place for
 * is in the structured data, under the number that RFC 5612 reserves for examples, since CloudOS has none of its own. Control
 * characters in texts are escaped: a receiver that takes LF for the end of a message sees no message that nobody sent.
 */
final class SyslogMessage {
    static final String SD_ID = "cloudos@32473";
    static final List<String> FACILITIES = List.of("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
            "authpriv", "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");
    static final List<String> SEVERITIES = List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final int MAX_HOST = 255, MAX_APP = 48, MAX_PROCESS = 128, MAX_NAME = 32;
    private static final long FIRST_YEAR = -62_135_596_800L, LAST_YEAR = 253_402_300_799L; // RFC 3339 has four digits

    private final String host;
    private final int facility;

    /** @param facility RFC 5424 §6.2.1, for records that have none */
    SyslogMessage(String host, int facility) {
        this.host = host;
        this.facility = facility;
    }

    byte[] of(Entry e) {
        StringBuilder out = new StringBuilder(256);
        Map<String, String> values = e.values();
        int from = FACILITIES.indexOf(values.getOrDefault("facility", "kernel".equals(values.get("source")) ? "kern" : ""));
        int severity = SEVERITIES.indexOf(values.getOrDefault("severity", ""));
        out.append('<').append((from < 0 ? facility : from) * 8 + (severity < 0 ? e.level().severity() : severity)).append(">1 ");
        Instant time = e.instant();
        out.append(time.getEpochSecond() < FIRST_YEAR || time.getEpochSecond() > LAST_YEAR ? "-" : TIME.format(time)).append(' ');
        word(out, values.getOrDefault("host", host), MAX_HOST);
        word(out, application(e), MAX_APP);
        word(out, values.getOrDefault("pid", ""), MAX_PROCESS);
        out.append("- [").append(SD_ID);
        parameters(out, e);
        out.append("] ");
        Text.appendHarmless(out, e.message());
        if (!e.exception().isEmpty()) {
            Text.appendHarmless(out.append(e.message().isEmpty() ? "" : " | "), e.exception());
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** For a service its program; for a bundle the end of its name, which tells it from others. */
    private static String application(Entry e) {
        String name = !e.bundle().isEmpty() ? e.bundle() : e.logger();
        return name.length() <= MAX_APP ? name : name.substring(name.length() - MAX_APP);
    }

    private void parameters(StringBuilder out, Entry e) {
        parameter(out, "seq", e.sequence() == 0 ? "" : Long.toString(e.sequence()));
        parameter(out, "level", e.level() == Level.TRACE ? "trace" : "");
        parameter(out, "bundle", e.bundle());
        parameter(out, "subsystem", e.subsystem());
        parameter(out, "logger", e.bundle().isEmpty() ? "" : e.logger());
        parameter(out, "thread", e.thread());
        parameter(out, "trace", e.trace());
        e.values().forEach((key, value) -> {
            switch (key) {
                case "host", "pid", "facility", "severity" -> { }
                default -> parameter(out, key.startsWith("k.") || reserved(key) ? "k." + key : key, value);
            }
        });
    }

    private static boolean reserved(String key) {
        return switch (key) {
            case "seq", "level", "bundle", "subsystem", "logger", "thread", "trace" -> true;
            default -> false;
        };
    }

    private static void parameter(StringBuilder out, String name, String value) {
        if (value.isEmpty() || name.isEmpty()) {
            return;
        }
        out.append(' ');
        for (int i = 0; i < name.length() && i < MAX_NAME; i++) {
            char c = name.charAt(i);
            out.append(c > ' ' && c < 0x7f && c != '=' && c != ']' && c != '"' ? c : '_');
        }
        out.append("=\"");
        String safe = Text.harmless(value);
        for (int i = 0; i < safe.length(); i++) {
            char c = safe.charAt(i);
            if (c == '"' || c == '\\' || c == ']') { // RFC 5424 §6.3.3
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    private static void word(StringBuilder out, String text, int most) {
        if (text.isEmpty()) {
            out.append("- ");
            return;
        }
        for (int i = 0; i < text.length() && i < most; i++) {
            char c = text.charAt(i);
            out.append(c > ' ' && c < 0x7f ? c : '_');
        }
        out.append(' ');
    }
}
