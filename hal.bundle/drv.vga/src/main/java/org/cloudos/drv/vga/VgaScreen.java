package org.cloudos.drv.vga;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.TextScreen;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.text.ByteQueue;
import org.cloudos.hal.text.CodePage437;
import org.cloudos.hal.text.Emulator;

/** A VGA text screen: a cell is a letter and an attribute, two bytes, from the upper left corner on. */
final class VgaScreen implements TextScreen {
    private static final int CHUNK = 8192, ANSWERS = 256, CELLS = 4; // of one access
    private final String name;
    private final int columns;
    private final int rows;
    private final Mmio memory;
    private final CrtController controller;
    private final Reg64[] places;
    private final ByteQueue answers = new ByteQueue(ANSWERS);
    private final Emulator emulator; // guarded by this, as all below
    private final byte[] chunk = new byte[CHUNK];
    private int first = 13;
    private int last = 14;
    private boolean shown = true;
    private long written;
    private boolean ended;

    VgaScreen(PlatformFunction function, String name) throws DeviceException {
        this.name = name;
        controller = new CrtController(function.ports(0));
        controller.expectText();
        columns = controller.columns();
        rows = controller.rows();
        memory = function.registers(0);
        if (columns % CELLS != 0 || columns > 132 || rows < 2 || rows > 60 || 2L * columns * rows > memory.size()) {
            throw new DeviceException(Reason.MALFORMED, "the screen: expected such as 80 columns and 25 rows, found " + columns + " and " + rows);
        }
        places = new Reg64[columns * rows / CELLS];
        for (int i = 0; i < places.length; i++) {
            places[i] = Reg64.wo(i * CELLS * 2);
        }
        emulator = new Emulator(columns, rows);
        controller.showFromStart();
        controller.cursorShape(first, last, true);
        draw();
    }

    @Override public String name() {
        return name;
    }

    @Override public String description() {
        return "VGA text, " + columns + " columns, " + rows + " rows, 16 colours";
    }

    @Override public int columns() {
        return columns;
    }

    @Override public int rows() {
        return rows;
    }

    @Override public synchronized boolean isApplicationKeys() {
        return emulator.isApplicationKeys();
    }

    @Override public synchronized String text() {
        return emulator.text();
    }

    @Override public int read(MemorySegment into) throws DeviceException, InterruptedException {
        int read = answers.take(into);
        if (read < 0) {
            throw new DeviceException(Reason.GONE, name + " was taken away");
        }
        return read;
    }

    @Override public int available() {
        return answers.available();
    }

    @Override public synchronized void write(MemorySegment from) throws DeviceException {
        if (ended) {
            throw new DeviceException(Reason.GONE, name + " was taken away");
        }
        for (long at = 0; at < from.byteSize(); at += CHUNK) {
            int length = (int) Math.min(CHUNK, from.byteSize() - at);
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
            emulator.write(chunk, 0, length);
            written += length;
        }
        byte[] asked = emulator.answers();
        if (asked.length > 0) {
            answers.add(asked);
        }
        draw();
    }

    private void draw() throws DeviceException {
        Cursor cursor = new Cursor();
        emulator.draw(cursor);
        controller.cursorAt(cursor.row * columns + cursor.column);
        if (cursor.visible != shown) {
            shown = cursor.visible;
            controller.cursorShape(first, last, shown);
        }
    }

    /** Rows go to the screen as they come, the cursor once at the end. */
    private final class Cursor implements Emulator.Surface {
        private int row;
        private int column;
        private boolean visible;

        @Override public void row(int number, int[] characters, byte[] attributes) {
            for (int c = 0; c < columns; c += CELLS) {
                long cells = 0;
                for (int i = CELLS - 1; i >= 0; i--) {
                    cells = cells << 16 | (attributes[c + i] & 0xffL) << 8 | CodePage437.of(characters[c + i]);
                }
                memory.write(places[(number * columns + c) / CELLS], cells);
            }
        }

        @Override public void cursor(int toRow, int toColumn, boolean isVisible) {
            row = toRow;
            column = toColumn;
            visible = isVisible;
        }
    }

    @Override public synchronized void cursor(int firstScanLine, int lastScanLine) throws DeviceException {
        if (firstScanLine < 0 || firstScanLine > 31 || lastScanLine < 0 || lastScanLine > 31) {
            throw new IllegalArgumentException("cursor: expected scan lines 0 to 31, found " + firstScanLine + " and " + lastScanLine);
        }
        first = firstScanLine;
        last = lastScanLine;
        controller.cursorShape(first, last, shown && first <= last);
    }

    @Override public synchronized Counters counters() {
        return new Counters(answers.taken(), written, answers.lost(), 0);
    }

    /** Nothing is drawn after this. */
    synchronized void end() {
        ended = true;
        answers.end();
    }
}
