package org.cloudos.journal;

import java.util.Map;

/**
 * A record as one line of JSON (RFC 8259), the same wherever the system gives records away as JSON:
 * <pre>{"seq":7,"time":"2026-01-31T10:00:00.123456789Z","level":"INFO","bundle":"org.cloudos.ssh","subsystem":"ssh",
 * "thread":"main","logger":"a.B","trace":"...","message":"...","exception":"...","values":{"unit":"redis.service"}}</pre>
 * Empty fields are left out, but for {@code message}. Every control character is escaped, and so are {@code <}, {@code >},
 * {@code &} and the line separators: a line is harmless in a page and on a terminal.
 */
public final class JsonLine {
    private JsonLine() { }

    /** Without LF at its end. */
    public static String of(Entry entry) {
        StringBuilder out = new StringBuilder(256);
        append(out, entry);
        return out.toString();
    }

    /** Appends it, without LF. */
    public static void append(StringBuilder out, Entry entry) {
        out.append("{\"seq\":").append(entry.sequence()).append(",\"time\":\"").append(entry.instant());
        out.append("\",\"level\":\"").append(entry.level()).append('"');
        field(out, "bundle", entry.bundle());
        field(out, "subsystem", entry.subsystem());
        field(out, "thread", entry.thread());
        field(out, "logger", entry.logger());
        field(out, "trace", entry.trace());
        out.append(",\"message\":");
        quote(out, entry.message());
        field(out, "exception", entry.exception());
        if (!entry.values().isEmpty()) {
            char lead = '{';
            out.append(",\"values\":");
            for (Map.Entry<String, String> value : entry.values().entrySet()) {
                out.append(lead);
                quote(out, value.getKey());
                out.append(':');
                quote(out, value.getValue());
                lead = ',';
            }
            out.append('}');
        }
        out.append('}');
    }

    private static void field(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append(",\"").append(name).append("\":");
            quote(out, value);
        }
    }

    /** Appends a JSON string. A surrogate without its other half is escaped: the text is always valid UTF-16. */
    public static void quote(StringBuilder out, CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f && c != '<' && c != '>' && c != '&') {
                out.append(c);
            } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else if (c < 0xa0 || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029'
                    || Character.getType(c) == Character.FORMAT) {
                Text.escape(out, c);
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
