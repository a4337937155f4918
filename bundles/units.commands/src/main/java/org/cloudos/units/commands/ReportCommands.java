package org.cloudos.units.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.cloudos.units.Abilities;
import org.cloudos.units.Endpoint;
import org.cloudos.units.Finding;
import org.cloudos.units.UnitDetails;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Commands that tell of units. */
@Component(service = ReportCommands.class)
@GogoCommand(scope = "svc", function = {"list", "status", "deps", "jobs", "blame", "verify", "cat", "endpoints", "abilities"})
public final class ReportCommands {
    /** One unit in a table. */
    public record Line(String unit, String load, Active active, String sub, String enabled, long pid, @Column(unit = Column.Unit.BYTES) Long memory,
            int restarts,
            String description) {
        static Line of(UnitStatus u) {
            return new Line(u.name(), u.load().toString(), u.active(), u.result().equals("success") || u.active() != Active.FAILED ? u.sub()
                    : u.result(), u.enabled(), u.pid(),
                    u.memory() < 0 ? null : u.memory(), u.restarts(), Human.printable(u.description()));
        }
    }

    /** A fact. */
    public record Fact(String what, String value) { }

    private final Units units;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public ReportCommands(@Reference Units units) {
        this.units = units;
    }

    /** All units. */
    @Descriptor("the units that are loaded; --failed, --all also those without a file, --type service")
    @Example({"svc:list", "svc:list --failed", "svc:list --type timer --json"})
    public Object list(@Parameter(names = "--failed", presentValue = "true", absentValue = "false") @Descriptor("only those that failed") boolean failed,
            @Parameter(names = "--all", presentValue = "true",
                    absentValue = "false") @Descriptor("also those without a file and targets that are down") boolean all,
            @Parameter(names = "--type", absentValue = "") @Descriptor("one type of unit")
            @Suggest(words = {"service", "socket", "timer", "path", "mount", "target", "bundles", "slice"}) String type,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<UnitStatus> some = units.list().stream().filter(u -> !failed || u.active() == Active.FAILED)
                .filter(u -> type.isEmpty() || u.name().endsWith("." + type))
                .filter(u -> all || failed || u.load() != Load.NOT_FOUND && !(u.active() == Active.INACTIVE && u.name().endsWith(".target"))).toList();
        return json ? new Json(some) : some.stream().map(Line::of).toList();
    }

    /** One unit. */
    @Descriptor("a unit with its processes, sockets, last output, and what of its file is not done here")
    @Example({"svc:status nginx", "svc:status nginx --json"})
    public Object status(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a unit; without a type .service is meant") String name) throws UnitException {
        UnitDetails d = units.details(name);
        return json ? new Json(d) : facts(d);
    }

    private static List<Fact> facts(UnitDetails d) {
        UnitStatus s = d.status();
        List<Fact> facts = new ArrayList<>();
        add(facts, "unit", s.name() + (s.description().equals(s.name()) ? "" : " - " + s.description()));
        add(facts, "loaded", s.load() + (d.path().isEmpty() ? "" : " (" + d.path() + (s.enabled().isEmpty() ? "" : "; " + s.enabled()) + ")"));
        d.dropIns().forEach(p -> add(facts, "drop-in", p));
        add(facts, "active", s.active() + " (" + s.sub() + ")" + (s.since() == null ? "" : " since " + s.since()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS) + ", "
                + Human.duration(Duration.between(s.since(), Instant.now()))));
        if (!s.result().equals("success")) {
            add(facts, "result", s.result());
        }
        d.lastFailure().ifPresent(f -> add(facts, "last failure", f.at() + " " + f.result() + (f.detail().isEmpty() ? "" : " (" + f.detail() + ")")));
        Map<String, String> shown = Map.of("StatusText", "says", "Type", "type", "Restart", "restart", "NextElapse", "next", "Listen", "listens",
                "ExecMainStatus", "ended", "Bundles", "bundles", "Unmet", "skipped");
        shown.forEach((key, word) -> {
            if (d.properties().containsKey(key)) {
                add(facts, word, d.properties().get(key));
            }
        });
        if (s.restarts() > 0) {
            add(facts, "restarts", Integer.toString(s.restarts()));
        }
        if (s.memory() >= 0) {
            add(facts, "memory", Human.bytes(s.memory()));
        }
        if (s.tasks() >= 0) {
            add(facts, "tasks", Long.toString(s.tasks()));
        }
        d.cpu().ifPresent(c -> add(facts, "cpu", Human.duration(c)));
        d.processes().forEach(p -> add(facts, p.role().isEmpty() ? "process" : p.role(), p.pid() + " " + p.command()));
        d.endpoints().forEach(e -> add(facts, "endpoint", e.protocol() + " " + e.address() + (e.port() > 0 ? ":" + e.port() : "") + " (" + e.pid() + ")"));
        d.findings().stream().filter(f -> f.severity() != Finding.Severity.INFO).forEach(f -> add(facts, f.severity().toString(), f.toString()));
        d.output().forEach(l -> add(facts, "output", l));
        return facts;
    }

    private static void add(List<Fact> facts, String what, String value) {
        facts.add(new Fact(what, Human.printable(value)));
    }

    /** The tree. */
    @Descriptor("what a unit pulls in; --reverse who pulls it in, --after and --before the order")
    @Example({"svc:deps nginx", "svc:deps --reverse network.target", "svc:deps --after multi-user.target"})
    public Object deps(@Parameter(names = "--reverse", presentValue = "true", absentValue = "false") @Descriptor("who pulls it in") boolean reverse,
            @Parameter(names = "--after", presentValue = "true", absentValue = "false") @Descriptor("what is started before it") boolean after,
            @Parameter(names = "--before", presentValue = "true", absentValue = "false") @Descriptor("what is started after it") boolean before,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a unit; none: the boot target") String... name) throws UnitException {
        Units.Direction direction = reverse ? Units.Direction.REQUIRED_BY : after ? Units.Direction.AFTER : before ? Units.Direction.BEFORE
                : Units.Direction.REQUIRES;
        List<Units.Dependency> all = units.dependencies(name.length == 0 ? "" : name[0], direction);
        return json ? new Json(all) : all.stream().map(d -> new Units.Dependency(d.depth(), "  ".repeat(d.depth() - 1) + d.unit(), d.kind(),
                d.active())).toList();
    }

    /** The queue. */
    @Descriptor("jobs that run or wait")
    @Example("svc:jobs")
    public Object jobs(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, units.jobs());
    }

    /** Who took long. */
    @Descriptor("how long each unit took to start, slowest first")
    @Example("svc:blame")
    public Object blame(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, units.blame());
    }

    /** Checks files. */
    @Descriptor("checks unit files without starting anything; fails when one can't be started")
    @Example({"svc:verify nginx", "svc:verify ./mine.service"})
    public Object verify(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("units, or paths of unit files") String... names) throws UnitException {
        List<Finding> all = new ArrayList<>();
        for (String name : names) {
            all.addAll(units.verify(name));
        }
        if (all.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR)) {
            throw new IllegalStateException(all.stream().map(f -> f.severity().toString().toLowerCase(Locale.ROOT) + " " + Human.printable(f.toString()))
                    .collect(Collectors.joining("\n")));
        }
        return Json.when(json, all);
    }

    /** Shows files. */
    @Descriptor("a unit's file and drop-ins")
    @Example("svc:cat redis-server")
    public String cat(@Descriptor("a unit") String name) throws UnitException {
        List<Units.UnitFile> files = units.files(name);
        if (files.isEmpty()) {
            throw new IllegalArgumentException(Human.printable(name) + " has no file");
        }
        return files.stream().map(f -> "# " + (f.path().isEmpty() ? "built in" : f.path()) + "\n" + f.text().lines().map(Human::printable)
                .collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n\n"));
    }

    /** What listens where. */
    @Descriptor("what the units' processes listen on")
    @Example({"svc:endpoints", "svc:endpoints --json"})
    public Object endpoints(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Endpoint> all = units.endpoints();
        return Json.when(json, all);
    }

    /** What can be done here. */
    @Descriptor("what this system can do for services: tracking of processes, limits, rights, folders of unit files")
    @Example("svc:abilities")
    public Abilities abilities() {
        return units.abilities();
    }
}
