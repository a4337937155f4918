package org.cloudos.hal.text;

/** Colours and styles that letters are written with: ECMA-48 §8.3.117 (SGR), and the colours of xterm brought down to 16. */
final class Rendition {
    private static final int LETTER = 7, GROUND = 0;
    /** ANSI counts red, green, blue from the lowest bit; VGA the other way. */
    private static final int[] VGA = {0, 4, 2, 6, 1, 5, 3, 7};

    private int letter = LETTER;
    private int ground = GROUND;
    private boolean bold;
    private boolean reverse;
    private boolean hidden;

    void set(int[] parameters, int count) {
        for (int i = 0; i < Math.max(count, 1); i++) {
            int p = i < count ? parameters[i] : 0;
            if ((p == 38 || p == 48) && i + 1 < count) {
                i = colour(p == 38, parameters, i + 1, count);
            } else {
                one(p);
            }
        }
    }

    private void one(int p) {
        switch (p) {
            case 0 -> reset();
            case 1 -> bold = true;
            case 2, 22 -> bold = false;
            case 7 -> reverse = true;
            case 27 -> reverse = false;
            case 8 -> hidden = true;
            case 28 -> hidden = false;
            case 39 -> letter = LETTER;
            case 49 -> ground = GROUND;
            default -> {
                if (p >= 30 && p <= 37) {
                    letter = VGA[p - 30];
                } else if (p >= 40 && p <= 47) {
                    ground = VGA[p - 40];
                } else if (p >= 90 && p <= 97) {
                    letter = VGA[p - 90] | 8;
                } else if (p >= 100 && p <= 107) {
                    ground = VGA[p - 100];
                }
            }
        }
    }

    private void reset() {
        letter = LETTER;
        ground = GROUND;
        bold = false;
        reverse = false;
        hidden = false;
    }

    /** {@code 5;N} or {@code 2;R;G;B}. @return the last parameter that it took */
    private int colour(boolean ofLetter, int[] parameters, int at, int count) {
        int colour;
        int last;
        if (parameters[at] == 5 && at + 1 < count) {
            colour = of256(parameters[at + 1]);
            last = at + 1;
        } else if (parameters[at] == 2 && at + 3 < count) {
            colour = nearest(parameters[at + 1], parameters[at + 2], parameters[at + 3]);
            last = at + 3;
        } else {
            return count; // not known: what follows can't be told apart
        }
        if (ofLetter) {
            letter = colour;
        } else {
            ground = colour & 7;
        }
        return last;
    }

    private static int of256(int n) {
        if (n < 16) {
            return VGA[n & 7] | n & 8;
        }
        if (n >= 232) {
            int grey = 8 + (Math.min(n, 255) - 232) * 10;
            return nearest(grey, grey, grey);
        }
        int cube = n - 16;
        return nearest(cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51);
    }

    private static int nearest(int red, int green, int blue) {
        int most = Math.max(red, Math.max(green, blue));
        if (most < 48) {
            return 0;
        }
        int bits = (red * 2 > most ? 4 : 0) | (green * 2 > most ? 2 : 0) | (blue * 2 > most ? 1 : 0);
        return most > 191 ? bits | 8 : bits == 7 && most < 128 ? 8 : bits;
    }

    /** As VGA has it: bold is bright. */
    byte attribute() {
        int front = hidden ? ground : bold ? letter | 8 : letter;
        return (byte) (reverse ? (front & 7) << 4 | ground : ground << 4 | front);
    }

    /** What is erased takes the ground's colour. */
    byte blank() {
        return (byte) (ground << 4 | LETTER);
    }
}
