package org.cloudos.drv.uart16550;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.text.PolledSerial;

/** A 16550: National Semiconductor PC16550D, chapter 8. */
final class Uart extends PolledSerial {
    private static final int DATA = 0, INTERRUPTS = 1, FIFO = 2, LINE_CONTROL = 3, MODEM_CONTROL = 4, LINE_STATUS = 5, MODEM_STATUS = 6, SCRATCH = 7;
    private static final int DIVISOR_LOW = 0, DIVISOR_HIGH = 1, DIVISOR_ACCESS = 1 << 7; // of the line control
    private static final int FIFO_ON = 1, FIFO_CLEAR = 6, READY = 3 | 1 << 3, LOOP = 1 << 4, STOP_2 = 1 << 2, PARITY = 1 << 3, EVEN = 1 << 4;
    private static final int FULL = 1, OVERRUN = 1 << 1, DAMAGED = 7 << 2, ROOM = 1 << 5; // of the line status
    private static final int FASTEST = 115_200;
    private final PortRange ports;
    private Line line;

    Uart(PortRange ports, String name) throws DeviceException {
        super(name);
        this.ports = ports;
        ports.write8(SCRATCH, 0x5a);
        int found = ports.read8(SCRATCH);
        if (ports.count() < 8 || found != 0x5a) {
            throw new DeviceException(Reason.ABSENT, String.format("serial port at %x: expected a 16550 that keeps 5a, found %02x", ports.first(), found));
        }
        ports.write8(INTERRUPTS, 0);
        line(new Line(FASTEST, 8, Parity.NONE, 1));
        ports.write8(FIFO, FIFO_ON | FIFO_CLEAR);
        ports.write8(MODEM_CONTROL, LOOP);
        boolean loops = (ports.read8(MODEM_STATUS) & 0xf0) == 0; // the loop carries the modem lines too: all are off
        ports.write8(MODEM_CONTROL, READY);
        if (!loops) {
            throw new DeviceException(Reason.FAILED, String.format("serial port at %x: its loop-back test failed", ports.first()));
        }
        start();
    }

    @Override protected synchronized int receive() throws DeviceException {
        int status = ports.read8(LINE_STATUS);
        if (status == 0xff || (status & FULL) == 0) {
            return -1;
        }
        if ((status & (OVERRUN | DAMAGED)) != 0) {
            error();
        }
        return ports.read8(DATA);
    }

    @Override protected synchronized boolean send(int value) throws DeviceException {
        if ((ports.read8(LINE_STATUS) & ROOM) == 0) {
            return false;
        }
        ports.write8(DATA, value);
        return true;
    }

    @Override public synchronized Line line() {
        return line;
    }

    @Override public synchronized void line(Line to) throws DeviceException {
        int divisor = Math.round((float) FASTEST / to.baud());
        if (divisor < 1 || divisor > 0xffff || Math.abs((double) FASTEST / divisor - to.baud()) > 0.03 * to.baud()) {
            throw new DeviceException(Reason.ABSENT, name() + ": expected a rate that divides 115200, found " + to.baud());
        }
        int control = to.dataBits() - 5 | (to.stopBits() == 2 ? STOP_2 : 0) | switch (to.parity()) {
            case NONE -> 0;
            case ODD -> PARITY;
            case EVEN -> PARITY | EVEN;
        };
        ports.write8(LINE_CONTROL, DIVISOR_ACCESS | control);
        ports.write8(DIVISOR_LOW, divisor & 0xff);
        ports.write8(DIVISOR_HIGH, divisor >>> 8);
        ports.write8(LINE_CONTROL, control);
        line = to;
    }

    @Override public String description() {
        Line l = line();
        return String.format("16550 at %x, %d baud, %d%s%d", ports.first(), l.baud(), l.dataBits(), l.parity().name().substring(0, 1), l.stopBits());
    }
}
