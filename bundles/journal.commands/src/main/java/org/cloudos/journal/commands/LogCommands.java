package org.cloudos.journal.commands;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.journal.Condition;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The journal's records. */
@Component(service = LogCommands.class)
@GogoCommand(scope = "log", function = {"tail", "query", "status"})
public final class LogCommands {
    private static final Duration ROUND = Duration.ofSeconds(1);

    /** The journal's figures. */
    public record State(long records, long lost, String trouble, int files, @Column(unit = Column.Unit.BYTES) long bytes,
            @Column(value = "not compressed", unit = Column.Unit.BYTES) long rawBytes, long damaged, Instant oldest, long newest, long synced) { }

    private final Journal journal;

    /** Made when a command runs first. */
    @Activate
    public LogCommands(@Reference Journal journal) {
        this.journal = journal;
    }

    /** Shows the last records, and the next ones. */
    @Descriptor("the last records of the journal, and with -f the next ones")
    @Example({"log:tail", "log:tail -f", "log:tail --level warn -n 50", "log:tail -f 'unit=redis.service'", "log:tail --bundle org.cloudos.ssh --full"})
    public Object tail(CommandSession session,
            @Parameter(names = {"--level", "-l"}, absentValue = "info") @Descriptor("this level and worse")
            @Suggest(words = {"error", "warn", "info", "debug", "trace"}) String level,
            @Parameter(names = {"--bundle", "-b"}, absentValue = "") @Descriptor("symbolic name of the bundle that logged, * for any characters")
            @Suggest(Suggest.Kind.BUNDLES) String bundle,
            @Parameter(names = {"--lines", "-n"}, absentValue = "20") @Descriptor("how many records") int count,
            @Parameter(names = {"--follow", "-f"}, presentValue = "true", absentValue = "false")
            @Descriptor("go on with new records until Ctrl-C") boolean follow,
            @Parameter(names = "--full", presentValue = "true", absentValue = "false") @Descriptor("all fields, and stack traces") boolean full,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a query: help log:query") String... query) throws InterruptedException {
        Query wanted = narrowed(query(query), level, bundle);
        atLeastNone("--lines", count);
        long newest = journal.newest();
        List<Entry> last = journal.query(wanted, Journal.Order.NEWEST_FIRST).limit(count).toList().reversed();
        if (!follow) {
            return shown(last, full, json);
        }
        PrintStream out = Process.Utils.current().out();
        last.forEach(e -> print(session, out, e, full, json));
        try (Journal.Feed feed = journal.follow(wanted, last.isEmpty() ? newest : Math.max(newest, last.getLast().sequence()))) {
            while (!out.checkError()) {
                feed.poll(ROUND).forEach(e -> print(session, out, e, full, json));
            }
        }
        return null;
    }

    private static void print(CommandSession session, PrintStream out, Entry e, boolean full, boolean json) {
        out.println(json ? JsonLine.of(e) : session.format(Shown.of(e, full), Converter.LINE));
        out.flush();
    }

    private static Query narrowed(Query query, String level, String bundle) {
        Level least = Level.of(level).orElseThrow(() -> new IllegalArgumentException("--level: expected error, warn, info, debug or trace, found "
                + org.cloudos.journal.Text.harmless(level)));
        Query narrowed = query.and(Condition.LevelIn.least(least));
        return bundle.isEmpty() ? narrowed : narrowed.and(new Condition.Match("bundle", new Condition.Glob(bundle)));
    }

    /** Records that match. */
    @Descriptor("records that match: FIELD=PATTERN (* and ?), FIELD~TEXT, FIELD>=N, since and until, a word of the message; and, or, not, ( ). "
            + "Fields: level bundle subsystem thread logger trace message exception seq time, and keys")
    @Example({"log:query 'level>=warn and bundle=fs.* and since 10m'", "log:query 'unit=redis.service and not message~ping'",
        "log:query '\"connection refused\" since 2026-01-31T10:00 until 2026-01-31T11:00'", "log:query --json 'status>=500 and since today'",
        "log:query -n 5 --full 'exception=*'"})
    public Object query(
            @Parameter(names = {"--lines", "-n"}, absentValue = "1000") @Descriptor("at most the newest so many") int count,
            @Parameter(names = "--full", presentValue = "true", absentValue = "false") @Descriptor("all fields, and stack traces") boolean full,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the query; quotes keep it together") String... query) {
        atLeastNone("--lines", count);
        return shown(journal.query(query(query), Journal.Order.NEWEST_FIRST).limit(count).toList().reversed(), full, json);
    }

    private static void atLeastNone(String option, int count) {
        if (count < 0) {
            throw new IllegalArgumentException(option + ": expected 0 or more, found " + count);
        }
    }

    private static Query query(String[] words) {
        return Query.parse(String.join(" ", words), Instant.now());
    }

    private static Object shown(List<Entry> entries, boolean full, boolean json) {
        List<Object> lines = new ArrayList<>(entries.size());
        entries.forEach(e -> lines.add(json ? Shown.json(e) : Shown.of(e, full)));
        return Json.when(json, lines);
    }

    /** Figures. */
    @Descriptor("records taken and lost, what hinders writing, files and their size")
    @Example({"log:status", "log:status --json"})
    public Object status(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        Journal.Status s = journal.status();
        return Json.when(json, new State(s.records(), s.lost(), s.trouble(), s.files(), s.bytes(), s.rawBytes(), s.damaged(),
                Instant.ofEpochSecond(Math.floorDiv(s.oldest(), 1_000_000_000L)), s.newest(), s.synced()));
    }
}
