package org.cloudos.units.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus.Load;
import org.cloudos.units.Units;

/** What people ask of units. Preconditions of all: on the loop's thread. */
public final class Commander {
    private final Engine engine;

    public Commander(Engine engine) {
        this.engine = engine;
    }

    /** Begins. @return what becomes of each, when it is known */
    public List<CompletableFuture<Units.JobResult>> begin(Units.Action action, List<String> names, Units.Mode mode) throws UnitException {
        if (action == Units.Action.START && engine.folders().hasFiles()) {
            engine.processes().prepare(); // while the files are read
        }
        List<Unit> units = new ArrayList<>();
        for (String name : names) {
            units.add(allowed(engine.unit(name), action, mode));
        }
        List<CompletableFuture<Units.JobResult>> results = new ArrayList<>();
        for (Unit unit : units) {
            results.add(begin(unit, type(action, unit), mode));
        }
        return results;
    }

    private static JobType type(Units.Action action, Unit unit) {
        return switch (action) {
            case START -> JobType.START;
            case STOP -> JobType.STOP;
            case RESTART -> JobType.RESTART;
            case TRY_RESTART -> JobType.TRY_RESTART;
            case RELOAD -> JobType.RELOAD;
            case RELOAD_OR_RESTART -> unit instanceof ServiceUnit s && s.canReload() ? JobType.RELOAD : JobType.RESTART;
        };
    }

    private Unit allowed(Unit unit, Units.Action action, Units.Mode mode) throws UnitException {
        boolean stops = action == Units.Action.STOP;
        if (stops && unit.load() == Load.NOT_FOUND && unit.active().down()) {
            throw new UnitException(UnitException.Reason.NOT_FOUND, unit.id() + " has no unit file" + engine.nearest(unit.id()));
        }
        if (stops ? unit.refuseManualStop : unit.refuseManualStart) {
            throw new UnitException(UnitException.Reason.REFUSED, unit.id() + " can only be " + (stops ? "stopped" : "started")
                    + " by others that depend on it: RefuseManual" + (stops ? "Stop" : "Start") + "=yes");
        }
        if (mode == Units.Mode.ISOLATE && !unit.allowIsolate) {
            throw new UnitException(UnitException.Reason.REFUSED, unit.id() + " can't be isolated: it has no AllowIsolate=yes");
        }
        return unit;
    }

    private CompletableFuture<Units.JobResult> begin(Unit unit, JobType type, Units.Mode mode) throws UnitException {
        // A restart of what is down is a start.
        JobType wanted = type == JobType.RESTART && unit.active().down() ? JobType.START : type;
        CompletableFuture<Units.JobResult> future = new CompletableFuture<>();
        Optional<Job> job = engine.request(unit, wanted, mode);
        if (job.isEmpty()) {
            future.complete(new Units.JobResult(unit.id().toString(), type.toString(), "done", ""));
            return future;
        }
        job.get().whenDone((done, result) -> future.complete(new Units.JobResult(unit.id().toString(), type.toString(),
                result.name().toLowerCase(Locale.ROOT), reason(unit, done, result))));
        return future;
    }

    private static String reason(Unit unit, Job job, Job.Result result) {
        if (result == Job.Result.DONE || result == Job.Result.SKIPPED) {
            return result == Job.Result.DONE ? "" : unit.unmet();
        }
        if (!job.reason.isEmpty()) {
            return job.reason;
        }
        return switch (result) {
            case FAILED -> unit.failure().map(f -> f.detail().isEmpty() ? f.result() : f.result() + ": " + f.detail()).orElse(unit.result());
            case INVALID -> job.type == JobType.RELOAD ? "it can't be told to reload" : unit.load() + ": " + unit.firstError();
            case ASSERT -> unit.unmet();
            case DEPENDENCY -> "a unit that it needs did not start";
            case CANCELED -> "another job took its place";
            case TIMEOUT -> "it took too long";
            default -> "";
        };
    }

    /** Forgets failures. */
    public void resetFailed(List<String> names) throws UnitException {
        List<Unit> some = new ArrayList<>();
        for (String name : names) {
            some.add(engine.unit(name));
        }
        for (Unit unit : names.isEmpty() ? engine.units() : some) {
            unit.resetStartLimit();
            unit.resetFailed();
            unit.clearFailure();
        }
    }

    /** Sends a signal to all processes of a unit. */
    public void kill(String name, int signal) throws UnitException {
        if (engine.unit(name) instanceof ProcessUnit unit && unit.group != null) {
            engine.processes().kill(unit.group, 0, signal);
        } else {
            throw new UnitException(UnitException.Reason.REFUSED, name + " has no processes");
        }
    }
}
