package org.cloudos.hal.host;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;

/**
 * A serial line of Linux. A driver that is built into the kernel (PL011's) can't be unbound, but it lets go of a port whose type becomes unknown, as
 * setserial(8) does it: it uses neither registers nor interrupt then. struct serial_struct of linux/serial.h, 72 bytes: 0 type(4).
 */
final class SerialLine {
    static final int UNKNOWN = 0;
    private static final long GET = 0x541e, SET = 0x541f; // TIOCGSERIAL, TIOCSSERIAL
    private static final long BYTES = 72, TYPE = 0;

    private SerialLine() { }

    /** @param file such as /dev/ttyAMA1. @return the type that it had */
    static int type(Devices devices, String file, int type) throws DeviceException {
        DeviceFile line = null;
        try (Arena arena = Arena.ofConfined()) {
            line = devices.open(file);
            MemorySegment port = arena.allocate(BYTES, 8);
            line.control(GET, port);
            int before = port.get(ValueLayout.JAVA_INT, TYPE);
            port.set(ValueLayout.JAVA_INT, TYPE, type);
            line.control(SET, port);
            return before;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, file + ": Linux's driver neither goes nor lets the port go: " + e.getMessage(), e);
        } finally {
            if (line != null) {
                line.close();
            }
        }
    }
}
