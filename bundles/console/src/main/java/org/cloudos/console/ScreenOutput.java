package org.cloudos.console;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.character.TextScreen;

/** Bytes to a screen. */
final class ScreenOutput extends OutputStream {
    private final TextScreen screen;

    ScreenOutput(TextScreen screen) {
        this.screen = screen;
    }

    @Override public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            screen.write(MemorySegment.ofArray(bytes).asSlice(offset, length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
