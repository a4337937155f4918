package org.cloudos.shell.console;

import java.io.IOException;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Power;
import org.cloudos.shell.TerminalType;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * The session on the JVM's own terminal. The prompt's text comes before the line editor, which takes longer to make
 * than all before it: what is typed meanwhile stays in the terminal's queue and is read by the editor.
 */
final class SystemConsole implements Runnable {
    private final BundleContext context;
    private final Sessions sessions;
    private final Thread thread = new Thread(this, "console");
    private volatile boolean stopping;
    private volatile Terminal terminal;

    SystemConsole(BundleContext context, Sessions sessions) {
        this.context = context;
        this.sessions = sessions;
    }

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /** The thread may wait in the kernel for a key; with its terminal closed, that key ends it. */
    void stop() {
        stopping = true;
        thread.interrupt();
        Terminal open = terminal;
        if (open != null) {
            close(open);
        }
    }

    private static void close(Terminal terminal) {
        try {
            terminal.close();
        } catch (IOException e) {
            return; // what it was set to stays set
        }
    }

    @Override
    public void run() {
        System.out.print(Session.PROMPT);
        System.out.flush();
        BootEvents events = new BootEvents(context);
        events.phase(Boot.PROMPT);
        try (Terminal opened = open()) {
            terminal = opened;
            opened.writer().write('\r'); // the editor draws the prompt again, and what was typed behind it
            boolean again = true;
            while (again && !stopping) {
                sessions.session(opened, () -> events.phase("console"));
                again = !stopping && afterLogout(opened);
            }
        } catch (IOException | RuntimeException e) {
            if (!stopping) {
                System.err.println("The console has ended: " + e);
            }
        }
    }

    private static Terminal open() throws IOException {
        Terminal terminal = TerminalBuilder.builder().name("console").type(TerminalType.known(System.getenv("TERM")))
                .system(true).nativeSignals(false).dumb(true).build();
        if (!terminal.getType().startsWith("dumb")) {
            giveSize(terminal);
            // Beside the editor's start, because it makes classes at run time.
            Thread.ofPlatform().daemon().name("console signals").start(() -> {
                Signals.register("INT", () -> terminal.raise(Terminal.Signal.INT));
                Signals.register("WINCH", () -> terminal.raise(Terminal.Signal.WINCH));
                Signals.register("TSTP", () -> { }); // a stopped JVM would be a stopped system
            });
        }
        return terminal;
    }

    /** A serial line does not know how large the terminal at its other end is, and the editor draws nothing on 0 by 0. */
    private static void giveSize(Terminal terminal) {
        if (terminal.getWidth() <= 0 || terminal.getHeight() <= 0) {
            terminal.setSize(new Size(number(System.getenv("COLUMNS"), 80), number(System.getenv("LINES"), 24)));
        }
    }

    private static int number(String text, int absent) {
        return text != null && text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : absent;
    }

    /** A console that nobody can log in to again would be dead: a new session, or the end of the system. */
    private boolean afterLogout(Terminal terminal) {
        if ("off".equals(context.getProperty("cloudos.console.logout"))) {
            ServiceReference<Power> power = context.getServiceReference(Power.class);
            if (power != null) {
                context.getService(power).off();
                return false;
            }
        }
        return !terminal.getType().startsWith("dumb"); // input of a file or a pipe has ended for good
    }

    /** Tells {@link Boot} about phases, also when it comes later than we do. */
    private record BootEvents(BundleContext context) {
        void phase(String name) {
            Services.whenPresent(context, Boot.class, boot -> boot.phase(name));
        }
    }
}
