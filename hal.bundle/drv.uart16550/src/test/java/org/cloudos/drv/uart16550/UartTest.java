package org.cloudos.drv.uart16550;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.SerialPort.Line;
import org.cloudos.hal.character.SerialPort.Parity;
import org.cloudos.hal.machine.PortRange;
import org.junit.jupiter.api.Test;

class UartTest {
    /** A 16550 whose line ends where it begins. */
    private static class Chip implements PortRange {
        private final int[] registers = new int[8];
        private final ArrayDeque<Integer> received = new ArrayDeque<>();
        private int divisor;

        @Override public int first() {
            return 0x2f8;
        }

        @Override public int count() {
            return 8;
        }

        @Override public synchronized int read8(int offset) {
            return switch (offset) {
                case 0 -> received.isEmpty() ? 0 : received.removeFirst();
                case 5 -> 0x60 | (received.isEmpty() ? 0 : 1);
                case 6 -> (registers[4] & 0x10) != 0 ? 0 : 0xb0;
                default -> registers[offset];
            };
        }

        @Override public synchronized void write8(int offset, int value) {
            if ((registers[3] & 0x80) != 0 && offset < 2) {
                divisor = offset == 0 ? divisor & 0xff00 | value : divisor & 0xff | value << 8;
            } else if (offset == 0) {
                received.add(value);
            } else {
                registers[offset] = value;
            }
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

    @Test void bytesGoAndCome() throws Exception {
        Chip chip = new Chip();
        Uart uart = new Uart(chip, "serial0");
        byte[] sent = new byte[5000];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 7);
        }
        uart.write(MemorySegment.ofArray(sent));
        byte[] found = new byte[sent.length];
        for (int at = 0; at < found.length;) {
            at += uart.read(MemorySegment.ofArray(found).asSlice(at));
        }
        assertArrayEquals(sent, found);
        assertEquals(sent.length, uart.counters().written());
        uart.line(new Line(9600, 7, Parity.EVEN, 2));
        assertEquals(12, chip.divisor);
        assertEquals(2 | 4 | 8 | 16, chip.registers[3]);
        assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, () -> uart.line(new Line(100_000, 8, Parity.NONE, 1))).reason());
        assertThrows(IllegalArgumentException.class, () -> new Line(9600, 9, Parity.NONE, 1));
        uart.end();
        assertEquals(Reason.GONE, assertThrows(DeviceException.class, () -> uart.write(MemorySegment.ofArray(sent))).reason());
    }

    @Test void nothingThereIsTold() {
        Chip chip = new Chip() {
            @Override public synchronized int read8(int offset) {
                return 0xff;
            }
        };
        assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, () -> new Uart(chip, "serial0")).reason());
    }
}
