package org.cloudos.shell.render;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.cloudos.shell.Column;

/**
 * Records as aligned columns under headers. What does not fit into the width is wrapped inside its column, never
 * cut off: the widest columns give way first.
 */
final class Table {
    private static final int GAP = 2;
    private static final int LEAST = 8;
    private final List<RecordComponent> columns;
    private final List<Record> rows;
    private final int width;
    private final boolean colours;

    /**
     * A table.
     *
     * @param rows of one class, at least one
     * @param width of the terminal, 0 for no limit
     */
    Table(List<? extends Record> rows, int width, boolean colours) {
        this.columns = Arrays.stream(rows.getFirst().getClass().getRecordComponents())
                .filter(c -> !Cells.hidden(c)).toList();
        this.rows = List.copyOf(rows);
        this.width = width;
        this.colours = colours;
    }

    void writeTo(StringBuilder out) {
        List<String[]> texts = new ArrayList<>();
        texts.add(columns.stream().map(c -> Cells.header(c).toUpperCase(java.util.Locale.ROOT)).toArray(String[]::new));
        for (Record row : rows) {
            texts.add(columns.stream().map(c -> Cells.text(Records.get(row, c), Cells.unit(c))).toArray(String[]::new));
        }
        int[] widths = fit(widths(texts));
        for (int i = 0; i < texts.size(); i++) {
            line(out, texts.get(i), widths, i == 0 ? null : rows.get(i - 1));
        }
    }

    private int[] widths(List<String[]> texts) {
        int[] widths = new int[columns.size()];
        for (String[] line : texts) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Text.width(line[i]));
            }
        }
        return widths;
    }

    private int[] fit(int[] widths) {
        int over = width == 0 ? 0 : Arrays.stream(widths).sum() + GAP * (widths.length - 1) - width;
        while (over-- > 0) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= LEAST) {
                break; // too many columns for this terminal: let it wrap the lines
            }
            widths[widest]--;
        }
        return widths;
    }

    private void line(StringBuilder out, String[] texts, int[] widths, Record row) {
        List<List<String>> wrapped = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            wrapped.add(Text.wrap(texts[i], widths[i]));
        }
        int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
        for (int part = 0; part < height; part++) {
            StringBuilder line = new StringBuilder();
            int blanks = 0;
            for (int i = 0; i < texts.length; i++) {
                String text = part < wrapped.get(i).size() ? wrapped.get(i).get(part) : "";
                int pad = widths[i] - Text.width(text);
                boolean right = rightAligned(i);
                blanks += right ? pad : 0;
                if (!text.isEmpty()) {
                    line.repeat(' ', blanks).append(style(i, row).on(text, colours));
                    blanks = 0;
                }
                blanks += (right ? 0 : pad) + GAP;
            }
            out.append(line).append('\n');
        }
    }

    private Style style(int column, Record row) {
        return row == null ? Style.BOLD : Style.of(Records.get(row, columns.get(column)));
    }

    private boolean rightAligned(int column) {
        Class<?> type = columns.get(column).getType();
        boolean number = type.isPrimitive() && type != boolean.class && type != char.class
                || Number.class.isAssignableFrom(type) || type == Duration.class;
        return number && Cells.unit(columns.get(column)) != Column.Unit.BAR;
    }
}
