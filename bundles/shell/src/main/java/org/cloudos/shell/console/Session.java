package org.cloudos.shell.console;

import java.io.PrintWriter;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;
import org.cloudos.shell.render.Views;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.osgi.framework.BundleContext;

/** The loop of one interactive session: read a line, run it, show what it returns. */
final class Session {
    static final String PROMPT = "cloudos> ";
    private final BundleContext context;
    private final CommandSessionImpl gogo;
    private final Terminal terminal;

    Session(BundleContext context, CommandSessionImpl gogo, Terminal terminal) {
        this.context = context;
        this.gogo = gogo;
        this.terminal = terminal;
    }

    /** Until the user logs out. */
    void run(Runnable reading) {
        LineReader reader = LineInput.open(context, gogo, terminal);
        gogo.put(".reader", reader);
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> interrupt());
        try {
            reading.run();
            while (!Thread.currentThread().isInterrupted() && next(reader)) { }
        } finally {
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    private boolean next(LineReader reader) {
        try {
            String line = reader.readLine(prompt());
            if (line.isBlank()) {
                return true;
            }
            if (line.strip().equals("exit") || line.strip().equals("logout")) {
                return false;
            }
            execute(line);
            return true;
        } catch (UserInterruptException e) {
            return true;
        } catch (EndOfFileException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String prompt() {
        Object own = gogo.get("prompt");
        return own == null ? PROMPT : own.toString();
    }

    private void execute(String line) throws InterruptedException {
        PrintWriter out = terminal.writer();
        Thread self = Thread.currentThread();
        Terminal.SignalHandler running = terminal.handle(Terminal.Signal.INT, signal -> self.interrupt());
        try {
            new Readiness(context).awaitCommands(gogo, line, () -> {
                out.println("starting\u2026");
                out.flush();
            });
        } catch (InterruptedException e) {
            out.println("Interrupted");
            return; // the user does not want to wait
        } finally {
            terminal.handle(Terminal.Signal.INT, running);
        }
        Outcome outcome = Outcome.of(gogo, line);
        gogo.put("_", outcome.result());
        if (outcome.result() != null && !Boolean.FALSE.equals(gogo.get(".Gogo.format"))) {
            out.println(gogo.format(outcome.result(), Converter.INSPECT));
        }
        outcome.message(new CommandIndex(gogo), line).ifPresent(this::complain);
        out.flush();
    }

    private void complain(String message) {
        String text = message.lines().map(org.cloudos.shell.Human::printable)
                .reduce((a, b) -> a + System.lineSeparator() + b).orElse("");
        terminal.writer().println(Views.colours(terminal) ? "\033[31m" + text + "\033[0m" : text);
    }

    private void interrupt() {
        Job job = gogo.foregroundJob();
        if (job != null) {
            job.interrupt();
        }
    }
}
