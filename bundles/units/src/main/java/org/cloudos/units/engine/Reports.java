package org.cloudos.units.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.cloudos.units.Endpoint;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.UnitDetails;
import org.cloudos.units.UnitStatus;
import org.cloudos.units.Units;
import org.cloudos.units.file.UnitFolders;

/** What others are told of units. Preconditions of all: on the loop's thread. */
public final class Reports {
    private final Engine engine;
    private final long began;

    public Reports(Engine engine) {
        this.engine = engine;
        this.began = engine.world().nanos();
    }

    /** One unit's line. */
    public UnitStatus status(Unit unit) {
        long memory = unit instanceof ProcessUnit p ? p.memory() : -1;
        long tasks = unit instanceof ProcessUnit p ? p.tasks() : -1;
        int warnings = (int) unit.findings().stream().filter(f -> f.severity() != Severity.INFO).count();
        return new UnitStatus(unit.id().toString(), unit.description(), unit.load(), unit.active(), unit.sub(), enabled(unit), unit.since(), unit.mainPid(),
                unit.result(), unit.restarts(), memory, tasks, warnings);
    }

    /** All that are loaded and are something. */
    public List<UnitStatus> list() {
        return engine.units().stream().map(this::status).toList();
    }

    private String enabled(Unit unit) {
        UnitFolders folders = engine.folders();
        if (folders.isMasked(unit.id())) {
            return "masked";
        }
        if (unit.load() == UnitStatus.Load.NOT_FOUND) {
            return "";
        }
        return folders.enablement(unit.id());
    }

    /** Everything about one. */
    public UnitDetails details(Unit unit, List<Endpoint> endpoints) {
        List<UnitDetails.ProcessLine> processes = new ArrayList<>();
        Optional<Duration> cpu = Optional.empty();
        List<String> output = List.of();
        if (unit instanceof ProcessUnit p) {
            for (long pid : p.pids()) {
                String role = pid == unit.mainPid() ? "main" : p.control != null && p.control.pid == pid ? "control" : "";
                processes.add(new UnitDetails.ProcessLine(pid, role, commandLine(pid)));
            }
            cpu = p.cpuMicros() < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(p.cpuMicros() * 1000));
            output = p.tail().newest(10);
        }
        return new UnitDetails(status(unit), unit.path(), unit.dropIns(), unit.properties(), cpu, processes,
                endpoints.stream().filter(e -> e.unit().equals(unit.id().toString())).toList(), output, unit.findings(), unit.failure());
    }

    private static String commandLine(long pid) {
        String line = Facts.read("/proc/" + pid + "/cmdline").replace('\0', ' ').strip();
        return line.length() > 200 ? line.substring(0, 200) + "..." : line;
    }

    /** The newest lines of a unit's processes. */
    public List<String> output(Unit unit, int lines) {
        return unit instanceof ProcessUnit p ? p.tail().newest(lines) : List.of();
    }

    /** Processes of all units, by unit. {@link #pids} may be asked on any thread: it takes a while. */
    public record Held(String unit, UnitStatus.Active active, Supplier<List<Long>> processes) {
        /** Those of now. */
        public List<Long> pids() {
            return processes.get();
        }
    }

    /** For whoever looks for sockets. */
    public List<Held> held() {
        List<Held> all = new ArrayList<>();
        for (Unit unit : engine.units()) {
            if (unit instanceof ProcessUnit p && p.group != null) {
                all.add(new Held(unit.id().toString(), unit.active(), p.members()::pids));
            }
        }
        return all;
    }

    public List<Units.Job> jobs() {
        return engine.jobs().stream().map(j -> new Units.Job(j.id, j.unit.id().toString(), j.type.toString(), j.running ? "running" : "waiting",
                Duration.ofNanos(engine.world().nanos() - j.since))).toList();
    }

    public List<Units.Blame> blame() {
        return engine.units().stream().filter(u -> u.activeAt() != 0).map(u -> new Units.Blame(u.id().toString(), took(u)))
                .filter(b -> !b.took().isZero()).sorted(Comparator.comparing(Units.Blame::took).reversed()).toList();
    }

    private static Duration took(Unit unit) {
        return Duration.ofNanos(Math.max(0, unit.activeAt() - unit.activatingAt()));
    }

    public List<Units.ChainLink> chain(Unit from) {
        List<Units.ChainLink> chain = new ArrayList<>();
        Set<Unit> seen = new HashSet<>();
        Unit at = from;
        while (at != null && seen.add(at)) {
            chain.add(new Units.ChainLink(chain.size(), at.id().toString(), Duration.ofNanos(at.activeAt() == 0 ? 0 : at.activeAt() - began), took(at)));
            Unit now = at;
            at = at.deps(Dep.AFTER).stream().filter(u -> u.activeAt() != 0 && !seen.contains(u) && (now.activatingAt() == 0 || u.activeAt() <= now.activeAt()))
                    .max(Comparator.comparingLong(Unit::activeAt)).orElse(null);
        }
        return chain;
    }

    public List<Units.Dependency> dependencies(Unit unit, Units.Direction direction) {
        List<Units.Dependency> all = new ArrayList<>();
        collect(unit, direction, 1, new HashSet<>(Set.of(unit)), all);
        return all;
    }

    private static void collect(Unit unit, Units.Direction direction, int depth, Set<Unit> seen, List<Units.Dependency> into) {
        List<Dep> kinds = switch (direction) {
            case REQUIRES -> Dep.PULLS;
            case REQUIRED_BY -> Dep.PULLS.stream().map(Dep::inverse).toList();
            case AFTER -> List.of(Dep.AFTER);
            case BEFORE -> List.of(Dep.BEFORE);
        };
        for (Dep kind : kinds) {
            for (Unit other : unit.deps(kind)) {
                if (seen.add(other)) {
                    into.add(new Units.Dependency(depth, other.id().toString(), kind.key(), other.active()));
                    collect(other, direction, depth + 1, seen, into);
                }
            }
        }
    }
}
