package org.cloudos.journal.kernel;

import java.nio.charset.StandardCharsets;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;

/**
 * A record of {@code /dev/kmsg}, Documentation/ABI/testing/dev-kmsg:
 * {@code PRIORITY,SEQUENCE,MICROSECONDS,FLAGS[,...];TEXT}, LF, then {@code  KEY=VALUE} lines. Bytes that are not printable
 * stand as {@code \xNN}.
 *
 * @param facility RFC 5424's number; 0 is the kernel itself
 * @param micros   of the monotonic clock
 */
record KernelRecord(int facility, int severity, long sequence, long micros, String text, String device) {
    static final String[] SEVERITIES = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
    private static final String[] FACILITIES = {"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv"};
    private static final int MAX_FIELDS = 4;

    /** @throws IllegalArgumentException for what the kernel would not say */
    static KernelRecord parse(byte[] bytes) {
        String all = new String(bytes, StandardCharsets.UTF_8);
        int semicolon = all.indexOf(';');
        String[] fields = semicolon < 0 ? new String[0] : all.substring(0, semicolon).split(",");
        if (fields.length < MAX_FIELDS - 1) {
            throw new IllegalArgumentException("expected PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT, found "
                    + all.substring(0, Math.min(80, all.length())));
        }
        int end = all.indexOf('\n', semicolon);
        String text = all.substring(semicolon + 1, end < 0 ? all.length() : end);
        int priority = Integer.parseInt(fields[0]);
        String device = "";
        for (int at = end; at >= 0 && at + 1 < all.length(); at = all.indexOf('\n', at + 1)) {
            if (all.startsWith(" DEVICE=", at + 1)) {
                int stop = all.indexOf('\n', at + 1);
                device = unescape(all.substring(at + 9, stop < 0 ? all.length() : stop));
            }
        }
        return new KernelRecord(priority >> 3 & 0x1ff, priority & 7, Long.parseUnsignedLong(fields[1]), Long.parseLong(fields[2]),
                unescape(text), device);
    }

    /** {@code \x09} and the like; UTF-8 that was escaped byte by byte comes together again. */
    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8), out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            int high = i + 3 < in.length && in[i] == '\\' && in[i + 1] == 'x' ? Character.digit(in[i + 2], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 3], 16);
            if (low >= 0) {
                out[n++] = (byte) (high << 4 | low);
                i += 3;
            } else {
                out[n++] = in[i];
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    /** @param zero nanoseconds since 1970 at which the monotonic clock was 0 */
    Entry entry(long zero) {
        Entry.Builder entry = Entry.at(Level.ofSeverity(severity), text).time(zero + micros * 1000).thread("").subsystem("kernel")
                .logger("kernel").with("source", "kernel");
        if (facility != 0) { // a program has written it there
            entry.with("facility", facility < FACILITIES.length ? FACILITIES[facility] : Integer.toString(facility));
        }
        String severityName = SEVERITIES[severity];
        if (severity < 3 || severity == 5) { // what the level does not tell
            entry.with("severity", severityName);
        }
        if (!device.isEmpty()) {
            entry.with("device", device);
        }
        return entry.build();
    }
}
