package org.cloudos.journal.ship;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;

/**
 * Reads what syslog senders write: RFC 5424; the older form that RFC 3164 describes, {@code <PRI>Jan 31 10:00:00 HOST TAG[PID]: TEXT},
 * also with a time as RFC 3339 has it, as rsyslog forwards. Whatever is neither becomes a record with all of it as its message:
 * nothing is refused, nothing is lost. Pure.
 */
final class SyslogParser {
    private static final int MAX_PRIORITY = 191, MAX_VALUES = 60, MAX_TAG = 64, DEFAULT_PRIORITY = 13; // user.notice, RFC 3164 §4.3.3
    private static final List<String> MONTHS = List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
    private static final char BOM = '\ufeff';

    private final String text;
    private final String peer;
    private final Instant now;
    private int at;
    private int values;

    private SyslogParser(String text, String peer, Instant now) {
        this.text = text;
        this.peer = peer;
        this.now = now;
    }

    /**
     * @param peer the sender's address
     * @param now  the time of what has none
     */
    static Entry parse(byte[] bytes, int offset, int length, String peer, Instant now) {
        int end = offset + length;
        while (end > offset && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r' || bytes[end - 1] == 0)) {
            end--;
        }
        return new SyslogParser(new String(bytes, offset, end - offset, StandardCharsets.UTF_8), peer, now).parse();
    }

    private Entry parse() {
        int priority = priority();
        int body = at;
        if (priority >= 0 && text.startsWith("1 ", at)) {
            at += 2;
            Optional<Entry> entry = modern(priority);
            if (entry.isPresent()) {
                return entry.get();
            }
            at = body;
        }
        values = 0;
        return old(priority < 0 ? DEFAULT_PRIORITY : priority);
    }

    /** -1 if it has none. */
    private int priority() {
        int end = text.indexOf('>');
        if (!text.startsWith("<") || end < 2 || end > 4) {
            return -1;
        }
        int value = 0;
        for (int i = 1; i < end; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        if (value > MAX_PRIORITY) {
            return -1;
        }
        at = end + 1;
        return value;
    }

    private static Entry.Builder begin(int priority, String message) {
        int severity = priority & 7;
        Entry.Builder entry = Entry.at(Level.ofSeverity(severity), message).thread("").with("source", "syslog")
                .with("facility", SyslogMessage.FACILITIES.get(priority >> 3));
        if (severity < 3 || severity == 5) { // what the level does not tell
            entry.with("severity", SyslogMessage.SEVERITIES.get(severity));
        }
        return entry;
    }

    /** RFC 5424 §6; empty if it is not. */
    private Optional<Entry> modern(int priority) {
        String time = word(), host = word(), application = word(), process = word(), id = word();
        if (id == null) {
            return Optional.empty();
        }
        Instant written = time.equals("-") ? now : time(time);
        int data = at;
        if (written == null || !skipData()) {
            return Optional.empty();
        }
        int message = at < text.length() && text.charAt(at) == ' ' ? at + 1 : at;
        message += message < text.length() && text.charAt(message) == BOM ? 1 : 0;
        Fields fields = new Fields();
        at = data;
        readData(fields);
        Level level = fields.trace ? Level.TRACE : null;
        Entry.Builder entry = level == null ? begin(priority, text.substring(message)) : Entry.at(level, text.substring(message)).thread("")
                .with("source", "syslog").with("facility", SyslogMessage.FACILITIES.get(priority >> 3));
        entry.time(nanos(written)).logger(application.equals("-") ? "" : application);
        sender(entry, host);
        if (!process.equals("-")) {
            entry.with("pid", process);
        }
        if (!id.equals("-")) {
            entry.with("msgid", id);
        }
        fields.into(entry);
        return Optional.of(entry.build());
    }

    private void sender(Entry.Builder entry, String host) {
        entry.with("host", host.equals("-") || host.isEmpty() ? peer : host).with("peer", peer);
    }

    private static long nanos(Instant time) {
        try {
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        } catch (ArithmeticException e) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Up to the next blank, which is passed over; null at the end. */
    private String word() {
        int end = text.indexOf(' ', at);
        if (at >= text.length()) {
            return null;
        }
        String word = text.substring(at, end < 0 ? text.length() : end);
        at = end < 0 ? text.length() : end + 1;
        return word.isEmpty() ? null : word;
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** What another CloudOS has put into the structured data. */
    private static final class Fields {
        private String bundle = "", subsystem = "", logger = "", thread = "", traceId = "";
        private boolean trace;
        private final List<String[]> others = new java.util.ArrayList<>();

        void put(boolean ours, String id, String name, String value) {
            if (!ours) {
                others.add(new String[] {id + "." + name, value});
                return;
            }
            switch (name) {
                case "bundle" -> bundle = value;
                case "subsystem" -> subsystem = value;
                case "logger" -> logger = value;
                case "thread" -> thread = value;
                case "trace" -> traceId = value;
                case "level" -> trace = value.equals("trace");
                case "seq" -> others.add(new String[] {"host.seq", value});
                default -> others.add(new String[] {name.startsWith("k.") ? name.substring(2) : name, value});
            }
        }

        void into(Entry.Builder entry) {
            entry.bundle(bundle).subsystem(subsystem).thread(thread).trace(traceId);
            if (!logger.isEmpty()) {
                entry.logger(logger);
            }
            for (String[] other : others) {
                switch (other[0]) {
                    case "source", "host", "peer", "facility", "pid" -> { } // where it came from is not the sender's to say
                    default -> entry.with(other[0], other[1]);
                }
            }
        }
    }

    private boolean skipData() {
        return readData(null);
    }

    /** RFC 5424 §6.3; false if it is not that. */
    private boolean readData(Fields to) {
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
            return at == text.length() || text.charAt(at) == ' ';
        }
        boolean some = false;
        while (at < text.length() && text.charAt(at) == '[') {
            at++;
            if (!element(to)) {
                return false;
            }
            some = true;
        }
        return some && (at == text.length() || text.charAt(at) == ' ');
    }

    private boolean element(Fields to) {
        int start = at;
        while (at < text.length() && " =]\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        String id = text.substring(start, at);
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
            int name = at;
            while (at < text.length() && " =]\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (!text.startsWith("=\"", at)) {
                return false;
            }
            String key = text.substring(name, at);
            at += 2;
            String value = quoted();
            if (value == null) {
                return false;
            }
            if (to != null && values++ < MAX_VALUES) {
                to.put(id.equals(SyslogMessage.SD_ID), id, key, value);
            }
        }
        return at < text.length() && text.charAt(at++) == ']' && !id.isEmpty();
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\' && at < text.length() && "\"\\]".indexOf(text.charAt(at)) >= 0) {
                c = text.charAt(at++);
            }
            value.append(c);
        }
        return null;
    }

    /** RFC 3164 §4.1, which only describes what was seen. */
    private Entry old(int priority) {
        int start = at;
        Instant written = oldTime();
        if (written == null) {
            int end = text.indexOf(' ', at);
            written = end < 0 ? null : time(text.substring(at, end));
            at = written == null ? at : end + 1;
        }
        String host = "";
        if (written != null) {
            int end = text.indexOf(' ', at);
            host = end < 0 ? "" : text.substring(at, end);
            at = end < 0 ? at : end + 1;
        } else {
            at = start;
        }
        String tag = tag(), process = "";
        int bracket = tag.indexOf('[');
        if (bracket > 0 && tag.endsWith("]")) {
            process = tag.substring(bracket + 1, tag.length() - 1);
            tag = tag.substring(0, bracket);
        }
        Entry.Builder entry = begin(priority, text.substring(at)).time(nanos(written == null ? now : written)).logger(tag);
        sender(entry, host);
        return (process.isEmpty() ? entry : entry.with("pid", process)).build();
    }

    /** A word with a colon after it, or {@code NAME[PID]} without one; empty if neither is next. */
    private String tag() {
        int blank = text.indexOf(' ', at);
        int end = blank < 0 ? text.length() : blank;
        boolean colon = end > at + 1 && text.charAt(end - 1) == ':';
        boolean process = end > at + 3 && text.charAt(end - 1) == ']' && text.indexOf('[', at) > at && text.indexOf('[', at) < end;
        if (end - at > MAX_TAG || !colon && !process) {
            return "";
        }
        String tag = text.substring(at, colon ? end - 1 : end);
        at = Math.min(text.length(), end + 1);
        return tag;
    }

    /** {@code Jan 31 10:00:00 }, of this year, or of the last one when that would be in the future; as UTC, for want of a zone. */
    private Instant oldTime() {
        if (text.length() < at + 16 || text.charAt(at + 15) != ' ') {
            return null;
        }
        int month = MONTHS.indexOf(text.substring(at, at + 3));
        try {
            int day = Integer.parseInt(text.substring(at + 4, at + 6).strip());
            String[] clock = text.substring(at + 7, at + 15).split(":");
            if (month < 0 || clock.length != 3) {
                return null;
            }
            OffsetDateTime time = OffsetDateTime.of(now.atOffset(ZoneOffset.UTC).getYear(), month + 1, day, Integer.parseInt(clock[0]),
                    Integer.parseInt(clock[1]), Integer.parseInt(clock[2]), 0, ZoneOffset.UTC);
            at += 16;
            return (time.toInstant().isAfter(now.plusSeconds(86_400)) ? time.minusYears(1) : time).toInstant();
        } catch (NumberFormatException | DateTimeException e) {
            return null;
        }
    }
}
