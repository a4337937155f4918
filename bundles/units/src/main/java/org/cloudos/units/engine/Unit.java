package org.cloudos.units.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.UnitDetails.Failure;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;
import org.cloudos.units.file.Keys;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Specifiers;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.file.UnitName;

/** What all types of units have in common: file, dependencies, conditions, start limit, job. */
public abstract class Unit {
    private static final int MOST_FINDINGS = 200;

    final Engine engine;
    private final UnitName id;
    private final Map<Dep, Set<Unit>> deps = new EnumMap<>(Dep.class);
    private final List<Finding> findings = new ArrayList<>();
    Job job;
    boolean stopWhenUnneeded;
    boolean ignoreOnIsolate;
    boolean refuseManualStart;
    boolean refuseManualStop;
    boolean allowIsolate;
    boolean defaultDependencies;
    private Load load = Load.NOT_FOUND;
    private String description = "";
    private UnitFolders.Source source;
    private Conditions conditions = Conditions.NONE;
    private Units.Mode onFailureMode = Units.Mode.REPLACE;
    private Duration jobTimeout;
    private StartLimit startLimit;
    private Active last = Active.INACTIVE;
    private Instant since;
    private long activatingAt;
    private long activeAt;
    private String result = "success";
    private String unmet = "";
    private Failure failure;

    Unit(Engine engine, UnitName id) {
        this.engine = engine;
        this.id = id;
    }

    /** What a start, stop or reload comes to at once. */
    enum Answer {
        /** A change of state will end the job. */
        UNDER_WAY,
        /** Not now: asked again after the next change of state. */
        LATER,
        /** Nothing to do. */
        ALREADY,
        /** A condition does not hold: that is no failure. */
        CONDITION,
        ASSERTION, DEPENDENCY, SKIP, INVALID, FAILED
    }

    // What a type of unit is

    abstract Active active();

    abstract String sub();

    /** Reads its own section. @throws IllegalArgumentException when it can't work that way */
    abstract void configure(Settings settings);

    abstract Answer start();

    abstract Answer stop();

    Answer reload() {
        return Answer.INVALID;
    }

    boolean applicable(JobType type) {
        return type != JobType.RELOAD && type != JobType.TRY_RELOAD && type != JobType.RELOAD_OR_START;
    }

    /** Whether it can exist without a file. */
    boolean needsFile() {
        return true;
    }

    /** A unit that this one triggers changed its state, or a job of it ended. */
    void triggered(Unit by) { }

    void addDefaultDependencies() { }

    boolean holdsProcesses() {
        return false;
    }

    boolean reloadFailed() {
        return false;
    }

    /** Whether it is going down because its start failed. */
    boolean startFailed() {
        return false;
    }

    long mainPid() {
        return 0;
    }

    int restarts() {
        return 0;
    }

    void resetFailed() { }

    /** Facts for svc:status. */
    void describe(Map<String, String> properties) { }

    // Reading

    /** Forgets what its files said. */
    void forget() {
        deps.clear();
        findings.clear();
    }

    void read() {
        Optional<UnitFolders.Source> read = engine.folders().read(id);
        source = read.orElse(null);
        findings.clear();
        description = id.toString();
        if (engine.folders().isMasked(id)) {
            load = Load.MASKED;
            return;
        }
        if (read.isEmpty() && needsFile()) {
            load = Load.NOT_FOUND;
            return;
        }
        load = Load.LOADED;
        findings.addAll(source == null ? List.of() : source.text().findings());
        Settings settings = settings();
        if (source != null) {
            findings.addAll(Keys.check(source.text().entries(), id.type()));
        }
        try {
            UnitSection.read(this, settings);
            configure(settings);
        } catch (IllegalArgumentException e) {
            find(new Finding(Severity.ERROR, path().isEmpty() ? id.toString() : path(), 0, "", e.getMessage()));
        }
        if (findings.stream().anyMatch(f -> f.severity() == Severity.ERROR)) {
            load = Load.BAD_SETTING;
        }
    }

    /** All units that it names are read. */
    void complete() {
        if (load == Load.LOADED && defaultDependencies) {
            addDefaultDependencies();
        }
    }

    private Settings settings() {
        Map<Character, String> facts = engine.world().facts();
        return new Settings(source == null ? List.of() : source.text().entries(), new Specifiers(id, path(), facts), this::find);
    }

    void common(String text, Conditions all, StartLimit limit, Units.Mode failureMode, Duration timeout) {
        description = text.isEmpty() ? id.toString() : text;
        conditions = all;
        startLimit = startLimit == null || !startLimit.sameAs(limit) ? limit : startLimit;
        onFailureMode = failureMode;
        jobTimeout = timeout;
    }

    void find(Finding finding) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(finding);
        }
    }

    void addDep(Dep dep, Unit other) {
        if (other != this) {
            deps.computeIfAbsent(dep, d -> new LinkedHashSet<>()).add(other);
            other.deps.computeIfAbsent(dep.inverse(), d -> new LinkedHashSet<>()).add(this);
        }
    }

    /** Takes itself out of all dependencies. */
    void leave() {
        deps.forEach((dep, others) -> others.forEach(o -> o.deps.getOrDefault(dep.inverse(), Set.of()).remove(this)));
        deps.clear();
    }

    /** Of all but the first and the last units (systemd.service(5), default dependencies). */
    void runBetweenBootAndShutdown() {
        addDep(Dep.REQUIRES, "sysinit.target");
        addDep(Dep.AFTER, "sysinit.target");
        addDep(Dep.CONFLICTS, "shutdown.target");
        addDep(Dep.BEFORE, "shutdown.target");
    }

    /** A dependency on a unit by its name, which is right by construction. */
    void addDep(Dep dep, String name) {
        try {
            engine.mentioned(name).ifPresent(u -> addDep(dep, u));
        } catch (org.cloudos.units.UnitException e) {
            find(new Finding(Severity.WARNING, path(), 0, dep.key(), e.getMessage()));
        }
    }

    /** Both: pulls another one in, and waits for it. */
    void requireAfter(Dep dep, String name) {
        addDep(dep, name);
        addDep(Dep.AFTER, name);
    }

    Set<Unit> deps(Dep dep) {
        return deps.getOrDefault(dep, Set.of());
    }

    Set<Unit> triggers(Dep dep) {
        Set<Unit> all = deps(dep);
        return all.isEmpty() ? all : new LinkedHashSet<>(all);
    }

    // State

    /** Tells of a new state. Preconditions: {@link #active} and {@link #sub} are the new ones. */
    void changed() {
        Active before = last;
        Active now = active();
        last = now;
        if (before != now) {
            since = engine.world().now();
            if (now == Active.ACTIVATING && before.down()) {
                activatingAt = engine.world().nanos();
                activeAt = 0;
            } else if (now == Active.ACTIVE && activeAt == 0) {
                activeAt = engine.world().nanos();
                activatingAt = before.down() ? activeAt : activatingAt;
            } else if (now.down()) {
                engine.checkLater(this);
            }
        }
        engine.changed(this, before, now);
    }

    void result(String word) {
        result = word;
    }

    void failed(String word, String detail) {
        result = word;
        failure = new Failure(engine.world().now(), word, detail);
    }

    /** A failure of an earlier boot. */
    public void remember(Failure earlier) {
        if (failure == null) {
            failure = earlier;
        }
    }

    void triggerOnFailure() {
        deps(Dep.ON_FAILURE).forEach(u -> engine.enqueue(u, JobType.START, onFailureMode));
    }

    void triggerOnSuccess() {
        if (!engine.stopping()) {
            deps(Dep.ON_SUCCESS).forEach(u -> engine.enqueue(u, JobType.START, Units.Mode.REPLACE));
        }
    }

    boolean upholdAllowed() {
        return !startLimit.exhausted(engine.world().nanos());
    }

    // Jobs

    final Answer tryStart() {
        Active now = active();
        if (now.up()) {
            return Answer.ALREADY;
        }
        if (load != Load.LOADED) {
            return Answer.INVALID;
        }
        if (now != Active.ACTIVATING) {
            Optional<String> unmet = conditions.unmet(engine.world(), false);
            this.unmet = unmet.orElse("");
            if (unmet.isPresent()) {
                engine.log(this, false, "is skipped: " + unmet.get());
                return Answer.CONDITION;
            }
            Optional<String> failed = conditions.unmet(engine.world(), true);
            if (failed.isPresent()) {
                this.unmet = failed.get();
                engine.log(this, true, "is not started: " + failed.get());
                return Answer.ASSERTION;
            }
            boolean bound = deps(Dep.BINDS_TO).stream().filter(o -> deps(Dep.AFTER).contains(o)).allMatch(o -> o.active().up());
            if (!bound) {
                return Answer.DEPENDENCY;
            }
        }
        return start();
    }

    final Answer tryStop() {
        return active().down() && !holdsProcesses() ? Answer.ALREADY : stop();
    }

    final Answer tryReload() {
        Active now = active();
        return now == Active.RELOADING || now == Active.ACTIVATING ? Answer.LATER : now != Active.ACTIVE ? Answer.INVALID : reload();
    }

    /** Counts a start. @return false when there were too many */
    boolean countStart() {
        return startLimit.count(engine.world().nanos());
    }

    void resetStartLimit() {
        if (startLimit != null) {
            startLimit.reset();
        }
    }

    void armJobTimeout(Job queued) {
        if (jobTimeout != null && !jobTimeout.isZero()) {
            queued.timeout = engine.loop().after(jobTimeout.toNanos(), () -> {
                engine.log(this, true, "its job to " + queued.type + " is given up after " + jobTimeout.toSeconds() + " s");
                engine.finish(queued, Job.Result.TIMEOUT, true);
            });
        }
    }

    // For reports

    /** Its name. */
    public UnitName id() {
        return id;
    }

    Load load() {
        return load;
    }

    /** Why its last start was skipped or refused, for a condition or an assertion; empty when it was not. */
    String unmet() {
        return unmet;
    }

    String description() {
        return description;
    }

    Instant since() {
        return since;
    }

    String result() {
        return result;
    }

    /** The last failure, of this boot or one before. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    void clearFailure() {
        failure = null;
        result = "success";
    }

    String path() {
        return source == null ? "" : source.path();
    }

    List<String> dropIns() {
        return source == null ? List.of() : source.dropIns();
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    String firstError() {
        return findings.stream().filter(f -> f.severity() == Severity.ERROR).findFirst().map(Finding::toString).orElse("its file is not good");
    }

    /** When it began to start and was up, on the clock that only goes forward; 0 when it never was. */
    long activatingAt() {
        return activatingAt;
    }

    long activeAt() {
        return activeAt;
    }

    Map<String, String> properties() {
        Map<String, String> all = new TreeMap<>();
        deps.forEach((dep, units) -> all.put(dep.key(), String.join(" ", units.stream().map(u -> u.id.toString()).toList())));
        if (!unmet.isEmpty()) {
            all.put("Unmet", unmet);
        }
        describe(all);
        return all;
    }

    @Override public String toString() {
        return id.toString();
    }
}
