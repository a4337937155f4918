package org.cloudos.hal.text;

/** The letters that VGA's font has: code page 437. */
public final class CodePage437 {
    private static final String HIGH = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
            + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
    private static final String LOW = "\0☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼";
    /** Letters that it lacks, and what is most alike. */
    private static final String ALIKE = "…‐‑‒–—‘’“”„•●✓✔×⎺⎻⎼⎽€ÀÁÂÃÈÊËÌÍÎÏÒÓÔÕÙÚÛÝ↩⏎", AS = "·-----''\"\"\"\u2022\u2022\u221a\u221ax────EAAAAEEEIIIIOOOOUUUY←←";

    private CodePage437() { }

    /** A letter's place in the font; {@code ?} for one that it lacks. */
    public static int of(int character) {
        if (character >= 0x20 && character < 0x7f) {
            return character;
        }
        int high = character > 0xffff ? -1 : HIGH.indexOf(character);
        if (high >= 0) {
            return 0x80 + high;
        }
        int low = character > 0xffff || character < 0x20 ? -1 : LOW.indexOf(character);
        if (low > 0) {
            return low;
        }
        int alike = character > 0xffff ? -1 : ALIKE.indexOf(character);
        return alike >= 0 ? of(AS.charAt(alike)) : character == 0 ? ' ' : '?';
    }

    /** What a place shows. */
    public static char character(int place) {
        return place >= 0x80 ? HIGH.charAt(place - 0x80) : place >= 0x20 && place < 0x7f ? (char) place : place < 0x20 && place > 0 ? LOW.charAt(place) : ' ';
    }
}
