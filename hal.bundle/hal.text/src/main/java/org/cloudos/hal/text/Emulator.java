package org.cloudos.hal.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A terminal: bytes in, a screen of characters out. It understands what terminals of type {@code xterm} are sent by line editors and
 * full-screen programs (DEC VT220 Programmer Reference, ECMA-48, XTerm Control Sequences): cursor, erasing, scrolling regions, insertion,
 * colours, line drawing, a second screen; and answers what is asked. Any bytes may come. Not thread-safe.
 */
public final class Emulator {
    /** Draws. */
    public interface Surface {
        /** A row changed. {@code characters} are Unicode's, {@code attributes} VGA's. */
        void row(int row, int[] characters, byte[] attributes);

        /** Where the cursor is now. */
        void cursor(int row, int column, boolean visible);
    }

    private static final int TAB = 8;
    private static final String DRAWING = "♦▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"; // for ` to ~: VT100's special graphics

    /** What DECSC keeps. */
    private record Kept(int row, int column, boolean origin, boolean drawing) { }

    private final int columns;
    private final int rows;
    private final Rendition rendition = new Rendition();
    private final Sequences sequences = new Sequences(new Received());
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final Grid main;
    private Grid grid;
    private Kept kept = new Kept(0, 0, false, false);
    private int row;
    private int column;
    private int top;
    private int bottom;
    private int last = ' ';
    private boolean wrapping; // the last column was written: the next character begins the next row
    private boolean wraps = true;
    private boolean inserts;
    private boolean origin;
    private boolean drawing;
    private boolean visible = true;
    private boolean applicationKeys;
    private long bells;

    /** @param columns 2 to 500, {@code rows} 2 to 200 */
    public Emulator(int columns, int rows) {
        if (columns < 2 || columns > 500 || rows < 2 || rows > 200) {
            throw new IllegalArgumentException("screen: expected 2 to 500 columns, 2 to 200 rows, found " + columns + " and " + rows);
        }
        this.columns = columns;
        this.rows = rows;
        main = new Grid(columns, rows, rendition.blank());
        grid = main;
        bottom = rows - 1;
    }

    /** Takes bytes. */
    public void write(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            sequences.next(bytes[i] & 0xff);
        }
    }

    /** Draws what changed since the last call. */
    public void draw(Surface surface) {
        int[] characters = new int[columns];
        byte[] attributes = new byte[columns];
        for (int r = grid.changed().nextSetBit(0); r >= 0; r = grid.changed().nextSetBit(r + 1)) {
            for (int c = 0; c < columns; c++) {
                characters[c] = grid.character(r, c);
                attributes[c] = grid.attribute(r, c);
            }
            surface.row(r, characters, attributes);
        }
        grid.changed().clear();
        surface.cursor(row, column, visible);
    }

    /** What was asked of the terminal is answered by these bytes; each is given once. */
    public byte[] answers() {
        byte[] all = answers.toByteArray();
        answers.reset();
        return all;
    }

    /** Whether cursor keys are to send {@code ESC O A} and not {@code ESC [ A} (DECCKM). */
    public boolean isApplicationKeys() {
        return applicationKeys;
    }

    public int row() {
        return row;
    }

    public int column() {
        return column;
    }

    /** How often it was to ring. */
    public long bells() {
        return bells;
    }

    /** Lines without spaces at their ends. */
    public String text() {
        return grid.text();
    }

    private void answer(String text) {
        if (answers.size() < 4096) { // nobody reads them
            answers.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void move(int toRow, int toColumn) {
        int first = origin ? top : 0, end = origin ? bottom : rows - 1;
        row = Math.clamp(toRow, first, end);
        column = Math.clamp(toColumn, 0, columns - 1);
        wrapping = false;
    }

    /** Inside of the scrolling region it stays inside. */
    private void up(int by) {
        int limit = row >= top ? top : 0;
        row = Math.max(limit, row - by);
        wrapping = false;
    }

    private void down(int by) {
        int limit = row <= bottom ? bottom : rows - 1;
        row = Math.min(limit, row + by);
        wrapping = false;
    }

    private void lineFeed() {
        if (row == bottom) {
            grid.scroll(top, bottom, 1, rendition.blank());
        } else if (row < rows - 1) {
            row++;
        }
        wrapping = false;
    }

    private void reverseLineFeed() {
        if (row == top) {
            grid.scroll(top, bottom, -1, rendition.blank());
        } else if (row > 0) {
            row--;
        }
        wrapping = false;
    }

    private void show(int character) {
        int c = drawing && character >= 0x60 && character <= 0x7e ? DRAWING.charAt(character - 0x60) : character;
        int width = width(c);
        if (width == 0) {
            return; // a combining mark: the cell has no room
        }
        if (wrapping && wraps) {
            column = 0;
            lineFeed();
        }
        if (inserts) {
            grid.shift(row, column, 1, rendition.blank());
        }
        grid.put(row, column, c, rendition.attribute());
        last = c;
        wrapping = column == columns - 1;
        if (!wrapping) {
            column++;
        }
        if (width == 2) {
            show(' '); // two cells, the second empty
        }
    }

    /** Cells that a character takes elsewhere, so that what is written in columns stays in them. */
    static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 || c >= 0xf900 && c <= 0xfaff
                || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1f64f || c >= 0x1f900 && c <= 0x1f9ff || c >= 0x20000);
        return wide ? 2 : 1;
    }

    private void reset() {
        rendition.set(new int[0], 0);
        for (int r = 0; r < rows; r++) {
            main.erase(r, 0, columns, rendition.blank());
        }
        grid = main;
        top = 0;
        bottom = rows - 1;
        wraps = true;
        inserts = false;
        origin = false;
        drawing = false;
        visible = true;
        applicationKeys = false;
        kept = new Kept(0, 0, false, false);
        move(0, 0);
    }

    private void keep() {
        kept = new Kept(row, column, origin, drawing);
    }

    private void restore() {
        origin = kept.origin;
        drawing = kept.drawing;
        move(kept.row, kept.column);
    }

    private void eraseLine(int what) {
        int from = what == 0 ? column : 0, to = what == 1 ? column + 1 : columns;
        grid.erase(row, from, to, rendition.blank());
    }

    private void eraseScreen(int what) {
        int from = what == 0 ? row + 1 : 0, to = what == 1 ? row : rows;
        for (int r = from; r < to; r++) {
            grid.erase(r, 0, columns, rendition.blank());
        }
        if (what < 2) {
            eraseLine(what);
        }
    }

    /** Another screen for full-screen programs; what was on this one comes back after. */
    private void screen(boolean second) {
        if (second == (grid == main)) {
            grid = second ? new Grid(columns, rows, rendition.blank()) : main;
            grid.changed().set(0, rows);
        }
    }

    private void mode(boolean ofDec, int number, boolean on) {
        if (!ofDec) {
            inserts = number == 4 ? on : inserts;
            return;
        }
        switch (number) {
            case 1 -> applicationKeys = on;
            case 6 -> {
                origin = on;
                move(on ? top : 0, 0);
            }
            case 7 -> wraps = on;
            case 25 -> visible = on;
            case 47, 1047 -> screen(on);
            case 1049 -> {
                if (on) {
                    keep();
                }
                screen(on);
                if (!on) {
                    restore();
                }
            }
            default -> { } // mouse, pasting, blinking: nothing here has it
        }
    }

    /** What the bytes mean. */
    private final class Received implements Sequences.Actions {
        @Override public void print(int character) {
            show(character);
        }

        @Override public void control(int code) {
            switch (code) {
                case 7 -> bells++;
                case '\b' -> {
                    column = Math.max(0, column - 1);
                    wrapping = false;
                }
                case '\t' -> move(row, (column / TAB + 1) * TAB);
                case '\n', 0x0b, '\f' -> lineFeed();
                case '\r' -> move(row, 0);
                case 0x0e -> drawing = true;
                case 0x0f -> drawing = false;
                default -> { }
            }
        }

        @Override public void escape(int intermediate, int end) {
            if (intermediate == '(') {
                drawing = end == '0';
                return;
            }
            switch (intermediate == 0 ? end : 0) {
                case '7' -> keep();
                case '8' -> restore();
                case 'D' -> lineFeed();
                case 'E' -> {
                    column = 0;
                    lineFeed();
                }
                case 'M' -> reverseLineFeed();
                case 'c' -> reset();
                default -> { }
            }
        }

        @Override public void sequence(int prefix, int intermediate, int end, int[] p, int count) {
            if (prefix == '?' && (end == 'h' || end == 'l')) {
                for (int i = 0; i < count; i++) {
                    mode(true, p[i], end == 'h');
                }
            } else if (prefix == 0 && intermediate == 0) {
                int n = Math.max(1, p[0]);
                if (!cursor(end, n, p, count)) {
                    change(end, n, p, count);
                }
            } else if (prefix == 0 && intermediate == '!' && end == 'p') {
                reset();
            }
        }

        private boolean cursor(int end, int n, int[] p, int count) {
            switch (end) {
                case 'A' -> up(n);
                case 'B', 'e' -> down(n);
                case 'C', 'a' -> move(row, column + n);
                case 'D' -> move(row, column - n);
                case 'E' -> {
                    down(n);
                    column = 0;
                }
                case 'F' -> {
                    up(n);
                    column = 0;
                }
                case 'G', '`' -> move(row, n - 1);
                case 'H', 'f' -> move((origin ? top : 0) + n - 1, count > 1 ? Math.max(1, p[1]) - 1 : 0);
                case 'd' -> move((origin ? top : 0) + n - 1, column);
                case 'I' -> move(row, (column / TAB + Math.min(n, columns)) * TAB);
                case 'Z' -> move(row, ((column + TAB - 1) / TAB - Math.min(n, columns)) * TAB);
                case 's' -> keep();
                case 'u' -> restore();
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void change(int end, int n, int[] p, int count) {
            byte blank = rendition.blank();
            switch (end) {
                case 'J' -> eraseScreen(p[0]);
                case 'K' -> eraseLine(p[0]);
                case 'X' -> grid.erase(row, column, Math.min(columns, column + n), blank);
                case '@' -> grid.shift(row, column, n, blank);
                case 'P' -> grid.shift(row, column, -n, blank);
                case 'L', 'M' -> {
                    if (row >= top && row <= bottom) {
                        grid.scroll(row, bottom, end == 'L' ? -n : n, blank);
                        move(row, 0);
                    }
                }
                case 'S' -> grid.scroll(top, bottom, n, blank);
                case 'T' -> grid.scroll(top, bottom, -n, blank);
                case 'b' -> {
                    for (int i = 0; i < Math.min(n, columns * rows); i++) {
                        show(last);
                    }
                }
                case 'm' -> rendition.set(p, count);
                case 'r' -> region(n - 1, count > 1 && p[1] > 0 ? p[1] - 1 : rows - 1);
                case 'h', 'l' -> mode(false, p[0], end == 'h');
                case 'n' -> report(p[0]);
                case 'c' -> answer("\033[?6c");
                default -> { }
            }
        }

        private void region(int first, int end) {
            if (first < Math.min(end, rows - 1)) {
                top = first;
                bottom = Math.min(end, rows - 1);
                move(origin ? top : 0, 0);
            }
        }

        private void report(int what) {
            if (what == 5) {
                answer("\033[0n");
            } else if (what == 6) {
                answer("\033[" + (row - (origin ? top : 0) + 1) + ";" + (column + 1) + "R");
            }
        }
    }
}
