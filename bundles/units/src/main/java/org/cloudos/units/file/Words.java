package org.cloudos.units.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Words of a value: separated by white space, with quotes and C escapes. systemd.syntax(7) "Quoting". */
public final class Words {
    private Words() { }

    /** A word, and whether any of it was quoted or escaped. */
    public record Word(String text, boolean quoted) { }

    /** A value that can't be split. */
    public static final class BadQuoting extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        BadQuoting(String message) {
            super(message);
        }
    }

    /** With quotes and escapes taken away. @throws BadQuoting when a quote is not closed, or an escape says nothing */
    public static List<String> split(String value) {
        if (isSimple(value)) {
            return simple(value);
        }
        List<String> texts = new ArrayList<>();
        words(value).forEach(w -> texts.add(w.text()));
        return texts;
    }

    /** Nothing in it but words and white space, as most values are. */
    private static boolean isSimple(String value) {
        return value.indexOf('"') < 0 && value.indexOf('\'') < 0 && value.indexOf('\\') < 0;
    }

    private static List<String> simple(String value) {
        List<String> words = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i <= value.length(); i++) {
            boolean between = i == value.length() || blank(value.charAt(i));
            if (between && begin >= 0) {
                words.add(value.substring(begin, i));
                begin = -1;
            } else if (!between && begin < 0) {
                begin = i;
            }
        }
        return words;
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    /** As {@link #split}, with what was quoted. */
    public static List<Word> words(String value) {
        List<Word> words = new ArrayList<>();
        if (isSimple(value)) {
            for (String word : simple(value)) {
                words.add(new Word(word, false));
            }
            return words;
        }
        Scanner scanner = new Scanner(value);
        for (Word word = scanner.next(); word != null; word = scanner.next()) {
            words.add(word);
        }
        return words;
    }

    /** Separated by white space alone, quotes taken away, backslashes as they are: names of units, which contain them. */
    public static List<String> plain(String value) {
        if (value.indexOf('"') < 0 && value.indexOf('\'') < 0) {
            return simple(value);
        }
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean any = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quote != 0 ? c == quote : (c == '"' || c == '\'') && !any) {
                quote = quote == 0 ? c : 0;
                any = true;
            } else if (quote == 0 && blank(c)) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (quote != 0) {
            throw new BadQuoting("expected a closing " + quote);
        }
        if (any) {
            words.add(word.toString());
        }
        return words;
    }

    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        Word next() {
            while (at < text.length() && blank(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return null;
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            char quote = 0;
            boolean quoted = false;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '\\') {
                    at++;
                    escape(out);
                    quoted = true;
                } else if (quote != 0) {
                    quote = c == quote ? 0 : quote;
                    at = quote == 0 ? at + 1 : copy(out);
                } else if (c == '"' || c == '\'') {
                    quote = c;
                    quoted = true;
                    at++;
                } else if (blank(c)) {
                    break;
                } else {
                    at = copy(out);
                }
            }
            if (quote != 0) {
                throw new BadQuoting("expected a closing " + quote);
            }
            return new Word(utf8(out), quoted);
        }

        private int copy(ByteArrayOutputStream out) {
            int length = Character.charCount(text.codePointAt(at));
            out.writeBytes(text.substring(at, at + length).getBytes(StandardCharsets.UTF_8));
            return at + length;
        }

        private void escape(ByteArrayOutputStream out) {
            if (at == text.length()) {
                throw new BadQuoting("expected something after the last \\");
            }
            char c = text.charAt(at++);
            int simple = "abfnrtv\\\"'s".indexOf(c);
            if (simple >= 0) {
                out.write("\u0007\b\f\n\r\t\u000b\\\"' ".charAt(simple));
            } else if (c == 'x') {
                out.write(number(2, 16));
            } else if (c == 'u' || c == 'U') {
                int code = number(c == 'u' ? 4 : 8, 16);
                if (!Character.isValidCodePoint(code) || code == 0) {
                    throw new BadQuoting("expected a character's number after \\" + c);
                }
                out.writeBytes(Character.toString(code).getBytes(StandardCharsets.UTF_8));
            } else if (c >= '0' && c <= '7') {
                at--;
                out.write(number(3, 8));
            } else { // says nothing: it stays as it is, as systemd does it with a warning
                out.write('\\');
                at--;
                at = copy(out);
            }
        }

        private int number(int digits, int radix) {
            int value = 0;
            for (int i = 0; i < digits; i++, at++) {
                int digit = at < text.length() ? Character.digit(text.charAt(at), radix) : -1;
                if (digit < 0) {
                    throw new BadQuoting("expected " + digits + " digits after \\, found " + UnitText.quote(text.substring(at)));
                }
                value = value * radix + digit;
            }
            if (value == 0) {
                throw new BadQuoting("expected an escape other than the zero byte");
            }
            return value;
        }

        private static String utf8(ByteArrayOutputStream bytes) {
            try {
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
            } catch (CharacterCodingException e) {
                throw new BadQuoting("expected escapes that make UTF-8");
            }
        }
    }
}
