package org.cloudos.units.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What one process wrote, as lines; used by the reader of {@code spawn} alone. A line that does not end is cut, and goes on as the next. */
final class OutputLines {
    private static final int LONGEST = 48 * 1024;
    private static final int FIRST_SIZE = 256;

    private final World world;
    private final Tail tail;
    private final String unit;
    private final Style style;
    private byte[] line = new byte[FIRST_SIZE];
    private int length;
    private volatile long pid;

    /** @param identifier in the journal. @param priority of lines that don't begin with one ({@code <3>}) */
    record Style(String identifier, int priority, boolean prefixed, int most) { }

    /** The newest lines of a unit, in memory. Thread-safe. */
    static final class Tail {
        private static final int MOST_LINES = 40;
        private static final int MOST_CHARACTERS = 8 << 10;
        private final Deque<String> lines = new ArrayDeque<>(); // guarded by this
        private int characters;                                 // guarded by this

        synchronized void add(String line) {
            String kept = line.length() > MOST_CHARACTERS / 4 ? line.substring(0, MOST_CHARACTERS / 4) : line;
            lines.addLast(kept);
            characters += kept.length();
            while (lines.size() > MOST_LINES || characters > MOST_CHARACTERS) {
                characters -= lines.removeFirst().length();
            }
        }

        synchronized List<String> newest(int count) {
            List<String> all = new ArrayList<>(lines);
            return all.subList(Math.max(0, all.size() - count), all.size());
        }
    }

    OutputLines(World world, Tail tail, String unit, Style style) {
        this.world = world;
        this.tail = tail;
        this.unit = unit;
        this.style = style;
    }

    void pid(long of) {
        pid = of;
    }

    void add(byte[] bytes) {
        if (bytes.length == 0) {
            flush();
        }
        for (byte b : bytes) {
            if (b == '\n' || b == 0) {
                flush();
            } else {
                if (length == line.length) {
                    line = java.util.Arrays.copyOf(line, length * 2);
                }
                line[length++] = b;
                if (length >= LONGEST) {
                    flush();
                }
            }
        }
    }

    private void flush() {
        String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
        length = 0;
        if (line.length > FIRST_SIZE * 16) {
            line = new byte[FIRST_SIZE];
        }
        int priority = style.priority();
        if (style.prefixed() && text.length() >= 3 && text.charAt(0) == '<' && text.charAt(2) == '>' && text.charAt(1) >= '0' && text.charAt(1) <= '7') {
            priority = text.charAt(1) - '0';
            text = text.substring(3);
        }
        if (!text.isEmpty() && priority <= style.most()) {
            tail.add(text);
            world.output(unit, style.identifier(), pid, priority, text);
        }
    }
}
