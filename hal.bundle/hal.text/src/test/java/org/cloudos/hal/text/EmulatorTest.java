package org.cloudos.hal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmulatorTest {
    private final Emulator screen = new Emulator(10, 4);

    private void write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        screen.write(bytes, 0, bytes.length);
    }

    private List<String> lines() {
        return screen.text().lines().toList();
    }

    @Test void linesScrollAndTheLastColumnWaits() {
        write("0123456789");
        assertEquals(9, screen.column());
        write("x\r\n2\r\n3\r\n4\r\n5");
        assertEquals(List.of("2", "3", "4", "5"), lines());
        assertEquals(3, screen.row());
    }

    @Test void cursorAndErasing() {
        write("aaaa\r\nbbbb\r\ncccc\033[2;3HX\033[K\033[1;2H\033[1K\033[3;2H\033[P\033[2@");
        assertEquals(List.of("  aa", "bbX", "c  cc", ""), lines());
        write("\033[2J");
        assertEquals(List.of("", "", "", ""), lines());
    }

    @Test void aRegionScrollsAlone() {
        write("1\r\n2\r\n3\r\n4\033[2;3r\033[3;1H\n5\033[r");
        assertEquals(List.of("1", "3", "5", "4"), lines());
        write("\033[2;1H\033[L\033[1;1H\033M");
        assertEquals(List.of("", "1", "", "3"), lines());
    }

    @Test void theSecondScreenLeavesTheFirst() {
        write("shell\033[?1049hprogram\033[?1h");
        assertEquals("     progr", screen.text().lines().findFirst().orElseThrow()); // its cursor is where it was
        assertTrue(screen.isApplicationKeys());
        write("\033[?1l\033[?1049l!");
        assertEquals("shell!", lines().getFirst());
        assertFalse(screen.isApplicationKeys());
    }

    @Test void coloursAreThoseOfVga() {
        List<byte[]> drawn = new ArrayList<>();
        write("\033[31ma\033[1;44mb\033[7mc\033[0;38;5;10md\033[38;2;0;0;255me");
        screen.draw(new Emulator.Surface() {
            @Override public void row(int row, int[] characters, byte[] attributes) {
                if (row == 0) {
                    drawn.add(attributes.clone());
                }
            }

            @Override public void cursor(int row, int column, boolean visible) {
                assertEquals(5, column);
            }
        });
        byte[] a = drawn.getFirst();
        assertArrayEquals(new byte[] {0x04, 0x1c, 0x41, 0x0a, 0x09}, java.util.Arrays.copyOf(a, 5));
    }

    @Test void whatIsAskedIsAnswered() {
        write("ab\033[6n\033[5n\033[c");
        assertEquals("\033[1;3R\033[0n\033[?6c", new String(screen.answers(), StandardCharsets.US_ASCII));
        assertEquals(0, screen.answers().length);
    }

    @Test void utf8DrawingAndRepetition() {
        write("ä\033(0qx\033(B€\u4e2d!\033[3b");
        assertEquals("ä─│€\u4e2d !!!!", lines().getFirst());
        screen.write(new byte[] {'\r', (byte) 0xc3, 'z', (byte) 0xff, (byte) 0xe2, (byte) 0x82}, 0, 6);
        assertTrue(lines().getFirst().startsWith("\ufffdz\ufffd"), screen.text());
        assertEquals('?', CodePage437.of(0x4e2d));
        assertEquals(0xc4, CodePage437.of('─'));
        assertEquals("─", String.valueOf(CodePage437.character(0xc4)));
    }

    /** Whatever comes, the screen stays one and takes text after a reset. The seed is told. */
    @Test void anyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String pieces = "\033[]P()?;:0123456789ABCDEFGHJKLMPSTXZ@abcdefghlmnrsu#!78\r\n\t\b\016\017\177\030\007ä€";
        try {
            for (int run = 0; run < 300; run++) {
                Emulator one = new Emulator(2 + random.nextInt(20), 2 + random.nextInt(8));
                byte[] bytes = new byte[random.nextInt(2000)];
                random.nextBytes(bytes);
                for (int i = 0; i < bytes.length; i++) {
                    if (random.nextInt(10) > 0) {
                        bytes[i] = (byte) pieces.charAt(random.nextInt(pieces.length()));
                    }
                }
                one.write(bytes, 0, bytes.length);
                one.draw(new Emulator.Surface() {
                    @Override public void row(int row, int[] characters, byte[] attributes) {
                        for (int c : characters) {
                            assertTrue(Character.isValidCodePoint(c) && CodePage437.of(c) < 256);
                        }
                    }

                    @Override public void cursor(int row, int column, boolean visible) {
                        assertTrue(row >= 0 && column >= 0);
                    }
                });
                assertTrue(one.answers().length <= 5000);
                byte[] end = "\030\033\\\033cX".getBytes(StandardCharsets.US_ASCII);
                one.write(end, 0, end.length);
                assertEquals("X", one.text().strip());
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
