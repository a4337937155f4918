package org.cloudos.linux.ffm;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.cloudos.linux.LinuxException;
import org.cloudos.linux.machine.MachineRegisters;
import org.junit.jupiter.api.Test;

class MachineCodeTest {
    private static final int EPERM = 1, ENOSYS = 38; // a kernel may be built without ports for programs
    private final MachineRegisters machine = new MachineCode();

    @Test void theCounterNeverGoesBack() throws Exception {
        MachineRegisters.Counter counter = machine.counter();
        long before = counter.read();
        for (int i = 0; i < 100_000; i++) {
            long now = counter.read();
            assertTrue(now - before >= 0, before + " then " + now);
            before = now;
        }
        assertTrue(machine.counterHertz() >= 0);
    }

    @Test void portsAreCheckedBeforeAnInstructionIsRun() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"));
        assertThrows(IllegalArgumentException.class, () -> machine.in(0x10000, 1));
        assertThrows(IllegalArgumentException.class, () -> machine.in(3, 2));
        assertThrows(IllegalArgumentException.class, () -> machine.in(8, 3));
        // 0x80 takes power-on codes: reading it does nothing. Who may not is told, and the process lives.
        for (int width : new int[] {1, 2, 4}) {
            try {
                int value = machine.in(0x80, width);
                assertTrue(width == 4 || value >>> 8 * width == 0, Integer.toHexString(value));
            } catch (LinuxException e) {
                assertTrue(e.errno() == EPERM || e.errno() == ENOSYS, e.getMessage());
            }
        }
    }
}
