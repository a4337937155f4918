package org.cloudos.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON (RFC 8259) as far as the store needs it: objects, arrays, strings, whole numbers, true, false, null. A library
 * would cost more to load at boot than all that is parsed with it.
 */
final class Json {
    private static final int MAX_DEPTH = 16;

    /** Text that is not what was expected. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The object that this text is. Its values: Map, List, String, Long, Boolean, null. */
    static Map<String, Object> object(String text) throws Malformed {
        Json json = new Json(text);
        Object value = json.value(0);
        json.blanks();
        if (json.at < text.length()) {
            throw json.expected("the end");
        }
        return asObject(value);
    }

    @SuppressWarnings("unchecked") // parsed objects have string keys only
    static Map<String, Object> asObject(Object value) throws Malformed {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new Malformed("expected an object, found " + value);
    }

    static String string(Map<String, Object> object, String key) throws Malformed {
        if (object.get(key) instanceof String s) {
            return s;
        }
        throw new Malformed("\"" + key + "\": expected a string, found " + object.get(key));
    }

    static long number(Map<String, Object> object, String key) throws Malformed {
        if (object.get(key) instanceof Long n) {
            return n;
        }
        throw new Malformed("\"" + key + "\": expected a number, found " + object.get(key));
    }

    static List<?> list(Map<String, Object> object, String key) throws Malformed {
        if (object.get(key) instanceof List<?> l) {
            return l;
        }
        throw new Malformed("\"" + key + "\": expected an array, found " + object.get(key));
    }

    private Object value(int depth) throws Malformed {
        blanks();
        if (at == text.length() || depth > MAX_DEPTH) {
            throw expected(depth > MAX_DEPTH ? "fewer levels" : "a value");
        }
        char c = text.charAt(at);
        return switch (c) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> word("true", Boolean.TRUE);
            case 'f' -> word("false", Boolean.FALSE);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> members(int depth) throws Malformed {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        if (next('}')) {
            return members;
        }
        do {
            blanks();
            String key = string();
            if (!next(':')) {
                throw expected("':'");
            }
            members.put(key, value(depth + 1));
        } while (next(','));
        if (!next('}')) {
            throw expected("',' or '}'");
        }
        return members;
    }

    private List<Object> elements(int depth) throws Malformed {
        List<Object> elements = new ArrayList<>();
        at++;
        if (next(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
        } while (next(','));
        if (!next(']')) {
            throw expected("',' or ']'");
        }
        return elements;
    }

    private String string() throws Malformed {
        if (at == text.length() || text.charAt(at) != '"') {
            throw expected("a string");
        }
        StringBuilder s = new StringBuilder();
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                at++;
                return s.toString();
            }
            if (c < ' ') {
                throw expected("no control character");
            }
            s.append(c == '\\' ? escape() : c);
        }
        throw expected("'\"'");
    }

    /** At the backslash; leaves {@code at} on the escape's last character. */
    private char escape() throws Malformed {
        if (++at == text.length()) {
            throw expected("an escape");
        }
        char c = text.charAt(at);
        int named = "\"\\/bfnrt".indexOf(c);
        if (named >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(named);
        }
        if (c == 'u' && at + 4 < text.length()) {
            int code = 0;
            for (int i = 1; i <= 4; i++) {
                int digit = Character.digit(text.charAt(at + i), 16);
                if (digit < 0) {
                    throw expected("four hex digits");
                }
                code = code << 4 | digit;
            }
            at += 4;
            return (char) code;
        }
        throw expected("an escape");
    }

    private Long number() throws Malformed {
        int from = at;
        if (text.charAt(at) == '-') {
            at++;
        }
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        try {
            return Long.valueOf(text.substring(from, at));
        } catch (NumberFormatException e) {
            throw expected("a value");
        }
    }

    private Object word(String word, Object value) throws Malformed {
        if (!text.startsWith(word, at)) {
            throw expected(word);
        }
        at += word.length();
        return value;
    }

    private boolean next(char c) {
        blanks();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private Malformed expected(String what) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new Malformed("character " + at + ": expected " + what + ", found " + found);
    }

    /** As a JSON string, with its quotes. */
    static String quote(String s) {
        StringBuilder out = new StringBuilder(s.length() + 2).append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        out.append("\\u").append(Integer.toHexString(0x10000 | c), 1, 5);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
