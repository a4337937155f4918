package org.cloudos.journal;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Text that somebody logged. */
public final class Text {
    private static final int MAX_FRAMES = 200;
    private static final int MAX_CAUSES = 20;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private Text() { }

    /**
     * The same with control characters, line separators and characters that change the direction of writing written as
     * Java does, {@code \n}, <code>&#92;u001b</code>: it stays one line, and a terminal shows it as it is.
     */
    public static String harmless(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (harmful(text.charAt(i))) {
                StringBuilder safe = new StringBuilder(text.length() + 16);
                appendHarmless(safe, text);
                return safe.toString();
            }
        }
        return text.toString();
    }

    /** Appends it as {@link #harmless} has it. */
    public static void appendHarmless(StringBuilder to, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (harmful(c)) {
                escape(to, c);
            } else {
                to.append(c);
            }
        }
    }

    private static boolean harmful(char c) {
        if (c >= ' ' && c < 0x7f) {
            return false;
        }
        if (c < 0xa0) {
            return true;
        }
        return c == '\u2028' || c == '\u2029' || Character.getType(c) == Character.FORMAT;
    }

    static void escape(StringBuilder to, char c) {
        switch (c) {
            case '\n' -> to.append("\\n");
            case '\r' -> to.append("\\r");
            case '\t' -> to.append("\\t");
            default -> to.append("\\u").append(HEX[c >> 12]).append(HEX[c >> 8 & 15]).append(HEX[c >> 4 & 15]).append(HEX[c & 15]);
        }
    }

    /** A stack trace with its causes and what was suppressed, lines separated by LF, without one at the end. */
    public static String of(Throwable thrown) {
        StringBuilder out = new StringBuilder(512);
        append(out, "", thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
        return out.toString();
    }

    private static void append(StringBuilder out, String title, Throwable thrown, Set<Throwable> seen) {
        String lead = title;
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (!seen.add(t) || seen.size() > MAX_CAUSES) {
                out.append('\n').append(lead).append(seen.size() > MAX_CAUSES ? "..." : "the same again");
                return;
            }
            out.append(out.isEmpty() ? "" : "\n").append(lead).append(describe(t));
            StackTraceElement[] frames = t.getStackTrace();
            for (int i = 0; i < frames.length && i < MAX_FRAMES; i++) {
                out.append("\n  at ").append(frames[i]);
            }
            if (frames.length > MAX_FRAMES) {
                out.append("\n  ... ").append(frames.length - MAX_FRAMES).append(" more");
            }
            for (Throwable suppressed : t.getSuppressed()) {
                append(out, "Suppressed: ", suppressed, seen);
            }
            lead = "Caused by: ";
        }
    }

    /** An exception's own methods may fail. */
    private static String describe(Throwable t) {
        try {
            return t.toString();
        } catch (RuntimeException e) {
            return t.getClass().getName();
        }
    }
}
