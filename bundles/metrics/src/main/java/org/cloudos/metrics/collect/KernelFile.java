package org.cloudos.metrics.collect;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A small file of /proc or /sys, read in words without making a string of each. Numbers are unsigned decimals; what is
 * none reads as -1. Not for concurrent use.
 */
final class KernelFile {
    private static final int MAX = 1 << 20;
    private byte[] bytes = new byte[8192];
    private int end;
    private int at;

    /** Reads it whole; false when it is not there or can't be read. */
    boolean open(Path file) {
        at = 0;
        end = 0;
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            while (true) {
                int n = in.read(bytes, end, bytes.length - end);
                if (n < 0) {
                    return true;
                }
                end += n;
                if (end == bytes.length) {
                    if (end >= MAX) {
                        return true; // more than anybody looks at
                    }
                    bytes = Arrays.copyOf(bytes, end * 2);
                }
            }
        } catch (IOException e) {
            return false; // a controller, device or process that is gone, or not ours to read
        }
    }

    /** Text as if it were a file's. */
    void text(String text) {
        bytes = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), Math.max(64, text.length() * 4));
        end = text.getBytes(StandardCharsets.UTF_8).length;
        at = 0;
    }

    /** Whether there is more. */
    boolean more() {
        return at < end;
    }

    /** Goes to the beginning of the next line. */
    void nextLine() {
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        at++;
    }

    /** The next word of this line; empty at its end. */
    String word() {
        blanks();
        int from = at;
        while (at < end && bytes[at] > ' ' || at < end && bytes[at] < 0) {
            at++;
        }
        return new String(bytes, from, at - from, StandardCharsets.UTF_8);
    }

    /** The word up to this character, which is passed over; else as {@link #word}. */
    String until(char stop) {
        blanks();
        int from = at;
        while (at < end && bytes[at] != '\n' && bytes[at] != stop) {
            at++;
        }
        String word = new String(bytes, from, at - from, StandardCharsets.UTF_8).strip();
        if (at < end && bytes[at] == stop) {
            at++;
        }
        return word;
    }

    /** The next word of this line as a number; -1 when it is none, or there is none. */
    long number() {
        blanks();
        int from = at;
        long value = 0;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + bytes[at++] - '0';
        }
        boolean whole = at > from && (at == end || bytes[at] <= ' ') && value >= 0;
        while (at < end && bytes[at] > ' ') {
            at++;
        }
        return whole ? value : -1;
    }

    /** The next word as a decimal fraction; NaN when it is none. */
    double decimal() {
        try {
            return Double.parseDouble(word());
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private void blanks() {
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
    }
}
