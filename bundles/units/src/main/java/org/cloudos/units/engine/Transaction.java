package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitException.Reason;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;

/**
 * One request with all the jobs that follow from it; systemd(1) "Concepts": the jobs are collected, made free of contradictions and
 * cycles by leaving out what the request does not depend on, and then installed together, or not at all.
 */
final class Transaction {
    private final Engine engine;
    private final Units.Mode mode;
    private final Map<Unit, List<Draft>> drafts = new LinkedHashMap<>();
    private Draft anchor;

    /** A job that may come to be. */
    private static final class Draft {
        final Unit unit;
        JobType type;
        final List<Link> subjectOf = new ArrayList<>(); // what it pulled in
        final List<Link> objectOf = new ArrayList<>();  // who pulled it in
        boolean matters;
        boolean ignoreOrder;

        Draft(Unit unit, JobType type) {
            this.unit = unit;
            this.type = type;
        }

        @Override public String toString() {
            return unit.id() + "/" + type;
        }
    }

    /** @param by null for the request itself. @param matters the subject fails without the object */
    private record Link(Draft by, Draft of, boolean matters) { }

    Transaction(Engine engine, Units.Mode mode) {
        this.engine = engine;
        this.mode = mode;
    }

    /**
     * Installs all jobs for one request.
     *
     * @return the requested job, or empty when there was nothing to do
     */
    Optional<Job> request(Unit unit, JobType type) throws UnitException {
        add(type.collapse(unit.active()), unit, null, true, mode == Units.Mode.IGNORE_DEPENDENCIES);
        if (anchor == null) {
            return Optional.empty();
        }
        mark(anchor);
        if (mode == Units.Mode.ISOLATE) {
            isolate();
        }
        if (mode == Units.Mode.FAIL) {
            dropWhatHurts();
        }
        dropRedundant();
        dropOrphans();
        breakCycles();
        dropOrphans();
        mergeAll();
        dropOrphans();
        dropRedundant();
        refuseDestructive();
        return install();
    }

    /** Goes through a start without beginning it. */
    void rehearse(Unit unit) throws UnitException {
        add(JobType.START, unit, null, true, false);
        mark(anchor);
        dropOrphans();
        breakCycles();
        mergeAll();
    }

    private void add(JobType type, Unit unit, Draft by, boolean matters, boolean alone) throws UnitException {
        if (type == JobType.START || type == JobType.VERIFY_ACTIVE || type == JobType.RESTART || type == JobType.RELOAD) {
            check(unit);
        }
        if (!unit.applicable(type)) {
            throw new UnitException(Reason.REFUSED, unit.id() + " can't be told to " + type + ": its type of unit has no such thing");
        }
        Draft draft = drafts.computeIfAbsent(unit, u -> new ArrayList<>()).stream().filter(d -> d.type == type).findFirst().orElse(null);
        boolean fresh = draft == null;
        if (fresh) {
            draft = new Draft(unit, type);
            draft.ignoreOrder = alone;
            drafts.get(unit).add(draft);
        }
        Link link = new Link(by, draft, matters);
        draft.objectOf.add(link);
        if (by == null) {
            anchor = draft;
        } else {
            by.subjectOf.add(link);
        }
        if (fresh && !alone && type != JobType.NOP) {
            follow(draft);
        }
    }

    private static void check(Unit unit) throws UnitException {
        Load load = unit.load();
        if (load == Load.LOADED) {
            return;
        }
        Reason reason = load == Load.NOT_FOUND ? Reason.NOT_FOUND : load == Load.MASKED ? Reason.MASKED : Reason.BAD_SETTING;
        throw new UnitException(reason, switch (load) {
            case NOT_FOUND -> unit.id() + " has no unit file" + unit.engine.nearest(unit.id());
            case MASKED -> unit.id() + " is masked; svc:unmask makes it possible to start again";
            default -> unit.id() + " can't be started: " + unit.firstError();
        });
    }

    private void follow(Draft draft) throws UnitException {
        Unit unit = draft.unit;
        switch (draft.type) {
            case START, RELOAD_OR_START -> pull(draft);
            case RESTART, STOP -> {
                if (draft.type == JobType.RESTART) {
                    pull(draft);
                }
                propagate(draft, draft.type == JobType.STOP ? Dep.STOPS_TOO : Dep.RESTARTS_TOO, draft.type == JobType.STOP ? JobType.STOP
                        : JobType.TRY_RESTART);
            }
            case RELOAD -> {
                for (Unit other : unit.deps(Dep.PROPAGATES_RELOAD_TO)) {
                    attempt(JobType.TRY_RELOAD.collapse(other.active()), other, draft, false);
                }
            }
            default -> { }
        }
    }

    private void pull(Draft draft) throws UnitException {
        Unit unit = draft.unit;
        for (Dep dep : List.of(Dep.REQUIRES, Dep.BINDS_TO)) {
            for (Unit other : unit.deps(dep)) {
                need(JobType.START, other, draft, dep);
            }
        }
        for (Dep dep : List.of(Dep.WANTS, Dep.UPHOLDS)) {
            for (Unit other : unit.deps(dep)) {
                attempt(JobType.START, other, draft, false);
            }
        }
        for (Unit other : unit.deps(Dep.REQUISITE)) {
            need(JobType.VERIFY_ACTIVE, other, draft, Dep.REQUISITE);
        }
        for (Unit other : unit.deps(Dep.CONFLICTS)) {
            need(JobType.STOP, other, draft, Dep.CONFLICTS);
        }
        for (Unit other : unit.deps(Dep.CONFLICTED_BY)) {
            attempt(JobType.STOP, other, draft, false);
        }
    }

    private void need(JobType type, Unit other, Draft by, Dep dep) throws UnitException {
        try {
            if (other.applicable(type)) {
                add(type, other, by, true, false);
            }
        } catch (UnitException e) {
            throw new UnitException(e.reason(), by.unit.id() + " has " + dep.key() + "=" + other.id() + ": " + e.getMessage(), e);
        }
    }

    /** What is only wanted is left out when it can't be. */
    private void attempt(JobType type, Unit other, Draft by, boolean matters) {
        try {
            add(type, other, by, matters, false);
        } catch (UnitException e) {
            Draft half = drafts.getOrDefault(other, List.of()).stream().filter(d -> d.type == type).findFirst().orElse(null);
            if (half != null) {
                delete(half, false);
            }
            if (e.reason() != Reason.NOT_FOUND && e.reason() != Reason.MASKED) {
                engine.log(by.unit, false, "goes on without " + other.id() + ": " + e.getMessage());
            }
        }
    }

    private void propagate(Draft draft, List<Dep> deps, JobType type) throws UnitException {
        for (Dep dep : deps) {
            for (Unit other : draft.unit.deps(dep)) {
                JobType to = type.collapse(other.active());
                if (to != JobType.NOP) {
                    if (to == JobType.STOP) {
                        add(to, other, draft, true, false);
                    } else {
                        attempt(to, other, draft, false);
                    }
                }
            }
        }
    }

    private static void mark(Draft draft) {
        if (!draft.matters) {
            draft.matters = true;
            draft.subjectOf.stream().filter(Link::matters).forEach(l -> mark(l.of()));
        }
    }

    private List<Draft> all() {
        return drafts.values().stream().flatMap(List::stream).toList();
    }

    /** Removes a draft, and those that fail without it. */
    private void delete(Draft draft, boolean dependents) {
        List<Draft> of = drafts.get(draft.unit);
        if (of == null || !of.remove(draft)) {
            return;
        }
        if (of.isEmpty()) {
            drafts.remove(draft.unit);
        }
        draft.subjectOf.forEach(l -> l.of().objectOf.remove(l));
        for (Link link : List.copyOf(draft.objectOf)) {
            if (link.by() != null) {
                link.by().subjectOf.remove(link);
                if (link.matters() && dependents) {
                    delete(link.by(), true);
                }
            }
        }
    }

    /** What nobody pulls in any more. */
    private void dropOrphans() {
        boolean again = true;
        while (again) {
            again = false;
            for (Draft draft : all()) {
                if (draft != anchor && draft.objectOf.isEmpty()) {
                    delete(draft, true);
                    again = true;
                }
            }
        }
    }

    private void isolate() throws UnitException {
        for (Unit other : engine.units()) {
            boolean idle = other.active().down() && other.job == null;
            if (!other.ignoreOnIsolate && !drafts.containsKey(other) && !idle && other.applicable(JobType.STOP)) {
                Draft draft = new Draft(other, JobType.STOP);
                draft.objectOf.add(new Link(null, draft, false));
                drafts.computeIfAbsent(other, u -> new ArrayList<>()).add(draft);
            }
        }
    }

    /** In the mode {@code FAIL}: what would stop something that runs, or change a job that waits, is left out where it may be. */
    private void dropWhatHurts() {
        for (Draft draft : all()) {
            boolean stops = draft.type == JobType.STOP && draft.unit.active().up();
            boolean changes = draft.unit.job != null && draft.unit.job.type.merge(draft.type).isEmpty();
            if (!draft.matters && (stops || changes)) {
                delete(draft, true);
            }
        }
    }

    private void dropRedundant() {
        for (Map.Entry<Unit, List<Draft>> entry : List.copyOf(drafts.entrySet())) {
            Unit unit = entry.getKey();
            boolean keep = entry.getValue().stream().anyMatch(d -> d == anchor || !d.type.redundant(unit.active())
                    || unit.job != null && unit.job.type.merge(d.type).isEmpty());
            if (!keep) {
                List.copyOf(entry.getValue()).forEach(d -> delete(d, false));
            }
        }
    }

    private void breakCycles() throws UnitException {
        for (int rounds = drafts.size() + 1; rounds > 0; rounds--) {
            Optional<List<Draft>> cycle = findCycle();
            if (cycle.isEmpty()) {
                return;
            }
            String path = describe(cycle.get());
            Draft victim = cycle.get().stream().filter(d -> !d.matters && d != anchor).findFirst().orElseThrow(() -> new UnitException(Reason.CYCLE,
                    "units wait for each other, and each of them is needed: " + path + "; take one of these orderings out"));
            engine.log(victim.unit, true, "is left out, since units wait for each other: " + path);
            delete(victim, true);
        }
    }

    private static String describe(List<Draft> cycle) {
        StringBuilder path = new StringBuilder();
        for (Draft draft : cycle) {
            path.append(draft).append(" after ");
        }
        return path.append(cycle.getFirst()).toString();
    }

    private Optional<List<Draft>> findCycle() {
        Set<Unit> done = new HashSet<>();
        for (Unit unit : List.copyOf(drafts.keySet())) {
            List<Unit> path = new ArrayList<>();
            Optional<List<Draft>> cycle = search(unit, path, new LinkedHashSet<>(), done);
            if (cycle.isPresent()) {
                return cycle;
            }
        }
        return Optional.empty();
    }

    private Optional<List<Draft>> search(Unit unit, List<Unit> path, Set<Unit> onPath, Set<Unit> done) {
        if (done.contains(unit)) {
            return Optional.empty();
        }
        if (!onPath.add(unit)) {
            return Optional.of(path.subList(path.indexOf(unit), path.size()).stream().map(u -> drafts.get(u).getFirst()).toList());
        }
        path.add(unit);
        for (Unit first : waitsFor(unit)) {
            Optional<List<Draft>> cycle = search(first, path, onPath, done);
            if (cycle.isPresent()) {
                return cycle;
            }
        }
        path.removeLast();
        onPath.remove(unit);
        done.add(unit);
        return Optional.empty();
    }

    /** Units with drafts whose jobs go before this unit's. */
    private List<Unit> waitsFor(Unit unit) {
        List<Unit> before = new ArrayList<>();
        JobType type = drafts.get(unit).getFirst().type;
        for (Dep dep : Dep.ORDER) {
            for (Unit other : unit.deps(dep)) {
                if (drafts.containsKey(other) && Engine.waits(type, drafts.get(other).getFirst().type, dep)) {
                    before.add(other);
                }
            }
        }
        return before;
    }

    private void mergeAll() throws UnitException {
        for (Unit unit : List.copyOf(drafts.keySet())) {
            while (drafts.getOrDefault(unit, List.of()).size() > 1) {
                List<Draft> of = drafts.get(unit);
                Draft a = of.get(0);
                Draft b = of.get(1);
                Optional<JobType> merged = a.type.merge(b.type);
                if (merged.isPresent()) {
                    join(a, b, merged.get().collapse(unit.active()));
                } else {
                    resolve(a, b);
                }
            }
        }
    }

    private void join(Draft into, Draft from, JobType type) {
        into.type = type;
        into.matters |= from.matters;
        into.ignoreOrder &= from.ignoreOrder;
        for (Link l : from.objectOf) {
            Link moved = new Link(l.by(), into, l.matters());
            into.objectOf.add(moved);
            if (l.by() != null) {
                l.by().subjectOf.replaceAll(x -> x == l ? moved : x);
            }
        }
        for (Link l : from.subjectOf) {
            Link moved = new Link(into, l.of(), l.matters());
            into.subjectOf.add(moved);
            l.of().objectOf.replaceAll(x -> x == l ? moved : x);
        }
        drafts.get(into.unit).remove(from);
        anchor = anchor == from ? into : anchor;
    }

    private void resolve(Draft a, Draft b) throws UnitException {
        boolean aStops = a.type == JobType.STOP;
        if (a.matters && b.matters) {
            throw new UnitException(Reason.CONFLICT, a.unit.id() + " would have to " + a.type + " and to " + b.type + " at once: " + who(a) + ", " + who(b));
        }
        // What does not matter goes; where neither does, the stop goes, unless somebody conflicts.
        Draft victim = !a.matters && !b.matters ? (aStops == conflicts(a, b) ? b : a) : a.matters ? b : a;
        delete(victim, true);
    }

    private static boolean conflicts(Draft a, Draft b) {
        Draft stop = a.type == JobType.STOP ? a : b;
        return stop.objectOf.stream().anyMatch(l -> l.by() != null && l.by().unit.deps(Dep.CONFLICTS).contains(stop.unit));
    }

    private static String who(Draft d) {
        return d.type + " because of " + d.objectOf.stream().map(l -> l.by() == null ? "the request" : l.by().unit.id().toString()).findFirst()
                .orElse("the request");
    }

    private void refuseDestructive() throws UnitException {
        for (Draft draft : all()) {
            Job job = draft.unit.job;
            if (job != null && (mode == Units.Mode.FAIL || job.irreversible) && job.type.merge(draft.type).isEmpty()) {
                throw new UnitException(Reason.CONFLICT, draft + " is in the way of the job " + job + ", which is under way"
                        + (job.irreversible ? "; the system stops" : ""));
            }
        }
    }

    private Optional<Job> install() {
        Map<Draft, Job> made = new HashMap<>();
        Collection<Draft> all = all();
        if (mode == Units.Mode.ISOLATE) {
            // Jobs that wait for something else are out of date.
            engine.units().stream().filter(u -> u.job != null && !drafts.containsKey(u) && !u.ignoreOnIsolate).toList()
                    .forEach(u -> engine.finish(u.job, Job.Result.CANCELED, false));
        }
        for (Draft draft : all) {
            made.put(draft, engine.install(draft.unit, draft.type, draft.ignoreOrder));
        }
        return Optional.ofNullable(made.get(anchor));
    }
}
