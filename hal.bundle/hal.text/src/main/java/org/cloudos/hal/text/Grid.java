package org.cloudos.hal.text;

import java.util.Arrays;
import java.util.BitSet;

/**
 * A screen of characters, each with an attribute as VGA has it: low four bits the colour of the letter, the next three that of the
 * ground. Rows that changed are remembered. Rows and columns outside are the caller's error.
 */
final class Grid {
    private final int columns;
    private final int rows;
    private final int[][] characters;
    private final byte[][] attributes;
    private final BitSet changed = new BitSet();

    Grid(int columns, int rows, byte attribute) {
        this.columns = columns;
        this.rows = rows;
        characters = new int[rows][columns];
        attributes = new byte[rows][columns];
        for (int row = 0; row < rows; row++) {
            erase(row, 0, columns, attribute);
        }
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    int character(int row, int column) {
        return characters[row][column];
    }

    byte attribute(int row, int column) {
        return attributes[row][column];
    }

    BitSet changed() {
        return changed;
    }

    void put(int row, int column, int character, byte attribute) {
        characters[row][column] = character;
        attributes[row][column] = attribute;
        changed.set(row);
    }

    void erase(int row, int from, int to, byte attribute) {
        Arrays.fill(characters[row], from, to, ' ');
        Arrays.fill(attributes[row], from, to, attribute);
        changed.set(row);
    }

    /** Moves the rows from {@code top} to {@code bottom}, both included, up; down when {@code by} is below 0. */
    void scroll(int top, int bottom, int by, byte attribute) {
        int height = bottom - top + 1;
        int distance = Math.min(Math.abs(by), height);
        for (int i = 0; i < height - distance; i++) {
            int to = by > 0 ? top + i : bottom - i;
            int from = by > 0 ? to + distance : to - distance;
            System.arraycopy(characters[from], 0, characters[to], 0, columns);
            System.arraycopy(attributes[from], 0, attributes[to], 0, columns);
        }
        for (int i = 0; i < distance; i++) {
            erase(by > 0 ? bottom - i : top + i, 0, columns, attribute);
        }
        changed.set(top, bottom + 1);
    }

    /** Makes room for {@code count} blanks at a place; below 0 takes characters out. */
    void shift(int row, int column, int count, byte attribute) {
        int width = columns - column;
        int distance = Math.min(Math.abs(count), width);
        int from = count > 0 ? column : column + distance, to = count > 0 ? column + distance : column;
        System.arraycopy(characters[row], from, characters[row], to, width - distance);
        System.arraycopy(attributes[row], from, attributes[row], to, width - distance);
        int blank = count > 0 ? column : columns - distance;
        erase(row, blank, blank + distance, attribute);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.appendCodePoint(characters[row][column]);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
