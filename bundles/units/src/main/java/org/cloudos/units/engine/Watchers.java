package org.cloudos.units.engine;

import java.util.List;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;

/** What follows from changes of state: jobs that are done, and units that depend on what happened by itself. */
final class Watchers {
    private Watchers() { }

    /** Ends the unit's job where the new state does. @return whether the state came without a job that asked for it */
    static boolean follow(Engine engine, Unit unit, Active now) {
        Job job = unit.job;
        if (job == null) {
            return true;
        }
        if (!job.running) {
            return false; // it is in the queue, and will see
        }
        switch (job.type) {
            case START, VERIFY_ACTIVE -> {
                if (now.up()) {
                    engine.finish(job, Job.Result.DONE, true);
                } else if (now != Active.ACTIVATING && now != Active.DEACTIVATING || now == Active.DEACTIVATING && job.type == JobType.VERIFY_ACTIVE) {
                    job.reason = unit.failure().map(f -> f.detail().isEmpty() ? f.result() : f.detail()).orElse("");
                    engine.finish(job, now == Active.FAILED || unit.startFailed() ? Job.Result.FAILED : Job.Result.DONE, true);
                } else if (now == Active.ACTIVATING && unit.startFailed()) { // it waits for its restart
                    job.reason = unit.failure().map(f -> f.detail().isEmpty() ? f.result() : f.detail()).orElse("");
                    engine.finish(job, Job.Result.FAILED, true);
                }
            }
            case RELOAD -> {
                if (now == Active.ACTIVE) {
                    engine.finish(job, unit.reloadFailed() ? Job.Result.FAILED : Job.Result.DONE, true);
                } else if (now.down()) {
                    engine.finish(job, now == Active.FAILED ? Job.Result.FAILED : Job.Result.DONE, true);
                }
            }
            case STOP, RESTART -> {
                if (now.down()) {
                    engine.finish(job, Job.Result.DONE, true);
                } else if (now != Active.DEACTIVATING) {
                    engine.finish(job, Job.Result.FAILED, true);
                }
            }
            default -> { }
        }
        return false;
    }

    /** What a job would have done for others, when a unit starts or stops by itself. */
    static void catchUp(Engine engine, Unit unit, Active before, Active now) {
        boolean was = before.up() || before == Active.ACTIVATING;
        boolean is = now.up() || now == Active.ACTIVATING;
        if (!was && is) {
            for (Dep dep : List.of(Dep.REQUIRES, Dep.BINDS_TO, Dep.WANTS)) {
                unit.deps(dep).stream().filter(o -> !unit.deps(Dep.AFTER).contains(o) && o.active().down())
                        .forEach(o -> engine.enqueue(o, JobType.START, dep == Dep.WANTS ? Units.Mode.FAIL : Units.Mode.REPLACE));
            }
            for (Dep dep : List.of(Dep.CONFLICTS, Dep.CONFLICTED_BY)) {
                unit.deps(dep).stream().filter(o -> !o.active().down()).forEach(o -> engine.enqueue(o, JobType.STOP, Units.Mode.REPLACE));
            }
        } else if (was && !is) {
            unit.deps(Dep.BOUND_BY).stream().filter(o -> !o.active().down()).forEach(o -> engine.enqueue(o, JobType.STOP, Units.Mode.REPLACE));
        }
    }

    /** Stops what nobody needs or what has lost what it is bound to, starts what is upheld. */
    static void check(Engine engine, Unit unit) {
        if (engine.stopping()) {
            return;
        }
        Active now = unit.active();
        if (now.down()) {
            for (Dep dep : Dep.PULLS) {
                unit.deps(dep).forEach(o -> stopUnneeded(engine, o));
            }
            for (Unit other : unit.deps(Dep.UPHELD_BY)) {
                if (other.active().up()) {
                    uphold(engine, unit);
                    break;
                }
            }
        } else {
            stopUnneeded(engine, unit);
            if (now.up()) {
                for (Unit other : unit.deps(Dep.UPHOLDS)) {
                    if (other.active().down()) {
                        uphold(engine, other);
                    }
                }
                if (unit.job == null && hasLost(unit)) {
                    engine.enqueue(unit, JobType.STOP, Units.Mode.REPLACE);
                }
            }
        }
    }

    /** Bound to something that went down while it started. */
    private static boolean hasLost(Unit unit) {
        for (Unit other : unit.deps(Dep.BINDS_TO)) {
            if (unit.deps(Dep.AFTER).contains(other) && other.active().down() && other.job == null) {
                return true;
            }
        }
        return false;
    }

    private static void uphold(Engine engine, Unit unit) {
        if (unit.job == null && unit.upholdAllowed()) {
            engine.enqueue(unit, JobType.START, Units.Mode.REPLACE);
        }
    }

    private static void stopUnneeded(Engine engine, Unit unit) {
        if (!unit.stopWhenUnneeded || unit.job != null || unit.active().down()) {
            return;
        }
        boolean needed = Dep.NEEDED_BY.stream().flatMap(d -> unit.deps(d).stream()).anyMatch(o -> !o.active().down() || o.job != null);
        if (!needed) {
            engine.log(unit, false, "stops, since nobody needs it");
            engine.enqueue(unit, JobType.STOP, Units.Mode.REPLACE);
        }
    }
}
