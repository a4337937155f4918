package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of {@code EnvironmentFile=}: assignments as a shell has them, without expansion. systemd.exec(5). */
final class EnvironmentFile {
    private static final long MOST = 4 << 20;

    private final String text;
    private final Map<String, String> all = new LinkedHashMap<>();
    private int at;

    private EnvironmentFile(String text) {
        this.text = text;
    }

    static Map<String, String> read(Path file) throws IOException {
        if (!Files.isRegularFile(file) && !Files.isReadable(file)) {
            throw new IOException("no such file");
        }
        if (Files.size(file) > MOST) {
            throw new IOException("expected at most " + MOST + " bytes, found " + Files.size(file));
        }
        return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }

    static Map<String, String> parse(String text) {
        EnvironmentFile reader = new EnvironmentFile(text);
        while (reader.at < text.length()) {
            reader.line();
        }
        return reader.all;
    }

    private void line() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == text.length()) {
            return;
        }
        if (text.charAt(at) == '#' || text.charAt(at) == ';') {
            comment();
            return;
        }
        int begin = at;
        while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != '\n') {
            at++;
        }
        if (at == text.length() || text.charAt(at) == '\n') {
            return; // no assignment
        }
        String key = text.substring(begin, at++).strip();
        key = key.startsWith("export ") ? key.substring("export ".length()).strip() : key;
        String value = value();
        if (key.matches("[A-Za-z_][A-Za-z0-9_]*") && value.indexOf('\0') < 0) {
            all.put(key, value);
        }
    }

    private void comment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' && at + 1 < text.length() ? 2 : 1;
        }
    }

    private String value() {
        StringBuilder out = new StringBuilder();
        int kept = 0; // length up to which blanks stay
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        while (at < text.length() && text.charAt(at) != '\n') {
            char c = text.charAt(at++);
            if (c == '\'') {
                while (at < text.length() && text.charAt(at) != '\'') {
                    out.append(text.charAt(at++));
                }
                at++;
                kept = out.length();
            } else if (c == '"') {
                quoted(out);
                kept = out.length();
            } else if (c == '\\' && at < text.length()) {
                char next = text.charAt(at++);
                if (next != '\n') {
                    out.append(next);
                }
                kept = out.length();
            } else {
                out.append(c);
                kept = c == ' ' || c == '\t' || c == '\r' ? kept : out.length();
            }
        }
        return out.substring(0, kept);
    }

    private void quoted(StringBuilder out) {
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\' && at < text.length()) {
                char next = text.charAt(at++);
                if (next != '\n') {
                    out.append("\"\\`$".indexOf(next) >= 0 ? "" : "\\").append(next);
                }
            } else {
                out.append(c);
            }
        }
        at++;
    }
}
