package org.cloudos.units.commands;

import java.time.Duration;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Query;
import org.cloudos.journal.QueryException;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.units.UnitException;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/** What units wrote: from the journal, or without one the few lines that are in memory. */
@Component(service = LogsCommand.class)
@GogoCommand(scope = "svc", function = "logs")
public final class LogsCommand {
    private static final Duration LONGEST = Duration.ofSeconds(2);

    /** One line. */
    public record Line(String time, String level, String program, String message) { }

    private final Units units;
    private final Journal journal;

    /** Made by Declarative Services when the command runs first. */
    @Activate
    public LogsCommand(@Reference Units units, @Reference(cardinality = ReferenceCardinality.OPTIONAL) Journal journal) {
        this.units = units;
        this.journal = journal;
    }

    /** The newest lines. */
    @Descriptor("the newest lines of a unit: its own and what happened to it; log:query and log:tail can do more")
    @Example({"svc:logs nginx", "svc:logs -n 100 redis-server"})
    public Object logs(@Parameter(names = {"--lines", "-n"}, absentValue = "30") @Descriptor("how many") int lines,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a unit") String name) throws UnitException, QueryException, InterruptedException {
        String unit = units.details(name).status().name();
        if (journal == null) {
            return Json.when(json, units.lastOutput(name, lines).stream().map(l -> new Line("", "", "", Human.printable(l))).toList());
        }
        journal.sync(LONGEST); // what was written up to now is there to be found
        Query ofUnit = Query.parse("unit=\"" + unit.replace("\\", "\\\\") + "\"", java.time.Instant.now());
        List<Line> newest = journal.query(ofUnit, Journal.Order.NEWEST_FIRST).limit(lines).map(LogsCommand::line).toList();
        return Json.when(json, newest.reversed());
    }

    private static Line line(Entry e) {
        return new Line(e.instant().toString(), e.level().name(), Human.printable(e.logger()), Human.printable(e.message()));
    }
}
