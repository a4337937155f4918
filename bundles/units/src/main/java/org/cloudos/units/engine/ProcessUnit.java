package org.cloudos.units.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.cloudos.units.engine.Processes.Group;
import org.cloudos.units.engine.Processes.Running;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.process.Cgroups;
import org.cloudos.units.process.Launch;

/** A unit that runs programs: services, and mounts and sockets with their commands. */
abstract class ProcessUnit extends Unit implements Processes.Owner {
    private static final Pattern SLICE = Pattern.compile("[A-Za-z0-9:_.\\\\-]+");

    private final OutputLines.Tail tail = new OutputLines.Tail();
    ExecSettings exec;
    Resources resources;
    String slice = "system.slice";
    Group group;
    Running main;
    Running control;
    /** The main process where it is not {@link #main}: a daemon's, or another that it named. */
    long mainPid;

    ProcessUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override public String unitName() {
        return id().toString();
    }

    @Override boolean holdsProcesses() {
        return group != null;
    }

    OutputLines.Tail tail() {
        return tail;
    }

    void openGroup() {
        if (group != null) {
            return;
        }
        group = engine.processes().open(this, slices());
        if (group.cgroup != null && resources != null) {
            List<String> refused = resources.apply(group.cgroup);
            if (!refused.isEmpty()) {
                engine.log(this, true, "limits that the kernel refused: " + String.join(", ", refused));
            }
        }
    }

    /** {@code a-b.slice} lies in {@code a.slice}. */
    private List<String> slices() {
        List<String> all = new ArrayList<>();
        String stem = slice.endsWith(".slice") ? slice.substring(0, slice.length() - ".slice".length()) : slice;
        for (int dash = stem.indexOf('-', 1); dash > 0; dash = stem.indexOf('-', dash + 1)) {
            all.add(stem.substring(0, dash) + ".slice");
        }
        if (!stem.equals("-") && SLICE.matcher(stem).matches()) {
            all.add(stem + ".slice");
        }
        return all;
    }

    /** Gives the group up. @param whatever kill what is left; else it stays, and the group too */
    void closeGroup(boolean whatever) {
        if (group != null && (whatever || !group.filled)) {
            engine.processes().drop(group);
            group = null;
        }
    }

    Running run(Command command, Map<String, String> environment, List<String> pids, List<Integer> sockets) {
        openGroup();
        Launch launch = exec.launch(command, environment, pids, sockets);
        return engine.processes().start(group, command, launch, new OutputLines(engine.world(), tail, unitName(), exec.style(command.path())));
    }

    void signal(long pid, int signal) {
        if (group != null) {
            engine.processes().kill(group, pid, signal);
            if (signal != Signals.KILL && signal != Signals.CONT && signal != Signals.HUP) {
                engine.processes().kill(group, pid, Signals.CONT); // who is stopped can't end
            }
        }
    }

    @Override public void forked(Running process) { }

    @Override public void executing(Running process) { }

    @Override public void vanished(long pid, Exit exit) { }

    @Override public void notified(long pid, String text) { }

    /** A process's memory, in bytes; -1 where it is not known. */
    long memory() {
        return group == null || group.cgroup == null ? -1 : Cgroups.read(group.cgroup, "memory.current", null);
    }

    long tasks() {
        return group == null || group.cgroup == null ? -1 : Cgroups.read(group.cgroup, "pids.current", null);
    }

    long cpuMicros() {
        return group == null || group.cgroup == null ? -1 : Cgroups.read(group.cgroup, "cpu.stat", "usage_usec");
    }

    /** Its processes. */
    List<Long> pids() {
        return members().pids();
    }

    /** Who its processes are; to be asked on any thread, which it may take a while. @param cgroup null without one: descendants of {@code roots} */
    record Members(Path cgroup, List<Long> roots) {
        List<Long> pids() {
            if (cgroup != null) {
                return Cgroups.processes(cgroup);
            }
            List<Long> all = new ArrayList<>(roots);
            roots.forEach(r -> ProcessHandle.of(r).ifPresent(h -> h.descendants().map(ProcessHandle::pid).filter(p -> !all.contains(p)).forEach(all::add)));
            return all;
        }
    }

    Members members() {
        if (group == null || group.cgroup != null) {
            return new Members(group == null ? null : group.cgroup, List.of());
        }
        List<Long> roots = new ArrayList<>();
        if (main != null && main.pid > 0) {
            roots.add(main.pid);
        }
        if (mainPid > 0 && !roots.contains(mainPid)) {
            roots.add(mainPid);
        }
        if (control != null && control.pid > 0) {
            roots.add(control.pid);
        }
        return new Members(null, roots);
    }

    @Override void describe(Map<String, String> properties) {
        properties.put("Slice", slice);
        if (group != null && group.cgroup != null) {
            properties.put("ControlGroup", group.cgroup.toString());
        }
    }
}
