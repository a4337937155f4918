package org.cloudos.console;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.TextScreen;
import org.cloudos.shell.Shell;
import org.cloudos.shell.TerminalType;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;

/** Sessions of the shell on one screen, one after the other, as long as the screen is there. */
final class ScreenSession implements Runnable {
    private static final String TYPE = "xterm", WELCOME = "\033[H\033[2JCloudOS on this screen and its keyboard.\r\n\r\n";
    private final Shell shell;
    private final TextScreen screen;
    private final BiConsumer<String, Throwable> log;
    private final Keys keys = new Keys();
    private final Thread thread;
    private final Thread answers;
    private volatile boolean ended;

    ScreenSession(Shell shell, TextScreen screen, BiConsumer<String, Throwable> log) {
        this.shell = shell;
        this.screen = screen;
        this.log = log;
        thread = Thread.ofPlatform().daemon().name("console " + screen.name()).start(this);
        answers = new Reading(screen, this::typed, log).thread();
    }

    /** Takes what a keyboard, or the screen itself, says. */
    void typed(byte[] bytes) {
        keys.add(bytes.length == 3 && bytes[0] == 0x1b && bytes[1] == '[' && bytes[2] >= 'A' && bytes[2] <= 'H' && screen.isApplicationKeys()
                ? new byte[] {0x1b, 'O', bytes[2]} : bytes);
    }

    @Override public void run() {
        ScreenOutput output = new ScreenOutput(screen);
        try (Terminal terminal = new ExternalTerminal(screen.name(), TerminalType.known(TYPE), keys, output, StandardCharsets.UTF_8)) {
            terminal.setSize(new Size(screen.columns(), screen.rows()));
            output.write(WELCOME.getBytes(StandardCharsets.US_ASCII));
            while (!ended) {
                shell.session(terminal);
            }
        } catch (IOException | RuntimeException e) {
            if (!ended) {
                log.accept("the console on " + screen.name() + " has ended", e);
            }
        }
    }

    void close() {
        ended = true;
        keys.end();
        thread.interrupt();
        answers.interrupt();
    }

    /** A thread that reads a device for a taker until it goes. */
    record Reading(CharDevice device, java.util.function.Consumer<byte[]> taker, BiConsumer<String, Throwable> log) {
        private static final int MOST = 256;

        Thread thread() {
            return Thread.ofPlatform().daemon().name("console reads " + device.name()).start(this::run);
        }

        private void run() {
            byte[] buffer = new byte[MOST];
            try {
                while (true) {
                    int length = device.read(MemorySegment.ofArray(buffer));
                    taker.accept(Arrays.copyOf(buffer, length));
                }
            } catch (InterruptedException e) {
                return; // the end
            } catch (IOException e) {
                return; // it went: that is told elsewhere
            } catch (RuntimeException e) {
                log.accept("the console can't read " + device.name(), e);
            }
        }
    }
}
