package org.cloudos.units.file;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.cloudos.units.UnitException;

/**
 * A unit's name: {@code PREFIX.TYPE}, {@code PREFIX@INSTANCE.TYPE}, or a template {@code PREFIX@.TYPE}. systemd.unit(5).
 *
 * @param instance null where there is no {@code @}, empty for a template
 */
public record UnitName(String prefix, String instance, String type) {
    /** systemd's types, and {@code bundles}, which is ours. */
    public static final List<String> TYPES = List.of("service", "socket", "target", "timer", "path", "mount", "slice", "bundles",
            "automount", "swap", "device", "scope");
    private static final int LONGEST = 255;
    private static final String LEGAL = ":-_.\\@";

    /**
     * @throws UnitException {@code BAD_NAME} says what is wrong with it
     */
    public static UnitName parse(String name) throws UnitException {
        int dot = name.lastIndexOf('.');
        String type = dot < 0 ? "" : name.substring(dot + 1);
        if (dot <= 0 || !TYPES.contains(type)) {
            throw bad(name, "expected NAME.TYPE with one of the types " + String.join(", ", TYPES));
        }
        if (name.length() > LONGEST) {
            throw bad(name.substring(0, 40) + "...", "expected at most " + LONGEST + " characters, found " + name.length());
        }
        for (int i = 0; i < dot; i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || LEGAL.indexOf(c) >= 0)) {
                throw bad(name, "expected letters, digits and " + LEGAL + ", found '" + c
                        + "'; file paths are written with escapes, as systemd-escape(1) does");
            }
        }
        int at = name.indexOf('@');
        if (at == 0) {
            throw bad(name, "expected something before the @");
        }
        return at < 0 || at > dot ? new UnitName(name.substring(0, dot), null, type)
                : new UnitName(name.substring(0, at), name.substring(at + 1, dot), type);
    }

    /** The name with {@code .service} where it has no known type. */
    public static UnitName of(String given) throws UnitException {
        int dot = given.lastIndexOf('.');
        if (given.startsWith("/")) {
            return new UnitName(escapePath(given), null, "mount");
        }
        return parse(dot > 0 && TYPES.contains(given.substring(dot + 1)) ? given : given + ".service");
    }

    private static UnitException bad(String name, String why) {
        return new UnitException(UnitException.Reason.BAD_NAME, "\"" + printable(name) + "\" is no unit's name: " + why);
    }

    static String printable(String text) {
        return text.codePoints().collect(StringBuilder::new, (b, c) -> b.appendCodePoint(Character.isISOControl(c) ? '?' : c), StringBuilder::append)
                .toString();
    }

    /** {@code foo@.service} of {@code foo@bar.service}; empty when it is no instance. */
    public Optional<UnitName> template() {
        return isInstance() ? Optional.of(new UnitName(prefix, "", type)) : Optional.empty();
    }

    /** Whether it was made of a template. */
    public boolean isInstance() {
        return instance != null && !instance.isEmpty();
    }

    /** Whether it can't be started by itself. */
    public boolean isTemplate() {
        return instance != null && instance.isEmpty();
    }

    /** An instance of this template, or the name itself when it is none. */
    public UnitName instantiate(String with) {
        return isTemplate() ? new UnitName(prefix, with, type) : this;
    }

    /** The same with another type. */
    public UnitName as(String otherType) {
        return new UnitName(prefix, instance, otherType);
    }

    /** Without the type: {@code %N}. */
    public String stem() {
        return instance == null ? prefix : prefix + "@" + instance;
    }

    @Override public String toString() {
        return stem() + "." + type;
    }

    /** As systemd-escape(1): {@code /} is {@code -}, what has no place in a name {@code \xNN}. */
    public static String escape(String text) {
        StringBuilder out = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            char c = (char) (bytes[i] & 0xff);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '.' && i > 0;
            if (c == '/') {
                out.append('-');
            } else if (plain) {
                out.append(c);
            } else {
                out.append(String.format("\\x%02x", (int) c));
            }
        }
        return out.toString();
    }

    /** As {@code systemd-escape --path}. */
    public static String escapePath(String path) {
        String plain = path.replaceAll("/+", "/").replaceAll("^/|/$", "");
        return plain.isEmpty() ? "-" : escape(plain);
    }

    /** The reverse of {@link #escape}. */
    public static String unescape(String text) {
        byte[] out = new byte[text.length() * 4];
        int n = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 3 < text.length() && text.charAt(i + 1) == 'x' && Character.digit(text.charAt(i + 2), 16) >= 0
                    && Character.digit(text.charAt(i + 3), 16) >= 0) {
                out[n++] = (byte) Integer.parseInt(text.substring(i + 2, i + 4), 16);
                i += 3;
            } else if (c == '-') {
                out[n++] = '/';
            } else {
                out[n++] = (byte) c;
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }

    /** The reverse of {@link #escapePath}. */
    public static String unescapePath(String text) {
        return text.equals("-") ? "/" : "/" + unescape(text);
    }
}
