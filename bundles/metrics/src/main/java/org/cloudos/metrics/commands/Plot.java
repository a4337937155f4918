package org.cloudos.metrics.commands;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.cloudos.metrics.History.Graph;
import org.cloudos.metrics.History.Point;
import org.cloudos.shell.Human;

/** Graphs in letters: braille dots, two by four to a letter, or one mark a series where there are several. */
final class Plot {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String MARKS = "*o+x#@%&=~";
    private static final int BRAILLE = 0x2800;
    private static final int[][] DOTS = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
    /** Series that can be told apart. */
    static final int MAX_SERIES = MARKS.length();

    private final int width;
    private final int height;
    private final boolean bytes;

    /** @param bytes whether values are bytes */
    Plot(int width, int height, boolean bytes) {
        this.width = width;
        this.height = height;
        this.bytes = bytes;
    }

    /** The picture, lines separated by line feeds. */
    String draw(List<Graph> graphs, Instant from, Instant to) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (Graph graph : graphs) {
            for (Point p : graph.points()) {
                if (Double.isFinite(p.value())) {
                    low = Math.min(low, p.value());
                    high = Math.max(high, p.value());
                }
            }
        }
        if (high < low) {
            return "no finite value in this time";
        }
        if (low > 0 && low < high / 2) {
            low = 0; // what is not far from zero is shown from zero
        }
        if (high == low) {
            high += high == 0 ? 1 : Math.abs(high) / 10;
        }
        int[][] cells = graphs.size() == 1 ? dots(graphs.getFirst(), from, to, low, high) : marks(graphs, from, to, low, high);
        return frame(cells, low, high, from, to);
    }

    private int[][] dots(Graph graph, Instant from, Instant to, double low, double high) {
        int[][] cells = new int[height][width];
        for (Point p : graph.points()) {
            int x = scaled(p.at().toEpochMilli(), from.toEpochMilli(), to.toEpochMilli(), width * 2);
            if (Double.isFinite(p.value()) && x >= 0) {
                int y = height * 4 - 1 - scaled(p.value(), low, high, height * 4);
                cells[y / 4][x / 2] |= BRAILLE | DOTS[x % 2][y % 4];
            }
        }
        return cells;
    }

    private int[][] marks(List<Graph> graphs, Instant from, Instant to, double low, double high) {
        int[][] cells = new int[height][width];
        for (int i = graphs.size() - 1; i >= 0; i--) {
            for (Point p : graphs.get(i).points()) {
                int x = scaled(p.at().toEpochMilli(), from.toEpochMilli(), to.toEpochMilli(), width);
                if (Double.isFinite(p.value()) && x >= 0) {
                    cells[height - 1 - scaled(p.value(), low, high, height)][x] = MARKS.charAt(i);
                }
            }
        }
        return cells;
    }

    private static int scaled(double value, double low, double high, int steps) {
        return value < low || value > high ? -1 : (int) Math.min(steps - 1, (value - low) / (high - low) * steps);
    }

    private String frame(int[][] cells, double low, double high, Instant from, Instant to) {
        String[] names = new String[height];
        Arrays.fill(names, "");
        for (int row = 0; row < height; row += Math.max(1, (height - 1) / 4)) {
            names[row] = number(high - (high - low) * row / Math.max(1, height - 1));
        }
        int margin = Arrays.stream(names).mapToInt(String::length).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (int row = 0; row < height; row++) {
            out.append(" ".repeat(margin - names[row].length())).append(names[row]).append(names[row].isEmpty() ? " │" : " ┤");
            StringBuilder line = new StringBuilder();
            for (int cell : cells[row]) {
                line.appendCodePoint(cell == 0 ? ' ' : cell);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        String end = TIME.format(to);
        String begin = TIME.format(from);
        out.append(" ".repeat(margin)).append(" └").append("─".repeat(width)).append('\n').append(" ".repeat(margin + 2)).append(begin)
                .append(" ".repeat(Math.max(1, width - begin.length() - end.length()))).append(end);
        return out.toString();
    }

    String number(double value) {
        if (bytes) {
            return Human.bytes((long) value);
        }
        double size = Math.abs(value);
        return size >= 1e9 ? format(value / 1e9, "G") : size >= 1e6 ? format(value / 1e6, "M") : size >= 1e4 ? format(value / 1e3, "k")
                : size != 0 && size < 0.01 ? String.format(Locale.ROOT, "%.1e", value) : format(value, "");
    }

    private static String format(double value, String unit) {
        return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f%s" : "%.2f%s", value, unit);
    }

    /** The mark of a series among several. */
    static char mark(int series) {
        return MARKS.charAt(series);
    }
}
