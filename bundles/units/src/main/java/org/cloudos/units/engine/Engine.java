package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.nearest.Nearest;
import org.cloudos.units.UnitEvent;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.file.UnitName;

/** The units and the queue of their jobs. */
public final class Engine {
    private final World world;
    private final Loop loop;
    private final Processes processes;
    private UnitFolders folders;
    private final Map<String, Unit> units = new TreeMap<>();
    private final Map<String, Unit> named = new HashMap<>(); // by names as they stand in files: most name the same few
    private final Set<Job> runQueue = new LinkedHashSet<>();
    private final Set<Unit> toCheck = new LinkedHashSet<>();
    private final Map<Long, Job> jobs = new LinkedHashMap<>();
    private long nextJob = 1;
    private boolean stopping;
    private int reading;
    private final Set<Unit> unfinished = new LinkedHashSet<>();

    public Engine(World world, Loop loop, Processes processes, UnitFolders folders) {
        this.world = world;
        this.loop = loop;
        this.processes = processes;
        this.folders = folders;
    }

    World world() {
        return world;
    }

    Loop loop() {
        return loop;
    }

    Processes processes() {
        return processes;
    }

    /** Where units are read from. */
    public UnitFolders folders() {
        return folders;
    }

    /** All that are loaded. */
    public Collection<Unit> units() {
        return List.copyOf(units.values());
    }

    /** Jobs that wait or run. */
    Collection<Job> jobs() {
        return jobs.values();
    }

    /** A unit by any of its names, read from its file when it is not known yet. */
    public Unit unit(String name) throws UnitException {
        UnitName given = UnitName.of(name);
        if (given.isTemplate()) {
            throw new UnitException(UnitException.Reason.BAD_NAME, given + " is a template; name an instance, such as "
                    + given.instantiate("NAME"));
        }
        return unit(folders.resolve(given));
    }

    Unit unit(UnitName id) {
        Unit known = units.get(id.toString());
        if (known != null) {
            return known;
        }
        Unit unit = UnitTypes.make(this, id);
        units.put(id.toString(), unit);
        read(List.of(unit));
        return unit;
    }

    /** What is implied is added when all that units name is read: it depends on both sides. */
    private void read(Collection<Unit> some) {
        reading++;
        some.forEach(Unit::read);
        unfinished.addAll(some);
        while (reading == 1 && !unfinished.isEmpty()) {
            List<Unit> round = List.copyOf(unfinished);
            unfinished.clear();
            round.forEach(Unit::complete);
        }
        reading--;
    }

    /** A unit that another one names; a name that can't be one is a finding there. */
    Optional<Unit> mentioned(String name) throws UnitException {
        Unit known = named.get(name);
        if (known == null) {
            UnitName parsed = UnitName.parse(name);
            if (parsed.isTemplate()) {
                return Optional.empty();
            }
            known = unit(folders.resolve(parsed));
            named.put(name, known);
        }
        return Optional.of(known);
    }

    /** Reads all files again. What runs keeps what it was started with. */
    public void reload(UnitFolders again) {
        folders = again;
        named.clear();
        List<Unit> all = List.copyOf(units.values());
        all.forEach(Unit::forget);
        for (Unit unit : all) {
            if (unit.active().down() && unit.job == null && unit.failure().isEmpty()) {
                units.remove(unit.id().toString());
            }
        }
        read(List.copyOf(units.values()));
    }

    String nearest(UnitName id) {
        String stem = id.prefix();
        return folders.names().stream().filter(n -> n.endsWith("." + id.type()) && alike(stem, n.substring(0, n.lastIndexOf('.'))))
                .findFirst().map(n -> "; there is " + n).orElse("");
    }

    private static boolean alike(String wanted, String there) {
        final int least = 3;
        return wanted.length() >= least && there.length() >= least && (there.contains(wanted) || wanted.contains(there)
                || Nearest.edits(wanted, there) <= 2);
    }

    void log(Unit unit, boolean bad, String message) {
        world.log(unit.id().toString(), bad, message);
    }

    // Jobs

    /** Makes a transaction. @return its job, empty when nothing is to be done */
    public Optional<Job> request(Unit unit, JobType type, Units.Mode mode) throws UnitException {
        if (stopping && type != JobType.STOP) {
            throw new UnitException(UnitException.Reason.REFUSED, "the system stops; nothing is started any more");
        }
        return new Transaction(this, mode).request(unit, type);
    }

    /** As {@link #request}, where nobody waits: what can't be is logged. */
    void enqueue(Unit unit, JobType type, Units.Mode mode) {
        try {
            request(unit, type, mode);
        } catch (UnitException e) {
            if (!stopping) {
                log(unit, true, "can't " + type + ": " + e.getMessage());
            }
        }
    }

    Job install(Unit unit, JobType type, boolean ignoreOrder) {
        Job old = unit.job;
        if (old != null) {
            Optional<JobType> merged = old.type.merge(type);
            if (merged.isEmpty()) {
                finish(old, Job.Result.CANCELED, false);
            } else {
                JobType to = merged.get().collapse(unit.active());
                old.ignoreOrder &= ignoreOrder;
                if (to != old.type || old.running && old.type == JobType.RELOAD) {
                    old.type = to;
                    old.running = false;
                    runQueue.add(old);
                }
                return old;
            }
        }
        Job job = new Job(nextJob++, unit, type, world.nanos());
        job.ignoreOrder = ignoreOrder;
        job.irreversible = stopping;
        unit.job = job;
        jobs.put(job.id, job);
        runQueue.add(job);
        unit.armJobTimeout(job);
        return job;
    }

    /** Whether a unit's job waits for another unit's. @param dep how the unit stands to the other: after or before it */
    static boolean waits(JobType mine, JobType other, Dep dep) {
        if (mine == JobType.NOP || other == JobType.NOP) {
            return false;
        }
        boolean otherStops = other == JobType.STOP || other == JobType.RESTART;
        boolean mineStops = mine == JobType.STOP || mine == JobType.RESTART;
        // Of two in order, the later one stops first; what stops goes before what starts.
        return dep == Dep.AFTER ? !mineStops : otherStops;
    }

    private static boolean isRunnable(Job job) {
        if (job.ignoreOrder || job.type == JobType.NOP) {
            return true;
        }
        if (job.blocker != null && blocks(job, job.blocker, job.blockedBy) && job.unit.deps(job.blockedBy).contains(job.blocker)) {
            return false;
        }
        for (Dep dep : Dep.ORDER) {
            for (Unit other : job.unit.deps(dep)) {
                if (blocks(job, other, dep)) {
                    job.blocker = other;
                    job.blockedBy = dep;
                    return false;
                }
            }
        }
        job.blocker = null;
        return true;
    }

    private static boolean blocks(Job job, Unit other, Dep dep) {
        return other.job != null && waits(job.type, other.job.type, dep);
    }

    /** After each round of events: runs jobs that can run, then looks at who is needed, bound and upheld. */
    public void settle() {
        while (!runQueue.isEmpty() || !toCheck.isEmpty()) {
            while (!runQueue.isEmpty()) {
                Job job = runQueue.iterator().next();
                runQueue.remove(job);
                if (job.unit.job == job && !job.running && isRunnable(job)) {
                    run(job);
                }
            }
            List<Unit> check = List.copyOf(toCheck);
            toCheck.clear();
            check.forEach(u -> Watchers.check(this, u));
        }
        processes.flush();
    }

    private void run(Job job) {
        job.running = true;
        job.type = job.type.collapse(job.unit.active());
        Unit unit = job.unit;
        Unit.Answer answer = switch (job.type) {
            case START -> unit.tryStart();
            case STOP, RESTART -> unit.tryStop();
            case RELOAD -> unit.tryReload();
            case VERIFY_ACTIVE -> unit.active().up() ? Unit.Answer.ALREADY
                    : unit.active() == Active.ACTIVATING ? Unit.Answer.LATER : Unit.Answer.SKIP;
            default -> Unit.Answer.ALREADY;
        };
        if (unit.job != job) {
            return; // done already, by a change of state
        }
        switch (answer) {
            case UNDER_WAY -> { }
            case LATER -> job.running = false;
            case ALREADY, CONDITION -> finish(job, answer == Unit.Answer.ALREADY ? Job.Result.DONE : Job.Result.SKIPPED, true);
            case ASSERTION -> finish(job, Job.Result.ASSERT, true);
            case DEPENDENCY -> finish(job, Job.Result.DEPENDENCY, true);
            case SKIP -> finish(job, job.type == JobType.VERIFY_ACTIVE ? Job.Result.FAILED : Job.Result.SKIPPED, true);
            case INVALID -> finish(job, Job.Result.INVALID, true);
            case FAILED -> finish(job, Job.Result.FAILED, true);
        }
    }

    /** Ends a job. @param onward others that fail with it fail */
    void finish(Job job, Job.Result result, boolean onward) {
        Unit unit = job.unit;
        if (unit.job != job) {
            return;
        }
        if (result == Job.Result.DONE && job.type == JobType.RESTART) {
            job.type = JobType.START;
            job.running = false;
            runQueue.add(job);
            wake(unit);
            return;
        }
        unit.job = null;
        jobs.remove(job.id);
        runQueue.remove(job);
        if (job.timeout != null) {
            job.timeout.cancel();
        }
        boolean good = result == Job.Result.DONE || result == Job.Result.SKIPPED;
        if (!good && onward) {
            boolean starts = job.type == JobType.START || job.type == JobType.VERIFY_ACTIVE;
            (starts ? Dep.FAILS_TOO : job.type == JobType.STOP ? List.of(Dep.CONFLICTED_BY) : List.<Dep>of()).forEach(d -> failAll(unit, d, job));
            if (starts && (result == Job.Result.TIMEOUT || result == Job.Result.DEPENDENCY)) {
                unit.triggerOnFailure();
            }
        }
        job.tell(result);
        wake(unit);
        unit.triggers(Dep.TRIGGERED_BY).forEach(t -> t.triggered(unit));
    }

    private void failAll(Unit unit, Dep dep, Job cause) {
        for (Unit other : unit.deps(dep)) {
            Job job = other.job;
            if (job != null && (job.type == JobType.START || job.type == JobType.VERIFY_ACTIVE)) {
                job.reason = unit.id() + " did not " + cause.type + (cause.reason.isEmpty() ? "" : " (" + cause.reason + ")");
                log(other, true, "is not started: " + job.reason);
                finish(job, Job.Result.DEPENDENCY, true);
            }
        }
    }

    private void wake(Unit unit) {
        for (Dep dep : Dep.ORDER) {
            for (Unit other : unit.deps(dep)) {
                if (other.job != null && !other.job.running) {
                    runQueue.add(other.job);
                }
            }
        }
    }

    // States

    /** A unit's state has changed. Preconditions: it has the new one already. */
    void changed(Unit unit, Active before, Active now) {
        boolean unexpected = Watchers.follow(this, unit, now);
        if (unexpected && !stopping) {
            Watchers.catchUp(this, unit, before, now);
        }
        if (now == Active.FAILED && before != Active.FAILED) {
            log(unit, true, "failed: " + unit.failure().map(f -> f.detail().isEmpty() ? f.result() : f.result() + ", " + f.detail()).orElse(unit.result()));
            unit.triggerOnFailure();
        } else if (now == Active.INACTIVE && before != Active.FAILED && before != Active.INACTIVE && unit.job == null) {
            unit.triggerOnSuccess();
        }
        if (unit.job != null && !unit.job.running) {
            runQueue.add(unit.job); // it may have waited for just this
        }
        toCheck.add(unit);
        unit.triggers(Dep.TRIGGERED_BY).forEach(t -> t.triggered(unit));
        world.changed(new UnitEvent(world.now(), unit.id().toString(), before, now, unit.sub(), unit.result()));
    }

    /** An instance that served one connection is not kept. */
    void forgetInstance(Unit socket, Unit instance) {
        loop.post(() -> {
            if (instance.active().down() && instance.job == null) {
                instance.leave();
                named.values().removeIf(u -> u == instance);
                units.remove(instance.id().toString());
            }
        });
    }

    void checkLater(Unit unit) {
        toCheck.add(unit);
    }

    boolean stopping() {
        return stopping;
    }

    /** Stops all, later units first. What is started by somebody from now on is refused. */
    public void stopAll() {
        for (Unit unit : units()) {
            if (unit.job != null && unit.job.type != JobType.STOP) {
                finish(unit.job, Job.Result.CANCELED, false);
            }
        }
        stopping = true;
        for (Unit unit : units()) {
            if (!unit.active().down() && unit.load() != Load.NOT_FOUND) {
                enqueue(unit, JobType.STOP, Units.Mode.REPLACE);
            }
        }
    }

    /** Units that are not down. */
    public List<String> notDown() {
        List<String> names = new ArrayList<>();
        units.values().stream().filter(u -> !u.active().down() && u.holdsProcesses()).forEach(u -> names.add(u.id().toString()));
        return names;
    }
}
