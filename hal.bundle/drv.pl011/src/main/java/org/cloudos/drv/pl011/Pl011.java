package org.cloudos.drv.pl011;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.text.PolledSerial;

/** ARM PrimeCell UART PL011: ARM DDI 0183, chapter 3. */
final class Pl011 extends PolledSerial {
    private static final Reg32 DATA = Reg32.rw(0x00), FLAGS = Reg32.ro(0x18), INTEGER_DIVISOR = Reg32.rw(0x24), FRACTION = Reg32.rw(0x28),
            LINE = Reg32.rw(0x2c),
            CONTROL = Reg32.rw(0x30), INTERRUPTS = Reg32.rw(0x38), CLEAR = Reg32.wo(0x44), PART_0 = Reg32.ro(0xfe0), PART_1 = Reg32.ro(0xfe4);
    private static final int EMPTY = 1 << 4, NO_ROOM = 1 << 5, BUSY = 1 << 3; // of the flags
    private static final int ON = 1, SEND = 1 << 8, RECEIVE = 1 << 9, FIFO = 1 << 4, PARITY = 1 << 1, EVEN = 1 << 2, STOP_2 = 1 << 3;
    private static final int ERRORS = 0xf00, ALL = 0x7ff, PART = 0x011;
    /** Of QEMU's virt and the boards that it stands for; a device tree could say another. */
    private static final int CLOCK = 24_000_000;
    private static final int LONGEST_WAIT = 100_000;

    private final Mmio registers;
    private Line line;

    Pl011(Mmio registers, String name) throws DeviceException {
        super(name);
        this.registers = registers;
        int part = registers.read(PART_0) & 0xff | (registers.read(PART_1) & 0xf) << 8;
        if (part != PART) {
            throw new DeviceException(Reason.ABSENT, String.format("%s: expected a PL011 (part 011), found part %03x", name, part));
        }
        registers.write(INTERRUPTS, 0);
        registers.write(CLEAR, ALL);
        line(new Line(115_200, 8, Parity.NONE, 1));
        start();
    }

    @Override protected synchronized int receive() {
        int flags = registers.read(FLAGS);
        if (flags == -1 || (flags & EMPTY) != 0) {
            return -1;
        }
        int data = registers.read(DATA);
        if ((data & ERRORS) != 0) {
            error();
        }
        return data & 0xff;
    }

    @Override protected synchronized boolean send(int value) {
        if ((registers.read(FLAGS) & NO_ROOM) != 0) {
            return false;
        }
        registers.write(DATA, value);
        return true;
    }

    @Override public synchronized Line line() {
        return line;
    }

    /** The divisor is 16 times a bit's, in 64ths; it counts from a write of the line's register on, with the port off. */
    @Override public synchronized void line(Line to) throws DeviceException {
        long divisor = Math.round(CLOCK * 4.0 / to.baud());
        if (divisor < 64 || divisor > 0xffff * 64L) {
            throw new DeviceException(Reason.ABSENT, name() + ": expected 23 to 1500000 baud, found " + to.baud());
        }
        for (int i = 0; i < LONGEST_WAIT && (registers.read(FLAGS) & BUSY) != 0; i++) {
            Thread.onSpinWait();
        }
        registers.write(CONTROL, 0);
        registers.write(INTEGER_DIVISOR, (int) (divisor >>> 6));
        registers.write(FRACTION, (int) (divisor & 0x3f));
        registers.write(LINE, to.dataBits() - 5 << 5 | FIFO | (to.stopBits() == 2 ? STOP_2 : 0) | switch (to.parity()) {
            case NONE -> 0;
            case ODD -> PARITY;
            case EVEN -> PARITY | EVEN;
        });
        registers.write(CONTROL, ON | SEND | RECEIVE);
        line = to;
    }

    @Override public String description() {
        Line l = line();
        return String.format("PL011, %d baud, %d%s%d", l.baud(), l.dataBits(), l.parity().name().substring(0, 1), l.stopBits());
    }
}
