package org.cloudos.hal.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.Architecture;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.machine.Ports;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.machine.MachineRegisters;

/** Ports by their instructions, each range with one owner. */
final class LinuxPorts implements Ports {
    private static final int EPERM = 1, END = 0x10000;
    private final MachineRegisters registers;
    private final List<Claimed> claimed = new ArrayList<>(); // guarded by this

    LinuxPorts(MachineRegisters registers) {
        this.registers = registers;
    }

    @Override public synchronized PortRange claim(int first, int count, String owner) throws DeviceException {
        if (first < 0 || count <= 0 || first > END - count) {
            throw new IllegalArgumentException("ports: expected a range below 65536, found " + count + " from " + first);
        }
        if (Architecture.current() != Architecture.X86_64) {
            throw new DeviceException(Reason.UNAVAILABLE, "I/O ports: not available here: this processor has none");
        }
        for (Claimed other : claimed) {
            if (first < other.first + other.count && other.first < first + count) {
                throw new DeviceException(Reason.BUSY, String.format("ports %x to %x: %s has %x to %x", first, first + count - 1, other.owner,
                        other.first, other.first + other.count - 1));
            }
        }
        try {
            registers.in(0x80, 1); // takes power-on codes: what is read means nothing
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE,
                    "I/O ports: not available here: expected the right to use them (CAP_SYS_RAWIO, and a kernel that is not"
                    + " locked down): " + e.getMessage(), e);
        }
        Claimed range = new Claimed(first, count, owner);
        claimed.add(range);
        return range;
    }

    private synchronized void give(Claimed range) {
        claimed.remove(range);
    }

    private final class Claimed implements PortRange {
        private final int first;
        private final int count;
        private final String owner;
        private volatile boolean closed;

        private Claimed(int first, int count, String owner) {
            this.first = first;
            this.count = count;
            this.owner = owner;
        }

        @Override public int first() {
            return first;
        }

        @Override public int count() {
            return count;
        }

        private int read(int offset, int width) throws DeviceException {
            int port = port(offset, width);
            try {
                return registers.in(port, width);
            } catch (LinuxException e) {
                throw failed(e);
            }
        }

        private void write(int offset, int width, int value) throws DeviceException {
            int port = port(offset, width);
            try {
                registers.out(port, width, value);
            } catch (LinuxException e) {
                throw failed(e);
            }
        }

        private int port(int offset, int width) {
            if (closed) {
                throw new IllegalStateException("ports of " + owner + " were given back");
            }
            return first + Objects.checkFromIndexSize(offset, width, count);
        }

        private static DeviceException failed(LinuxException e) {
            return new DeviceException(e.errno() == EPERM ? Reason.UNAVAILABLE : Reason.FAILED, e.getMessage(), e);
        }

        @Override public int read8(int offset) throws DeviceException {
            return read(offset, 1);
        }

        @Override public void write8(int offset, int value) throws DeviceException {
            write(offset, 1, value);
        }

        @Override public int read16(int offset) throws DeviceException {
            return read(offset, 2);
        }

        @Override public void write16(int offset, int value) throws DeviceException {
            write(offset, 2, value);
        }

        @Override public int read32(int offset) throws DeviceException {
            return read(offset, 4);
        }

        @Override public void write32(int offset, int value) throws DeviceException {
            write(offset, 4, value);
        }

        @Override public void close() {
            closed = true;
            give(this);
        }
    }
}
