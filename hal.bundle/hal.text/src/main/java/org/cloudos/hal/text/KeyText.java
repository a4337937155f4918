package org.cloudos.hal.text;

/** Keys, by Linux's numbers, as the bytes that a terminal of type {@code xterm} sends. Not thread-safe. */
public final class KeyText {
    private static final int CTRL = 29, SHIFT = 42, RIGHT_SHIFT = 54, ALT = 56, CAPS_LOCK = 58, NUM_LOCK = 69, SCROLL_LOCK = 70, RIGHT_CTRL = 97, ALT_GR = 100;
    private static final int FIRST_PAD = 71, LAST_PAD = 83;
    private static final String PAD = "789-456+1230.";
    /** What the number pad's keys are without num lock: home to delete. */
    private static final int[] PAD_KEYS = {102, 103, 104, 0, 105, 0, 106, 0, 107, 108, 109, 110, 111};

    private Layout layout;
    private final boolean[] held = new boolean[128];
    private boolean capsLock;
    private boolean numLock;
    private boolean scrollLock;
    private char dead;

    public KeyText(Layout layout) {
        this.layout = layout;
    }

    public Layout layout() {
        return layout;
    }

    public void layout(Layout other) {
        layout = other;
        dead = 0;
    }

    /** Lights: 1 scroll lock, 2 num lock, 4 caps lock, as PS/2 keyboards take them. */
    public int lights() {
        return (scrollLock ? 1 : 0) | (numLock ? 2 : 0) | (capsLock ? 4 : 0);
    }

    /** @param key below 0: let go; 0: none. @return what it writes, often nothing */
    public String next(int key) {
        int number = Math.abs(key);
        if (number == 0 || number >= held.length) {
            return "";
        }
        boolean again = held[number];
        held[number] = key > 0;
        return key > 0 ? pressed(number, again) : "";
    }

    private String pressed(int key, boolean again) {
        switch (key) {
            case CAPS_LOCK -> capsLock ^= !again;
            case NUM_LOCK -> numLock ^= !again;
            case SCROLL_LOCK -> scrollLock ^= !again;
            default -> {
                return text(key);
            }
        }
        return "";
    }

    private boolean shift() {
        return held[SHIFT] || held[RIGHT_SHIFT];
    }

    private boolean control() {
        return held[CTRL] || held[RIGHT_CTRL];
    }

    private String text(int key) {
        String special = special(key);
        if (!special.isEmpty()) {
            return held[ALT] ? "\033" + special : special;
        }
        char c = key >= FIRST_PAD && key <= LAST_PAD ? PAD.charAt(key - FIRST_PAD) : key == 98 ? '/' : key == 55 ? '*'
                : layout.character(key, shift(), held[ALT_GR], capsLock);
        if (c == 0) {
            return "";
        }
        if (control() && !held[ALT_GR]) {
            int code = controlled(c);
            return code < 0 ? "" : held[ALT] ? "\033" + (char) code : String.valueOf((char) code);
        }
        if (dead != 0) {
            char before = dead;
            dead = 0;
            return Layout.joined(before, c);
        }
        if (layout.isDead(c)) {
            dead = c;
            return "";
        }
        return held[ALT] ? "\033" + c : String.valueOf(c);
    }

    private static int controlled(char c) {
        return switch (c) {
            case ' ', '@', '2' -> 0;
            case '?' -> 0x7f;
            case '/' , '-' -> 0x1f;
            default -> c >= '@' && c <= '_' ? c - '@' : c >= 'a' && c <= 'z' ? c - 'a' + 1 : -1;
        };
    }

    private String special(int key) {
        int k = key;
        if (key >= FIRST_PAD && key <= LAST_PAD && !numLock && PAD_KEYS[key - FIRST_PAD] != 0) {
            k = PAD_KEYS[key - FIRST_PAD];
        }
        return switch (k) {
            case 1 -> "\033";
            case 14 -> control() ? "\b" : "\177";
            case 15 -> shift() ? "\033[Z" : "\t";
            case 28, 96 -> "\r";
            case 103 -> arrow('A');
            case 108 -> arrow('B');
            case 106 -> arrow('C');
            case 105 -> arrow('D');
            case 102 -> arrow('H');
            case 107 -> arrow('F');
            case 110 -> "\033[2~";
            case 111 -> "\033[3~";
            case 104 -> "\033[5~";
            case 109 -> "\033[6~";
            default -> function(k);
        };
    }

    private String arrow(char last) {
        int modifiers = 1 + (shift() ? 1 : 0) + (held[ALT] ? 2 : 0) + (control() ? 4 : 0);
        return modifiers == 1 || modifiers == 3 ? "\033[" + last : "\033[1;" + modifiers + last;
    }

    private static String function(int key) {
        if (key >= 59 && key <= 62) {
            return "\033O" + (char) ('P' + key - 59);
        }
        int[] numbers = {15, 17, 18, 19, 20, 21};
        return key >= 63 && key <= 68 ? "\033[" + numbers[key - 63] + "~" : key == 87 ? "\033[23~" : key == 88 ? "\033[24~" : "";
    }
}
