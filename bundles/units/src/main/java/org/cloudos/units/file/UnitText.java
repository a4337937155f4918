package org.cloudos.units.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;

/**
 * The lines of unit files. systemd.syntax(7): sections, {@code KEY=VALUE}, comments ({@code #}, {@code ;}) also between continued
 * lines, a backslash at the end continues. What can't be read is a finding and skipped, as systemd does it.
 *
 * @param entries in order
 */
public record UnitText(List<Entry> entries, List<Finding> findings) {
    /** A file that is larger is no unit file. */
    public static final int MOST_BYTES = 4 << 20;
    private static final int MOST_LINE = 1 << 20;

    /** Reads one file's bytes. @param name for messages */
    public static UnitText parse(byte[] bytes, String name) {
        if (bytes.length > MOST_BYTES) {
            return new UnitText(List.of(), List.of(new Finding(Severity.ERROR, name, 0, "",
                    "expected a file of at most " + MOST_BYTES + " bytes, found " + bytes.length)));
        }
        Reader reader = new Reader(name);
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Nearly all files are plain ASCII: as many characters as bytes, and none that stands for one that could not be read.
        boolean plain = text.length() == bytes.length && text.indexOf('\ufffd') < 0 && text.indexOf('\r') < 0 && text.indexOf('\0') < 0;
        if (plain) {
            lines(text, reader);
        } else {
            lines(bytes, reader);
        }
        reader.end();
        return new UnitText(reader.entries, reader.findings);
    }

    private static void lines(String text, Reader reader) {
        int begin = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', begin)) {
            reader.line(text.substring(begin, end));
            begin = end + 1;
        }
        if (begin < text.length()) {
            reader.line(text.substring(begin));
        }
    }

    private static void lines(byte[] bytes, Reader reader) {
        int begin = bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf ? 3 : 0;
        for (int i = begin; i <= bytes.length; i++) {
            if (i == bytes.length || bytes[i] == '\n' || bytes[i] == 0 || bytes[i] == '\r') {
                if (i < bytes.length || i > begin) {
                    reader.line(reader.decode(bytes, begin, i));
                }
                // CR LF is one end of a line
                if (i + 1 < bytes.length && bytes[i] == '\r' && bytes[i + 1] == '\n') {
                    i++;
                }
                begin = i + 1;
            }
        }
    }

    /** As {@link #parse(byte[], String)}, for texts that are built in. */
    public static UnitText parse(String text, String name) {
        return parse(text.getBytes(StandardCharsets.UTF_8), name);
    }

    private static final class Reader {
        private final String file;
        private final List<Entry> entries = new ArrayList<>();
        private final List<Finding> findings = new ArrayList<>();
        private final StringBuilder continued = new StringBuilder();
        private boolean open;
        private int line;
        private int first;
        private String section = "";
        private boolean ignored;

        Reader(String file) {
            this.file = file;
        }

        /** @param text null: it was no text, which is told already */
        void line(String text) {
            line++;
            if (text == null) {
                return;
            }
            String stripped = stripLeading(text);
            if (!stripped.isEmpty() && (stripped.charAt(0) == '#' || stripped.charAt(0) == ';')) {
                return;
            }
            if (!open) {
                first = line;
            }
            if (continued.length() + text.length() > MOST_LINE) {
                find(Severity.ERROR, "", "expected lines of at most " + MOST_LINE + " characters");
                continued.setLength(0);
                open = false;
                return;
            }
            // White space at the beginning of a continuing line stays: between words it does no harm.
            String part = open ? text : stripped;
            boolean more = endsInEscape(part);
            if (!open && !more) {
                whole(strip(part));
                return;
            }
            continued.append(part, 0, more ? part.length() - 1 : part.length());
            if (more) {
                continued.append(' ');
            }
            open = more;
            if (!more) {
                end();
            }
        }

        void end() {
            String text = strip(continued.toString());
            continued.setLength(0);
            open = false;
            whole(text);
        }

        private void whole(String text) {
            if (text.isEmpty()) {
                return;
            }
            if (text.charAt(0) == '[') {
                section(text);
            } else {
                assignment(text);
            }
        }

        private void section(String text) {
            if (!text.endsWith("]")) {
                find(Severity.ERROR, "", "expected ] at the end of a section's name, found " + quote(text));
                ignored = true;
                return;
            }
            section = text.substring(1, text.length() - 1);
            ignored = false;
        }

        private void assignment(String text) {
            int equals = text.indexOf('=');
            if (ignored) {
                return; // below a section whose name can't be read
            }
            if (equals < 0) {
                find(Severity.WARNING, "", "expected KEY=VALUE, found " + quote(text) + "; the line is ignored");
            } else if (equals == 0) {
                find(Severity.WARNING, "", "expected a key before =; the line is ignored");
            } else if (section.isEmpty()) {
                find(Severity.WARNING, "", "expected a section such as [Unit] first; the line is ignored");
            } else {
                entries.add(new Entry(section, strip(text.substring(0, equals)), strip(text.substring(equals + 1)), file, first));
            }
        }

        private String decode(byte[] bytes, int begin, int end) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, begin, end - begin)).toString();
            } catch (CharacterCodingException e) {
                findings.add(new Finding(Severity.WARNING, file, open ? first : line + 1, "", "expected UTF-8, found other bytes; the line is ignored"));
                return null;
            }
        }

        private void find(Severity severity, String key, String message) {
            findings.add(new Finding(severity, file, open ? first : line, key, message));
        }
    }

    static String quote(String text) {
        String shown = UnitName.printable(text.length() > 60 ? text.substring(0, 60) + "..." : text);
        return "\"" + shown + "\"";
    }

    private static boolean endsInEscape(String text) {
        int n = 0;
        while (n < text.length() && text.charAt(text.length() - 1 - n) == '\\') {
            n++;
        }
        return n % 2 == 1;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private static String stripLeading(String text) {
        int i = 0;
        while (i < text.length() && blank(text.charAt(i))) {
            i++;
        }
        return text.substring(i);
    }

    static String strip(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && blank(text.charAt(begin))) {
            begin++;
        }
        while (end > begin && blank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }
}
