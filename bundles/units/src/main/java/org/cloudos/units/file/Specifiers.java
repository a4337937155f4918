package org.cloudos.units.file;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What {@code %} and a letter stand for in a unit's values. systemd.unit(5) "Specifiers".
 *
 * @param facts those that are the same for all units: the host's name, folders, users
 */
public record Specifiers(UnitName name, String fragment, Map<Character, String> facts) implements UnaryOperator<String> {
    /** @throws IllegalArgumentException when a specifier is not known */
    @Override public String apply(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c != '%' || i + 1 == value.length()) {
                out.append(c);
            } else {
                out.append(one(value.charAt(++i)));
            }
        }
        return out.toString();
    }

    private String one(char letter) {
        String instance = name.instance() == null ? "" : name.instance();
        String fact = facts.get(letter);
        return switch (letter) {
            case '%' -> "%";
            case 'n' -> name.toString();
            case 'N' -> name.stem();
            case 'p' -> name.prefix();
            case 'P' -> UnitName.unescape(name.prefix());
            case 'i' -> instance;
            case 'I' -> UnitName.unescape(instance);
            case 'j' -> name.prefix().substring(name.prefix().lastIndexOf('-') + 1);
            case 'J' -> UnitName.unescape(name.prefix().substring(name.prefix().lastIndexOf('-') + 1));
            case 'f' -> UnitName.unescapePath(name.instance() == null ? name.prefix() : instance);
            case 'y' -> fragment;
            case 'Y' -> fragment.substring(0, Math.max(0, fragment.lastIndexOf('/')));
            default -> {
                if (fact == null) {
                    throw new IllegalArgumentException("the specifier %" + letter + " is not known; a per cent sign is written %%");
                }
                yield fact;
            }
        };
    }
}
