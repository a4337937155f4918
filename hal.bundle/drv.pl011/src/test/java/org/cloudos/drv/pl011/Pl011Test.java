package org.cloudos.drv.pl011;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.SerialPort.Line;
import org.cloudos.hal.character.SerialPort.Parity;
import org.cloudos.hal.memory.Mmio;
import org.junit.jupiter.api.Test;

/** Registers in memory: what is written stands there. ARM DDI 0183 §3.3. */
class Pl011Test {
    private static final int DATA = 0, FLAGS = 0x18, INTEGER = 0x24, FRACTION = 0x28, CONTROL = 0x2c, PART_0 = 0xfe0, EMPTY = 1 << 4;

    @Test void theLineIsSetAndBytesGo() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment registers = arena.allocate(4096, 8);
            registers.set(ValueLayout.JAVA_INT, PART_0, 0x11);
            registers.set(ValueLayout.JAVA_INT, FLAGS, EMPTY);
            Pl011 port = new Pl011(new Mmio(registers), "amba0");
            assertEquals(13, registers.get(ValueLayout.JAVA_INT, INTEGER)); // the manual's example is of 24 MHz and 115200 too
            assertEquals(1, registers.get(ValueLayout.JAVA_INT, FRACTION));
            port.line(new Line(9600, 7, Parity.EVEN, 2));
            assertEquals(2 << 5 | 1 << 4 | 1 << 3 | 1 << 2 | 1 << 1, registers.get(ValueLayout.JAVA_INT, CONTROL));
            port.write(MemorySegment.ofArray(new byte[] {'a', 'b'}));
            assertEquals('b', registers.get(ValueLayout.JAVA_INT, DATA));
            assertEquals(2, port.counters().written());
            assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, () -> port.line(new Line(3_000_000, 8, Parity.NONE, 1))).reason());
            port.end();
            assertEquals(Reason.GONE, assertThrows(DeviceException.class, () -> port.write(MemorySegment.ofArray(new byte[1]))).reason());
        }
    }

    @Test void anotherPartIsTold() {
        try (Arena arena = Arena.ofConfined()) {
            Mmio nothing = new Mmio(arena.allocate(4096, 8).fill((byte) 0xff));
            assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, () -> new Pl011(nothing, "amba0")).reason());
        }
    }
}
