package org.cloudos.shell.console;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.utils.NonBlockingReader;

/**
 * A terminal whose input has no end before it has really ended. JLine reads with the line's own time-out of 0.1 s and
 * takes a read that comes back empty sooner than 50 ms for the end; on the serial line of an emulated machine, whose
 * clock catches up in leaps, that happens now and then. The editor breaks on it.
 */
final class SteadyTerminal {
    /** So many ends in a row, without a character between, are one. */
    private static final int MOST = 40;
    private static final long PAUSE_MS = 25;

    private SteadyTerminal() { }

    static Terminal of(Terminal terminal) {
        NonBlockingReader reader = new Steady(terminal.reader());
        return (Terminal) Proxy.newProxyInstance(SteadyTerminal.class.getClassLoader(), new Class<?>[] {Terminal.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("reader")) {
                return reader;
            }
            try {
                return method.invoke(terminal, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    /** For {@link #of}, and to be tested. */
    static final class Steady extends NonBlockingReader {
        private final NonBlockingReader reader;

        Steady(NonBlockingReader reader) {
            this.reader = reader;
        }

        @Override
        protected int read(long timeout, boolean isPeek) throws IOException {
            for (int ends = 0; ends < MOST; ends++) {
                int c = isPeek ? reader.peek(timeout) : reader.read(timeout);
                if (c != EOF) {
                    return c;
                }
                pause();
            }
            return EOF;
        }

        @Override
        public int readBuffered(char[] buffer, int offset, int length, long timeout) throws IOException {
            for (int ends = 0; ends < MOST; ends++) {
                int count = reader.readBuffered(buffer, offset, length, timeout);
                if (count != EOF) {
                    return count;
                }
                pause();
            }
            return EOF;
        }

        @Override
        public int available() {
            return reader.available();
        }

        private static void pause() throws IOException {
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new java.io.InterruptedIOException();
            }
        }
    }
}
