package org.cloudos.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import org.osgi.service.log.LogEntry;

/**
 * An entry as text:
 * <pre>
 *   TIME LEVEL [BUNDLE] LOGGER: MESSAGE
 *   TAB an exception's stack, a line each
 * </pre>
 * Control characters are escaped as in Java, so a line that does not begin with a tab is the beginning of an entry,
 * whatever was logged.
 */
final class LogLine {
    private static final int MAX_MESSAGE = 8192;
    private static final int MAX_FRAMES = 100;
    private static final String FELIX_COPY = "org.apache.felix.log.LogException: ";

    private LogLine() { }

    static String of(LogEntry entry) {
        String bundle = entry.getBundle() == null ? "-" : entry.getBundle().getSymbolicName();
        return of(Instant.ofEpochMilli(entry.getTime()), entry.getLogLevel().name(), bundle, entry.getLoggerName(),
                entry.getMessage(), entry.getException());
    }

    static String of(Instant time, String level, String bundle, String logger, String message, Throwable thrown) {
        StringBuilder out = new StringBuilder(160);
        out.append(time.truncatedTo(ChronoUnit.MILLIS)).append(' ').append(level);
        out.append(level.length() < 5 ? "  [" : " [");
        escape(out, bundle);
        out.append("] ");
        escape(out, logger);
        out.append(": ");
        escape(out, message);
        out.append('\n');
        Set<Throwable> seen = new HashSet<>();
        String title = "";
        for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
            append(out, title, t);
            title = "Caused by: ";
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String title, Throwable t) {
        out.append('\t').append(title);
        escape(out, describe(t));
        out.append('\n');
        StackTraceElement[] frames = t.getStackTrace();
        for (int i = 0; i < frames.length && i < MAX_FRAMES; i++) {
            out.append("\t  at ");
            escape(out, frames[i].toString());
            out.append('\n');
        }
        if (frames.length > MAX_FRAMES) {
            out.append("\t  ... ").append(frames.length - MAX_FRAMES).append(" more\n");
        }
    }

    /** An exception's own methods may fail. Felix's log keeps a copy of it, under a name of its own. */
    private static String describe(Throwable t) {
        try {
            String text = t.toString();
            return text.startsWith(FELIX_COPY) ? text.substring(FELIX_COPY.length()) : text;
        } catch (RuntimeException e) {
            return t.getClass().getName();
        }
    }

    private static void escape(StringBuilder out, String text) {
        String s = String.valueOf(text);
        int end = Math.min(s.length(), MAX_MESSAGE);
        for (int i = 0; i < end; i++) {
            char c = s.charAt(i);
            if (c == '\n') {
                out.append("\\n");
            } else if (c == '\t') {
                out.append("\\t");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                out.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
            } else {
                out.append(c);
            }
        }
        if (end < s.length()) {
            out.append("... (").append(s.length() - end).append(" characters more)");
        }
    }
}
