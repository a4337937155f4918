package org.cloudos.units;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The units of this system. Names have their type's suffix ({@code nginx.service}); without one {@code .service} is meant. A
 * unit that nobody mentioned yet is read from its file when it is first asked for.
 */
@ProviderType
public interface Units {
    /** What to do with units. */
    enum Action { START, STOP, RESTART, TRY_RESTART, RELOAD, RELOAD_OR_RESTART }

    /** How a job gets along with jobs that wait already. systemctl(1), {@code --job-mode}. */
    enum Mode {
        /** A job that is in the way is replaced. */
        REPLACE,
        /** A job that is in the way makes this one fail. */
        FAIL,
        /** As {@code REPLACE}, and all that the unit does not need stops. */
        ISOLATE,
        /** The unit alone, without what it requires and without waiting for others. */
        IGNORE_DEPENDENCIES
    }

    /** Directions in which dependencies are followed. */
    enum Direction {
        /** What the unit pulls in: Requires, Requisite, BindsTo, Wants, Upholds. */
        REQUIRES,
        /** Who pulls it in. */
        REQUIRED_BY,
        /** What is started before it. */
        AFTER,
        /** What is started after it. */
        BEFORE
    }

    /** All units that are loaded, in order of name. */
    List<UnitStatus> list();

    /**
     * One unit with everything that is known of it.
     *
     * @throws UnitException when the name can't be one of a unit; a unit without a file has {@link UnitStatus.Load#NOT_FOUND}
     */
    UnitDetails details(String name) throws UnitException;

    /**
     * Changes units, and waits until all jobs are done.
     *
     * @return for each named unit what became of its job
     * @throws UnitException when a job can't even begin: no such unit, masked, a cycle, a contradiction
     */
    List<JobResult> run(Action action, List<String> names, Mode mode) throws UnitException, InterruptedException;

    /** As {@link #run} with {@link Mode#REPLACE}, but returns as soon as the jobs are in the queue. */
    void begin(Action action, List<String> names) throws UnitException;

    /** Jobs that run or wait. */
    List<Job> jobs();

    /** The tree of dependencies below a unit, flat: parents stand before children, each unit is followed once. */
    List<Dependency> dependencies(String name, Direction direction) throws UnitException;

    /** How long each active unit took to start, slowest first. */
    List<Blame> blame();

    /**
     * The chain of units that a unit's start waited for, the unit first. {@code systemd-analyze critical-chain}.
     *
     * @param name empty for the boot target
     */
    List<ChainLink> criticalChain(String name) throws UnitException;

    /** Links units to the targets of their {@code [Install]} sections, for this and every later boot. @return what was changed */
    List<String> enable(List<String> names) throws UnitException;

    /** Takes those links away. @return what was changed */
    List<String> disable(List<String> names) throws UnitException;

    /** Makes units impossible to start until they are unmasked. @return what was changed */
    List<String> mask(List<String> names) throws UnitException;

    /** The reverse of {@link #mask}. @return what was changed */
    List<String> unmask(List<String> names) throws UnitException;

    /** Forgets failures and start counters; all units when the list is empty. */
    void resetFailed(List<String> names) throws UnitException;

    /** Sends a signal to all processes of a unit. @param signal 1 to 64 */
    void kill(String name, int signal) throws UnitException;

    /** Reads all unit files again; what runs goes on. */
    void reloadFiles();

    /** Checks a unit's files without starting anything. @param name a unit's name, or the path of a unit file */
    List<Finding> verify(String name) throws UnitException;

    /** The unit's file and its drop-ins, as they are read. */
    List<UnitFile> files(String name) throws UnitException;

    /** The newest lines that the unit's processes wrote, oldest first; at most the few that are kept in memory. */
    List<String> lastOutput(String name, int lines) throws UnitException;

    /** What the units' processes listen on. Each one is also a service {@link Endpoint}. */
    List<Endpoint> endpoints();

    /** What this system can do for units: how processes are tracked, which limits hold. */
    Abilities abilities();

    /** One job. @param state {@code waiting} or {@code running} */
    record Job(long id, String unit, String type, String state, Duration age) { }

    /** What became of a job. @param result {@code done}, {@code failed}, {@code timeout}, {@code dependency}, {@code canceled}, {@code skipped} */
    record JobResult(String unit, String type, String result, String reason) {
        /** Whether the job did what was asked. */
        public boolean done() {
            return result.equals("done") || result.equals("skipped");
        }
    }

    /** One edge of the tree. @param depth 1 for direct dependencies. @param kind such as {@code Requires} */
    record Dependency(int depth, String unit, String kind, UnitStatus.Active active) { }

    /** How long a unit took. */
    record Blame(String unit, Duration took) { }

    /** A link of the critical chain. @param at when it was active, from the beginning of the units' start */
    record ChainLink(int depth, String unit, Duration at, Duration took) { }

    /** A unit file or drop-in. @param path empty for units that are built in */
    record UnitFile(String path, String text) { }
}
