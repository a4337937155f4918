package org.cloudos.drv.vga;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;

/** The registers of VGA that a text screen needs: IBM VGA Technical Reference §2, behind ports 3c0 to 3df. An index and its value go in one access. */
final class CrtController {
    private static final int GRAPHICS = 0x0e, MISCELLANEOUS = 0x0c, CRT = 0x14; // offsets from 3c0
    private static final int GRAPHICS_MISC = 6, GRAPHICS_MODE = 1, MAP = 3 << 2, COLOUR = 1;
    private static final int HORIZONTAL_END = 0x01, OVERFLOW = 0x07, CELL_HEIGHT = 0x09, CURSOR_START = 0x0a, CURSOR_END = 0x0b, START_HIGH = 0x0c,
            START_LOW = 0x0d,
            CURSOR_HIGH = 0x0e, CURSOR_LOW = 0x0f, VERTICAL_END = 0x12, CURSOR_OFF = 1 << 5;

    private final PortRange ports;

    CrtController(PortRange ports) {
        this.ports = ports;
    }

    /** @throws DeviceException {@code UNAVAILABLE} unless it shows coloured text from b8000 on */
    void expectText() throws DeviceException {
        ports.write8(GRAPHICS, GRAPHICS_MISC);
        int mode = ports.read8(GRAPHICS + 1);
        int miscellaneous = ports.read8(MISCELLANEOUS);
        if ((mode & GRAPHICS_MODE) != 0 || (mode & MAP) != MAP || (miscellaneous & COLOUR) == 0) {
            throw new DeviceException(Reason.UNAVAILABLE,
                    String.format("the screen: expected VGA's text mode in colour, found registers %02x and %02x: firmware has"
                    + " turned on graphics (UEFI does)", mode, miscellaneous));
        }
    }

    private int read(int index) throws DeviceException {
        ports.write8(CRT, index);
        return ports.read8(CRT + 1);
    }

    private void write(int index, int value) throws DeviceException {
        ports.write16(CRT, (value & 0xff) << 8 | index);
    }

    int columns() throws DeviceException {
        return read(HORIZONTAL_END) + 1;
    }

    int rows() throws DeviceException {
        int overflow = read(OVERFLOW);
        int lines = (read(VERTICAL_END) | (overflow & 1 << 1) << 7 | (overflow & 1 << 6) << 3) + 1;
        return lines / ((read(CELL_HEIGHT) & 0x1f) + 1);
    }

    /** The screen begins where its memory does: Linux's console scrolls by moving the beginning. */
    void showFromStart() throws DeviceException {
        write(START_HIGH, 0);
        write(START_LOW, 0);
    }

    void cursorAt(int cell) throws DeviceException {
        write(CURSOR_HIGH, cell >>> 8);
        write(CURSOR_LOW, cell);
    }

    void cursorShape(int first, int last, boolean visible) throws DeviceException {
        write(CURSOR_START, first & 0x1f | (visible ? 0 : CURSOR_OFF));
        write(CURSOR_END, last & 0x1f);
    }
}
