package org.cloudos.config.yaml;

import java.util.List;
import java.util.stream.Collectors;

/** Writes values as YAML that means the same to every reader. */
public final class YamlText {
    private YamlText() { }

    /** A value in one line: a list in brackets, text quoted where it must be. */
    public static String of(Object value) {
        return switch (value) {
            case null -> "null";
            case List<?> list -> list.stream().map(YamlText::of).collect(Collectors.joining(", ", "[", "]"));
            case String text -> text(text);
            default -> value.toString();
        };
    }

    /** Text, plain where it can't be taken for anything else. */
    private static String text(String text) {
        boolean plain = text.matches("[A-Za-z_/][\\w/.@+-]*(?: ?[\\w/.@+-]+)*") && isText(text);
        return plain ? text : quoted(text);
    }

    private static boolean isText(String text) {
        try {
            return YamlReader.document(text) instanceof Yaml.Scalar s && s.kind() == Yaml.Kind.TEXT && s.text().equals(text);
        } catch (SyntaxException e) {
            return false;
        }
    }

    /** In double quotes (YAML 1.1, 5.7), control characters written out. */
    public static String quoted(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || Character.getType(c) == Character.SURROGATE) {
                        out.append(String.format("\\u%04X", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
