package org.cloudos.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of /proc that hold lines {@code Name: 123 kB} (proc(5): meminfo, pid/status). */
final class ProcFile {
    private ProcFile() { }

    /** The values in bytes; lines without the unit kB are left out. */
    static Map<String, Long> kilobytes(Path file) {
        try {
            return parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    static Map<String, Long> parse(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            String value = colon < 0 ? "" : line.substring(colon + 1).strip();
            if (value.endsWith(" kB")) {
                String digits = value.substring(0, value.length() - 3).strip();
                if (digits.matches("\\d{1,15}")) {
                    values.put(line.substring(0, colon), Long.parseLong(digits) * 1024);
                }
            }
        }
        return values;
    }
}
