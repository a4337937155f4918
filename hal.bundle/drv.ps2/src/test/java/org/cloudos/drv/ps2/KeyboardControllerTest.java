package org.cloudos.drv.ps2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;
import org.junit.jupiter.api.Test;

/** A controller and a keyboard as the manual has them, and some as it hasn't. */
class KeyboardControllerTest {
    /** Ports of one byte each. */
    private record Port(IntSupplier read, java.util.function.IntConsumer write) implements PortRange {
        @Override public int first() {
            return 0;
        }

        @Override public int count() {
            return 1;
        }

        @Override public int read8(int offset) {
            return read.getAsInt();
        }

        @Override public void write8(int offset, int value) {
            write.accept(value);
        }

        @Override public int read16(int offset) {
            throw new IndexOutOfBoundsException();
        }

        @Override public void write16(int offset, int value) {
            throw new IndexOutOfBoundsException();
        }

        @Override public int read32(int offset) {
            throw new IndexOutOfBoundsException();
        }

        @Override public void write32(int offset, int value) {
            throw new IndexOutOfBoundsException();
        }

        @Override public void close() { }
    }

    /** Answers as a real one; keys pressed while a command runs come before its answer. */
    private static final class Board {
        private final ArrayDeque<Integer> output = new ArrayDeque<>();
        private final List<Integer> told = new ArrayList<>();
        private int mode = 0x47;
        private int command;
        private int selfTest = 0x55;

        synchronized int status() {
            return output.isEmpty() ? 0 : 1;
        }

        synchronized int data() {
            return output.isEmpty() ? 0 : output.removeFirst();
        }

        synchronized void control(int value) {
            command = value;
            switch (value) {
                case 0x20 -> output.add(mode);
                case 0xaa -> output.add(selfTest);
                case 0xab -> output.add(0);
                default -> { }
            }
        }

        synchronized void keyboard(int value) {
            if (command == 0x60) {
                mode = value;
                command = 0;
                return;
            }
            told.add(value);
            output.add(0xfa);
            if (value == 0xff) {
                output.add(0xaa);
            }
        }

        synchronized void press(int... codes) {
            for (int code : codes) {
                output.add(code);
            }
        }

        Port data8() {
            return new Port(this::data, this::keyboard);
        }

        Port control8() {
            return new Port(this::status, this::control);
        }
    }

    @Test void startsTypesAndIsLeftAsItWas() throws Exception {
        Board board = new Board();
        Ps2Keyboard keyboard = new Ps2Keyboard(board.data8(), board.control8(), "kbd0", "de");
        assertEquals(List.of(0xff, 0xf0, 2, 0xf4), board.told);
        assertEquals(0, board.mode & 0x43, "no interrupts, no translation");
        board.press(0x35, 0xf0, 0x35, 0x1a);
        assertEquals("zy", read(keyboard, 2));
        keyboard.scancodes(1);
        board.press(0x15, 0x95, 0xe0, 0x48);
        assertEquals("z\033[A", read(keyboard, 4));
        keyboard.layout("us");
        board.press(0x15);
        assertEquals("y", read(keyboard, 1));
        board.press(0x3a, 0xba, 0x1e); // caps lock: its light goes on
        assertEquals("A", read(keyboard, 1));
        assertThrows(DeviceException.class, () -> keyboard.layout("fr"));
        assertThrows(DeviceException.class, () -> keyboard.scancodes(3));
        keyboard.close();
        assertEquals(0x47, board.mode);
        assertTrue(board.told.containsAll(List.of(0xed, 4)), board.told.toString());
        assertEquals(Reason.GONE, assertThrows(DeviceException.class, () -> read(keyboard, 1)).reason());
    }

    private static String read(Ps2Keyboard keyboard, int length) throws Exception {
        byte[] all = new byte[length];
        for (int at = 0; at < length;) {
            at += keyboard.read(MemorySegment.ofArray(all).asSlice(at));
        }
        return new String(all, StandardCharsets.UTF_8);
    }

    @Test void whatIsNotThereIsTold() {
        Port nothing = new Port(() -> 0xff, v -> { });
        assertEquals(Reason.TIMED_OUT, assertThrows(DeviceException.class, () -> new KeyboardController(nothing, nothing, k -> { })).reason());
        Board broken = new Board();
        broken.selfTest = 0xfc;
        DeviceException e = assertThrows(DeviceException.class, () -> new KeyboardController(broken.data8(), broken.control8(), k -> { }));
        assertTrue(e.getMessage().contains("expected 55, found fc"), e.getMessage());
    }

    @Test void anyAnswersEnd() {
        Random random = new Random(11);
        for (int i = 0; i < 5; i++) {
            Port noise = new Port(() -> random.nextInt(256), v -> { });
            try {
                KeyboardController controller = new KeyboardController(noise, noise, k -> { });
                controller.poll();
            } catch (DeviceException e) {
                assertTrue(e.reason() == Reason.FAILED || e.reason() == Reason.TIMED_OUT, e.toString());
            }
        }
    }
}
