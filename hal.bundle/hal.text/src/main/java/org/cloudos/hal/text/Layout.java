package org.cloudos.hal.text;

import java.util.List;
import java.util.Map;

/**
 * What keys write. A row of keys that lie side by side is a text for each level: plain, with Shift, with AltGr; a blank where a key writes
 * nothing there.
 */
public final class Layout {
    private static final int[] STARTS = {2, 16, 30, 44}; // the first keys of the four rows
    private static final int SPACE = 57, GRAVE = 41, BACKSLASH = 43, LESS = 86;
    private static final Map<Character, Map<Character, Character>> DEAD = Map.of(
            '´', Map.ofEntries(e("aá"), e("eé"), e("ií"), e("oó"), e("uú"), e("yý"), e("AÁ"), e("EÉ"), e("IÍ"), e("OÓ"), e("UÚ"), e("YÝ")),
            '`', Map.ofEntries(e("aà"), e("eè"), e("iì"), e("oò"), e("uù"), e("AÀ"), e("EÈ"), e("IÌ"), e("OÒ"), e("UÙ")),
            '^', Map.ofEntries(e("aâ"), e("eê"), e("iî"), e("oô"), e("uû"), e("AÂ"), e("EÊ"), e("IÎ"), e("OÔ"), e("UÛ")));

    private static final Layout US = new Layout("us", false,
            new String[] {"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"},
            new String[] {"!@#$%^&*()_+", "QWERTYUIOP{}", "ASDFGHJKL:\"", "ZXCVBNM<>?"},
            new String[] {"", "", "", ""}, "`~ ", "\\| ", "<> ");
    private static final Layout DE = new Layout("de", true,
            new String[] {"1234567890ß´", "qwertzuiopü+", "asdfghjklöä", "yxcvbnm,.-"},
            new String[] {"!\"§$%&/()=?`", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "YXCVBNM;:_"},
            new String[] {" ²³   {[]}\\ ", "@ €        ~", "", "      µ   "}, "^° ", "#' ", "<>|");

    private final String name;
    private final boolean dead;
    private final char[][] levels = new char[3][128];

    private Layout(String name, boolean dead, String[] plain, String[] shift, String[] altGr, String grave, String backslash, String less) {
        this.name = name;
        this.dead = dead;
        String[][] all = {plain, shift, altGr};
        for (int level = 0; level < all.length; level++) {
            for (int row = 0; row < STARTS.length; row++) {
                String text = all[level][row];
                for (int i = 0; i < text.length(); i++) {
                    levels[level][STARTS[row] + i] = text.charAt(i) == ' ' ? 0 : text.charAt(i);
                }
            }
            levels[level][GRAVE] = blank(grave.charAt(level));
            levels[level][BACKSLASH] = blank(backslash.charAt(level));
            levels[level][LESS] = blank(less.charAt(level));
            levels[level][SPACE] = ' ';
        }
    }

    private static Map.Entry<Character, Character> e(String pair) {
        return Map.entry(pair.charAt(0), pair.charAt(1));
    }

    private static char blank(char c) {
        return c == ' ' ? 0 : c;
    }

    /** Those there are. */
    public static List<String> names() {
        return List.of("de", "us");
    }

    /** @throws IllegalArgumentException none has this name */
    public static Layout of(String name) {
        return switch (name) {
            case "us" -> US;
            case "de" -> DE;
            default -> throw new IllegalArgumentException("layout: expected one of " + names() + ", found " + name);
        };
    }

    public String name() {
        return name;
    }

    /** What a key writes, or 0. Caps lock is Shift for letters. */
    char character(int key, boolean shift, boolean altGr, boolean capsLock) {
        if (key < 0 || key >= 128) {
            return 0;
        }
        char c = levels[altGr ? 2 : shift ? 1 : 0][key];
        char other = levels[shift ? 0 : 1][key];
        boolean letter = Character.isLetter(c) && (Character.toUpperCase(c) == other || Character.toLowerCase(c) == other);
        return capsLock && letter && !altGr ? other : c;
    }

    /** Writes nothing until the next key. */
    boolean isDead(char c) {
        return dead && DEAD.containsKey(c);
    }

    /** What a dead key and another write together: one letter, or both where there is none. */
    static String joined(char deadKey, char c) {
        Character both = DEAD.getOrDefault(deadKey, Map.of()).get(c);
        return both != null ? both.toString() : c == ' ' ? String.valueOf(deadKey) : "" + deadKey + c;
    }
}
