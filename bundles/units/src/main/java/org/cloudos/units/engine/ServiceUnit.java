package org.cloudos.units.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.units.UnitStatus.Active;
import org.cloudos.units.Units;
import org.cloudos.units.engine.Processes.Group;
import org.cloudos.units.engine.Processes.Running;
import org.cloudos.units.engine.ServiceConfig.Commands;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.UnitName;
import org.cloudos.units.process.Cgroups;

/** A service: what jobs ask of it, and what happens to it. {@link ServiceSteps} has the states. */
final class ServiceUnit extends ServiceSteps {
    private static final String OUT_OF_MEMORY = "oom-kill";

    ServiceUnit(Engine engine, UnitName id) {
        super(engine, id);
    }

    @Override Active active() {
        return state.active;
    }

    @Override String sub() {
        return state.word;
    }

    @Override int restarts() {
        return restarts;
    }

    @Override boolean applicable(JobType type) {
        return true;
    }

    @Override boolean reloadFailed() {
        return !reloadOutcome.equals(SUCCESS);
    }

    @Override boolean startFailed() {
        return !outcome.equals(SUCCESS) && !outcome.equals("exec-condition");
    }

    @Override void configure(Settings settings) {
        config = new ServiceConfig(this, settings);
        exec = config.exec;
        resources = config.resources;
        slice = config.slice;
        for (String socket : config.sockets) {
            addDep(Dep.WANTS, socket);
            addDep(Dep.AFTER, socket);
            addDep(Dep.TRIGGERED_BY, socket);
        }
        exec.stateFolders().writable().forEach(p -> UnitSection.mountsFor(this, p.toString(), Dep.REQUIRES));
    }

    @Override void addDefaultDependencies() {
        runBetweenBootAndShutdown();
        addDep(Dep.AFTER, "basic.target");
    }

    // What jobs ask for

    @Override Answer start() {
        if (state.ending() || state == ServiceState.AUTO_RESTART) {
            return Answer.LATER;
        }
        if (state.starting()) {
            return Answer.UNDER_WAY;
        }
        if (!countStart()) {
            outcome = "start-limit-hit";
            failed(outcome, "started too often in too short a time; svc:resetfailed forgets that");
            set(ServiceState.FAILED);
            return Answer.FAILED;
        }
        outcome = SUCCESS;
        reloadOutcome = SUCCESS;
        forbidRestart = false;
        watchdogStop = false;
        skipped = false;
        lastMain = null;
        mainPid = 0;
        main = null;
        notify.reset();
        result(SUCCESS);
        try {
            exec.stateFolders().make(exec.user(), exec.group(exec.user()));
            exec.sandbox().make();
        } catch (ExecSettings.ExecException e) {
            engine.log(this, true, e.getMessage());
            lastMain = Exit.exited(e.code);
            enterDead("exit-code", true);
            return Answer.UNDER_WAY;
        }
        openGroup();
        if (config.memoryPolicy.equals("kill") && group.cgroup != null) {
            Cgroups.limit(group.cgroup, "memory.oom.group", "1");
        }
        if (!config.notifyAccess.equals("none")) {
            notify.open(group);
        }
        enterCommands(ServiceState.CONDITION, Commands.CONDITION);
        return Answer.UNDER_WAY;
    }

    @Override Answer stop() {
        forbidRestart = true;
        switch (state) {
            case AUTO_RESTART, DEAD, FAILED -> {
                if (group != null && state != ServiceState.AUTO_RESTART) {
                    enterSignal(ServiceState.FINAL_SIGTERM, SUCCESS); // what KillMode=process left
                } else {
                    set(ServiceState.DEAD);
                }
            }
            case CONDITION, START_PRE, START, START_POST, RELOAD, RELOAD_NOTIFY -> {
                if (state == ServiceState.RELOAD) {
                    reloadOutcome = "canceled";
                }
                enterSignal(ServiceState.STOP_SIGTERM, SUCCESS);
            }
            case RUNNING, EXITED -> enterStop(SUCCESS);
            default -> { } // on its way already
        }
        return Answer.UNDER_WAY;
    }

    @Override Answer reload() {
        if (state != ServiceState.RUNNING && state != ServiceState.EXITED) {
            return Answer.INVALID;
        }
        if (config.type.equals("notify-reload") && mainPid > 0) {
            reloadOutcome = SUCCESS;
            notify.reloading();
            signal(mainPid, config.reloadSignal);
            arm(config.startTimeout);
            set(ServiceState.RELOAD_NOTIFY);
            return Answer.UNDER_WAY;
        }
        if (config.commands.get(Commands.RELOAD).isEmpty()) {
            engine.log(this, true, "can't be told to reload: it has no ExecReload=");
            return Answer.INVALID;
        }
        reloadOutcome = SUCCESS;
        arm(config.startTimeout);
        set(ServiceState.RELOAD);
        begin(Commands.RELOAD);
        return Answer.UNDER_WAY;
    }

    @Override void resetFailed() {
        if (state == ServiceState.FAILED) {
            outcome = SUCCESS;
            set(ServiceState.DEAD);
        }
        restarts = 0;
    }

    boolean canReload() {
        return config != null && (!config.commands.get(Commands.RELOAD).isEmpty() || config.type.equals("notify-reload"));
    }

    void serves(List<Integer> sockets, String of) {
        connection = sockets;
        peer = of;
    }

    // Events

    @Override public void forked(Running process) {
        if (process == main && state == ServiceState.START && (config.type.equals("simple") || config.type.equals("idle"))) {
            enterCommands(ServiceState.START_POST, Commands.START_POST);
        }
    }

    @Override public void executing(Running process) {
        if (process == main && state == ServiceState.START && config.type.equals("exec")) {
            enterCommands(ServiceState.START_POST, Commands.START_POST);
        }
    }

    @Override public void ended(Running process, Exit exit) {
        if (process == main) {
            main = null;
            if (mainPid > 0 && mainPid != process.pid) {
                return; // it handed over to another one
            }
            mainPid = 0;
            mainEnded(process.command, exit);
        } else if (process == control) {
            control = null;
            controlEnded(process.command, exit);
        }
    }

    @Override public void vanished(long pid, Exit exit) {
        if (pid == mainPid) {
            mainPid = 0;
            mainEnded(null, exit);
        }
    }

    /** systemd.service(5) "OOMPolicy=". */
    @Override public void outOfMemory(Group of) {
        if (of != group || state.ending() || state.isFinal() || state == ServiceState.DEAD || state == ServiceState.FAILED
                || state == ServiceState.AUTO_RESTART) {
            return;
        }
        engine.log(this, true, "wanted more memory than there is for it, and the kernel ended a process of it");
        switch (config.memoryPolicy) {
            case "stop" -> enterSignal(ServiceState.STOP_SIGTERM, OUT_OF_MEMORY);
            case "kill" -> enterSignal(ServiceState.STOP_SIGKILL, OUT_OF_MEMORY);
            default -> { }
        }
    }

    private String judge(Command command, Exit exit) {
        boolean killed = !exit.normal() && exit.status() == Signals.KILL;
        if (killed && group != null && group.cgroup != null && !config.memoryPolicy.equals("continue") && Cgroups.ranOutOfMemory(group.cgroup)) {
            return OUT_OF_MEMORY;
        }
        return exit.clean(config.daemon(), config.success) || command != null && command.mayFail() ? SUCCESS : exit.result();
    }

    private void mainEnded(Command command, Exit exit) {
        lastMain = exit;
        String how = watchdogStop ? "watchdog" : judge(command, exit);
        switch (state) {
            case START -> mainEndedEarly(how);
            case START_POST, RELOAD, RELOAD_NOTIFY -> {
                note(how);
                if (control == null) {
                    enterRunning(how);
                }
            }
            case RUNNING -> {
                if (!config.exitByGroup || !how.equals(SUCCESS)) {
                    enterRunning(how);
                }
            }
            case STOP_WATCHDOG, STOP_SIGTERM, STOP_SIGKILL -> {
                note(how);
                if (control == null) {
                    enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
                }
            }
            case STOP, STOP_POST -> note(how);
            case FINAL_SIGTERM, FINAL_SIGKILL -> {
                note(how);
                finalCheck();
            }
            default -> { }
        }
    }

    private void mainEndedEarly(String how) {
        if (!config.type.equals("oneshot")) {
            enterSignal(ServiceState.STOP_SIGTERM, how.equals(SUCCESS) && !config.type.equals("exec") ? "protocol" : how);
        } else if (!how.equals(SUCCESS)) {
            enterSignal(ServiceState.STOP_SIGTERM, how);
        } else if (++index < config.commands.get(Commands.START).size()) {
            startMain(config.commands.get(Commands.START).get(index));
        } else {
            enterCommands(ServiceState.START_POST, Commands.START_POST);
        }
    }

    @Override void controlEnded(Command command, Exit exit) {
        String how = command.mayFail() || exit.clean(false, config.success) ? SUCCESS : exit.result();
        if (state == ServiceState.CONDITION && exit.normal() && exit.status() > 0 && exit.status() < 255 && !command.mayFail()) {
            skipped = true;
            engine.log(this, false, "is skipped: " + command.line() + " ended with " + exit.status());
            enterSignal(ServiceState.FINAL_SIGTERM, "exec-condition");
            return;
        }
        if (!how.equals(SUCCESS)) {
            engine.log(this, true, kind.key + "=" + command.line() + " failed: " + exit.text());
            lastMain = lastMain == null ? exit : lastMain;
        }
        boolean more = how.equals(SUCCESS) && kind != Commands.START && index + 1 < config.commands.get(kind).size() && !state.isFinal()
                && state != ServiceState.STOP_SIGTERM && state != ServiceState.STOP_SIGKILL;
        if (more) {
            index++;
            runControl();
            return;
        }
        switch (state) {
            case CONDITION -> {
                if (how.equals(SUCCESS)) {
                    enterCommands(ServiceState.START_PRE, Commands.START_PRE);
                } else {
                    enterSignal(ServiceState.FINAL_SIGTERM, how);
                }
            }
            case STOP_WATCHDOG, STOP_SIGTERM, STOP_SIGKILL -> {
                if (!mainAlive()) {
                    enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
                }
            }
            case FINAL_SIGTERM, FINAL_SIGKILL -> finalCheck();
            default -> afterControl(state, how);
        }
    }

    private void finalCheck() {
        if (!mainAlive() && control == null && (!config.kill.wholeGroup() || !group.filled)) {
            enterDead(SUCCESS, true);
        }
    }

    @Override public void emptied(Group of) {
        if (of != group) {
            return;
        }
        switch (state) {
            case START -> {
                if (config.type.equals("forking") && control == null && !mainAlive()) {
                    awaitPidFile();
                }
            }
            case RUNNING -> {
                if (!mainAlive()) {
                    lastMain = lastMain == null ? Exit.exited(0) : lastMain;
                    enterRunning(SUCCESS);
                }
            }
            case STOP_WATCHDOG, STOP_SIGTERM, STOP_SIGKILL -> {
                if (!mainAlive() && control == null) {
                    enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
                }
            }
            case FINAL_SIGTERM, FINAL_SIGKILL -> finalCheck();
            case DEAD, FAILED, AUTO_RESTART -> closeGroup(true);
            default -> { }
        }
    }

    @Override public void notified(long pid, String text) {
        notify.message(pid, text);
    }

    @Override public void groupFailed(String why) {
        engine.log(this, true, why);
    }

    @Override void timedOut() {
        timer = null;
        boolean kill = config.kill.finalKill();
        switch (state) {
            case CONDITION, START_PRE, START, START_POST -> {
                engine.log(this, true, "did not start in time");
                enterSignal(bySpeed(config.startFailureMode), "timeout");
            }
            case RUNNING -> enterStop("timeout");
            case RELOAD, RELOAD_NOTIFY -> {
                engine.log(this, true, "did not reload in time");
                if (control != null) {
                    signal(control.pid, Signals.KILL);
                    control = null;
                }
                reloadOutcome = "timeout";
                enterRunning(SUCCESS);
            }
            case STOP -> enterSignal(bySpeed(config.stopFailureMode), "timeout");
            case STOP_WATCHDOG, STOP_SIGTERM -> {
                engine.log(this, true, "did not stop in time" + (kill ? "; it is killed" : ""));
                if (kill) {
                    enterSignal(ServiceState.STOP_SIGKILL, "timeout");
                } else {
                    note("timeout");
                    enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
                }
            }
            case STOP_SIGKILL -> {
                note("timeout");
                enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
            }
            case STOP_POST -> enterSignal(ServiceState.FINAL_SIGTERM, "timeout");
            case FINAL_SIGTERM -> {
                if (kill) {
                    enterSignal(ServiceState.FINAL_SIGKILL, "timeout");
                } else {
                    enterDead("timeout", false);
                }
            }
            case FINAL_SIGKILL -> enterDead("timeout", false);
            case AUTO_RESTART -> {
                restarts++;
                engine.enqueue(this, JobType.RESTART, Units.Mode.REPLACE);
            }
            default -> { }
        }
    }

    private static ServiceState bySpeed(String mode) {
        return switch (mode) {
            case "kill" -> ServiceState.STOP_SIGKILL;
            case "abort" -> ServiceState.STOP_WATCHDOG;
            default -> ServiceState.STOP_SIGTERM;
        };
    }

    @Override long mainPid() {
        return mainPid > 0 ? mainPid : main == null ? 0 : main.pid;
    }

    @Override void describe(Map<String, String> properties) {
        super.describe(properties);
        if (config != null) {
            properties.put("Type", config.type);
            properties.put("Restart", config.restart);
            Optional.ofNullable(lastMain).ifPresent(e -> properties.put("ExecMainStatus", e.text()));
            notify.describe(properties);
        }
    }
}
