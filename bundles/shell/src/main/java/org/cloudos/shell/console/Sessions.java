package org.cloudos.shell.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Function;
import org.cloudos.shell.Shell;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.osgi.framework.BundleContext;

/** Makes Gogo sessions and runs lines in them. */
final class Sessions implements Shell {
    private static final Duration PROCESSOR_WAIT = Duration.ofSeconds(30);
    private final BundleContext context;

    Sessions(BundleContext context) {
        this.context = context;
    }

    @Override
    public void session(Terminal terminal) {
        session(terminal, () -> { });
    }

    void session(Terminal terminal, Runnable reading) {
        CommandProcessor processor = Readiness.await(context, CommandProcessor.class, PROCESSOR_WAIT);
        CommandSessionImpl gogo =
                (CommandSessionImpl) processor.createSession(terminal.input(), terminal.output(), terminal.output());
        try {
            prepare(gogo, processor);
            gogo.put(".terminal", terminal);
            gogo.put("#TERM", (Function) (s, a) -> terminal.getType());
            gogo.put("#COLUMNS", (Function) (s, a) -> terminal.getWidth());
            gogo.put("#LINES", (Function) (s, a) -> terminal.getHeight());
            new Session(context, gogo, terminal).run(reading);
        } finally {
            gogo.close();
        }
    }

    @Override
    public int run(String line, InputStream in, OutputStream out, OutputStream err) {
        PrintStream stdout = print(out);
        PrintStream stderr = print(err);
        CommandProcessor processor = Readiness.await(context, CommandProcessor.class, PROCESSOR_WAIT);
        CommandSessionImpl gogo = (CommandSessionImpl) processor.createSession(in, stdout, stderr);
        try {
            prepare(gogo, processor);
            gogo.put("#.terminal", noTerminal(in, stdout));
            Readiness readiness = new Readiness(context);
            readiness.awaitCommands(gogo, line, () -> { });
            Outcome outcome = Outcome.of(gogo, line);
            if (outcome.result() != null) {
                stdout.println(gogo.format(outcome.result(), Converter.INSPECT));
            }
            outcome.message(new CommandIndex(gogo), line).ifPresent(stderr::println);
            return outcome.failed() ? 1 : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stderr.println("Interrupted");
            return 1;
        } finally {
            stdout.flush();
            stderr.flush();
            gogo.close();
        }
    }

    private void prepare(CommandSessionImpl gogo, CommandProcessor processor) {
        gogo.put("SCOPE", "os:bundle:gogo:felix:*");
        gogo.put(".processor", processor);
        gogo.put(".session", gogo);
        gogo.put("#PWD", (Function) (s, a) -> s.currentDir().toString());
    }

    /** Gogo's own commands ask a terminal for its width even where there is none. */
    private static Function noTerminal(InputStream in, OutputStream out) {
        return new Function() {
            private Terminal terminal;

            @Override
            public synchronized Object execute(org.apache.felix.service.command.CommandSession session,
                    java.util.List<Object> arguments) throws IOException {
                if (terminal == null) {
                    terminal = new DumbTerminal("exec", Terminal.TYPE_DUMB, in, out, StandardCharsets.UTF_8);
                    terminal.setSize(new Size(120, 40));
                }
                return terminal;
            }
        };
    }

    private static PrintStream print(OutputStream out) {
        return out instanceof PrintStream stream ? stream : new PrintStream(out, true, StandardCharsets.UTF_8);
    }
}
