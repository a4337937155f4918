package org.cloudos.log;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/** The log that is kept in memory. A system with the journal has this command from there. */
@Component(service = LogCommand.class)
@GogoCommand(scope = "log", function = "tail")
public final class LogCommand {
    private static final int QUEUE = 1000;

    /** One entry. */
    public record Line(Instant time, LogLevel level, String bundle, String message) { }

    private final LogReaderService reader;

    /** Made by Declarative Services when the command runs first. */
    @Activate
    public LogCommand(@Reference LogReaderService reader) {
        this.reader = reader;
    }

    /** Shows the last entries, and the next ones. */
    @Descriptor("the last entries of the system's log")
    @Example({"log:tail", "log:tail --level warn -n 50", "log:tail --bundle org.cloudos.ssh -f", "log:tail --json | grep ERROR"})
    public Object tail(CommandSession session,
            @Parameter(names = {"--level", "-l"}, absentValue = "info") @Descriptor("this level and worse")
            @Suggest(words = {"error", "warn", "info", "debug", "trace"}) String level,
            @Parameter(names = {"--bundle", "-b"}, absentValue = "") @Descriptor("symbolic name of the bundle that logged")
            @Suggest(Suggest.Kind.BUNDLES) String bundle,
            @Parameter(names = {"--lines", "-n"}, absentValue = "20") @Descriptor("how many entries") int count,
            @Parameter(names = {"--follow", "-f"}, presentValue = "true", absentValue = "false")
            @Descriptor("go on with new entries until Ctrl-C") boolean follow,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws InterruptedException {
        LogLevel least = level(level);
        if (count < 0) {
            throw new IllegalArgumentException("--lines: expected 0 or more, found " + count);
        }
        if (!follow) {
            return Json.when(json, last(least, bundle, count));
        }
        BlockingQueue<LogEntry> queue = new LinkedBlockingQueue<>(QUEUE);
        LogListener listener = queue::offer; // a reader that can't follow misses entries; logging goes on
        reader.addLogListener(listener);
        try {
            PrintStream out = Process.Utils.current().out();
            List<Line> lines = last(least, bundle, count);
            if (!lines.isEmpty()) {
                lines.forEach(line -> print(session, out, line, json));
            }
            while (!out.checkError()) {
                LogEntry entry = queue.take();
                if (matches(entry, least, bundle)) {
                    print(session, out, line(entry), json);
                }
            }
            return null;
        } finally {
            reader.removeLogListener(listener);
        }
    }

    private static void print(CommandSession session, PrintStream out, Line line, boolean json) {
        out.println(json ? new Json(line).toString() : session.format(line, Converter.LINE));
        out.flush();
    }

    private static LogLevel level(String name) {
        try {
            return LogLevel.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--level: expected error, warn, info, debug or trace, found " + Human.printable(name));
        }
    }

    private List<Line> last(LogLevel least, String bundle, int count) {
        List<LogEntry> newestFirst = Collections.list(reader.getLog());
        Stream<LogEntry> some = newestFirst.stream().filter(e -> matches(e, least, bundle)).limit(count);
        return some.map(LogCommand::line).toList().reversed();
    }

    private static boolean matches(LogEntry entry, LogLevel least, String bundle) {
        boolean from = bundle.isEmpty() || entry.getBundle() != null && bundle.equals(entry.getBundle().getSymbolicName());
        return from && least.implies(entry.getLogLevel());
    }

    private static Line line(LogEntry entry) {
        String message = entry.getMessage();
        Throwable exception = entry.getException();
        return new Line(Instant.ofEpochMilli(entry.getTime()), entry.getLogLevel(),
                entry.getBundle() == null ? "" : entry.getBundle().getSymbolicName(),
                exception == null ? message : message + ": " + exception);
    }
}
