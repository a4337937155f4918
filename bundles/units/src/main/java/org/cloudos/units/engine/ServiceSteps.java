package org.cloudos.units.engine;

import java.util.List;
import org.cloudos.units.engine.Processes.Running;
import org.cloudos.units.engine.ServiceConfig.Commands;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.UnitName;

/**
 * A service: programs that are started, watched and stopped. The states and what leads from one to the next are systemd's
 * (systemd.service(5)):
 *
 * <pre>
 * dead → condition → start-pre → start → start-post → running ⇄ reload
 *                                                       │ └─────→ exited (RemainAfterExit)
 *   auto-restart ← dead or failed ← final-* ← stop-post ← stop-* ← stop
 * </pre>
 */
abstract class ServiceSteps extends ProcessUnit {
    static final String SUCCESS = "success";
    static final long PID_FILE_ROUND = 20_000_000;

    ServiceConfig config;
    ServiceState state = ServiceState.DEAD;
    String outcome = SUCCESS;
    String reloadOutcome = SUCCESS;
    boolean forbidRestart;
    boolean watchdogStop;
    boolean skipped;
    int restarts;
    Commands kind;
    int index;
    Exit lastMain;
    Loop.Timer timer;
    Loop.Timer pidFileTimer;
    final ServiceNotify notify = new ServiceNotify(this);
    /** Sockets of the connection that an instance serves; taken by its first start. */
    List<Integer> connection = List.of();
    String peer = "";

    ServiceSteps(Engine engine, UnitName id) {
        super(engine, id);
    }

    /** The state's timer rings. */
    abstract void timedOut();

    /** A command other than the main process is over. */
    abstract void controlEnded(Command command, Exit exit);

    ServiceState state() {
        return state;
    }

    // From state to state

    void set(ServiceState to) {
        ServiceState from = state;
        if (to != from && !(to.starting() || to.ending() || to == ServiceState.RELOAD || to == ServiceState.RELOAD_NOTIFY)) {
            disarm();
        }
        state = to;
        if (to != from) {
            changed();
        }
    }

    void disarm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    /** One timer: what it means depends on the state when it rings. */
    void arm(long nanos) {
        disarm();
        if (nanos != ServiceConfig.FOREVER) {
            timer = engine.loop().after(nanos, this::timedOut);
        }
    }

    void enterCommands(ServiceState to, Commands which) {
        if (config.commands.get(which).isEmpty()) {
            afterControl(to, SUCCESS);
            return;
        }
        arm(to.ending() ? config.stopTimeout : config.startTimeout);
        set(to);
        begin(which);
    }

    void begin(Commands which) {
        kind = which;
        index = 0;
        runControl();
    }

    void runControl() {
        Command command = config.commands.get(kind).get(index);
        try {
            control = run(command, notify.environment(kind, lastMain, outcome), List.of("SYSTEMD_EXEC_PID"), List.of());
        } catch (RuntimeException e) {
            engine.log(this, true, e.getMessage());
            control = null;
            controlEnded(command, Exit.exited(e instanceof ExecSettings.ExecException x ? x.code : 203));
        }
    }

    void enterStart() {
        List<Command> commands = config.commands.get(Commands.START);
        arm(config.startTimeout);
        kind = Commands.START;
        index = 0;
        if (commands.isEmpty()) {
            set(ServiceState.START);
            enterCommands(ServiceState.START_POST, Commands.START_POST);
            return;
        }
        startMain(commands.getFirst());
    }

    void startMain(Command command) {
        List<Integer> sockets = connection.isEmpty() ? notify.sockets() : connection;
        Running process;
        try {
            process = run(command, notify.startEnvironment(sockets, peer), notify.pidNames(sockets), sockets);
        } catch (RuntimeException e) {
            engine.log(this, true, e.getMessage());
            set(ServiceState.START);
            lastMain = Exit.exited(e instanceof ExecSettings.ExecException x ? x.code : 203);
            enterSignal(ServiceState.STOP_SIGTERM, "exit-code");
            return;
        }
        connection.forEach(engine.processes()::close);
        connection = List.of();
        if (config.type.equals("forking")) {
            control = process;
        } else {
            main = process;
        }
        set(ServiceState.START);
    }

    /** A step is over, with its commands or without. */
    void afterControl(ServiceState of, String how) {
        boolean good = how.equals(SUCCESS);
        switch (of) {
            case CONDITION -> enterCommands(ServiceState.START_PRE, Commands.START_PRE);
            case START_PRE -> {
                if (good) {
                    enterStart();
                } else {
                    enterSignal(ServiceState.STOP_SIGTERM, how);
                }
            }
            case START -> { // the process of a forking service is done: its daemon runs, or will soon
                if (!good) {
                    enterSignal(ServiceState.STOP_SIGTERM, how);
                } else if (config.pidFile.isEmpty()) {
                    guessMain();
                    enterCommands(ServiceState.START_POST, Commands.START_POST);
                } else {
                    awaitPidFile();
                }
            }
            case START_POST -> {
                if (good) {
                    enterRunning(SUCCESS);
                } else {
                    enterStop(how);
                }
            }
            case RELOAD -> {
                reloadOutcome = how;
                enterRunning(SUCCESS);
            }
            case STOP -> enterSignal(ServiceState.STOP_SIGTERM, how);
            case STOP_POST -> enterSignal(ServiceState.FINAL_SIGTERM, how);
            default -> { }
        }
    }

    void awaitPidFile() {
        set(ServiceState.START);
        long pid = notify.readPidFile();
        if (pid > 0) {
            mainPid(pid);
            enterCommands(ServiceState.START_POST, Commands.START_POST);
        } else if (!group.filled) {
            engine.log(this, true, "its daemon ended without writing its PID file " + config.pidFile);
            enterSignal(ServiceState.STOP_SIGTERM, "protocol");
        } else {
            pidFileTimer = engine.loop().after(PID_FILE_ROUND, () -> {
                if (state == ServiceState.START && control == null) {
                    awaitPidFile();
                }
            });
        }
    }

    void mainPid(long pid) {
        mainPid = pid;
        engine.processes().watch(group, pid);
    }

    void guessMain() {
        if (config.guessMain) {
            notify.guessMain().ifPresent(this::mainPid);
        }
    }

    boolean mainAlive() {
        return main != null || mainPid > 0;
    }

    void enterRunning(String how) {
        note(how);
        if (!outcome.equals(SUCCESS)) {
            enterSignal(ServiceState.STOP_SIGTERM, outcome);
        } else if (mainAlive() || lastMain == null && group != null && group.filled && !config.type.equals("oneshot")
                || config.exitByGroup && group != null && group.filled) {
            set(ServiceState.RUNNING);
            arm(config.runtimeMost);
            notify.watchdog();
        } else if (config.remain) {
            set(ServiceState.EXITED);
        } else {
            enterStop(SUCCESS);
        }
    }

    void note(String how) {
        if (outcome.equals(SUCCESS)) {
            outcome = how;
        }
    }

    void enterStop(String how) {
        note(how);
        enterCommands(ServiceState.STOP, Commands.STOP);
    }

    void enterSignal(ServiceState to, String how) {
        note(how);
        ServiceState now = to;
        while (true) {
            boolean sent = group != null && sendSignals(now);
            if (sent) {
                arm(now == ServiceState.STOP_WATCHDOG ? config.abortTimeout : config.stopTimeout);
                set(now);
                return;
            }
            switch (now) {
                case STOP_WATCHDOG, STOP_SIGTERM, STOP_SIGKILL -> {
                    enterCommands(ServiceState.STOP_POST, Commands.STOP_POST);
                    return;
                }
                default -> {
                    enterDead(SUCCESS, true);
                    return;
                }
            }
        }
    }

    /** @return whether there is somebody whose end is to be waited for */
    boolean sendSignals(ServiceState to) {
        KillSettings kill = config.kill;
        boolean kills = to == ServiceState.STOP_SIGKILL || to == ServiceState.FINAL_SIGKILL;
        boolean restart = job != null && job.type == JobType.RESTART;
        int signal = kills ? kill.finalSignal() : to == ServiceState.STOP_WATCHDOG ? kill.watchdogSignal() : restart ? kill.restartSignal() : kill.signal();
        boolean known = mainAlive() || control != null;
        boolean whole = kill.mode().equals("control-group") || kill.mode().equals("mixed") && (kills || to == ServiceState.FINAL_SIGTERM && !known);
        if (kill.mode().equals("none")) {
            return false;
        }
        if (whole && group.filled) {
            signal(0, kill.mode().equals("mixed") && !known ? kill.finalSignal() : signal);
        } else {
            signalKnown(signal);
        }
        if (!kills && kill.hangUp()) {
            signalKnown(Signals.HUP);
        }
        return known || kill.wholeGroup() && group.filled;
    }

    void signalKnown(int signal) {
        if (main != null || mainPid > 0) {
            signal(mainPid > 0 ? mainPid : main.pid, signal);
        }
        if (control != null) {
            signal(control.pid, signal);
        }
    }

    void enterDead(String how, boolean mayRestart) {
        note(how);
        notify.close();
        main = null;
        mainPid = 0;
        control = null;
        boolean again = mayRestart && shallRestart();
        closeGroup(config.kill.wholeGroup());
        exec.stateFolders().clear(again);
        exec.sandbox().clear();
        notify.deletePidFile();
        boolean bad = !outcome.equals(SUCCESS) && !skipped;
        if (bad) {
            failed(outcome, lastMain == null || outcome.equals("timeout") ? outcome.equals("timeout") ? "it took too long" : "" : lastMain.text());
        } else {
            result(outcome);
        }
        if (again && !bad) {
            engine.log(this, false, "ended and is started again (Restart=" + config.restart + ")");
        } else if (again) {
            engine.log(this, true, "failed (" + outcome + (lastMain == null ? "" : ", " + lastMain.text()) + ") and is started again (Restart="
                    + config.restart + ")");
        }
        if (!again) {
            set(bad ? ServiceState.FAILED : ServiceState.DEAD);
            return;
        }
        set(ServiceState.AUTO_RESTART);
        arm(restartDelay());
    }

    /** Grows from the first to the longest delay in {@code RestartSteps=} steps, evenly on a logarithmic scale. */
    long restartDelay() {
        if (config.restartSteps == 0 || config.restartMostDelay <= config.restartDelay || config.restartMostDelay == ServiceConfig.FOREVER) {
            return config.restartDelay;
        }
        int step = Math.min(restarts, config.restartSteps);
        double ratio = (double) config.restartMostDelay / Math.max(1, config.restartDelay);
        return (long) (config.restartDelay * Math.pow(ratio, (double) step / config.restartSteps));
    }

    boolean shallRestart() {
        if (forbidRestart || engine.stopping() || skipped) {
            return false;
        }
        if (lastMain != null && lastMain.in(config.prevent)) {
            return false;
        }
        if (lastMain != null && lastMain.in(config.force)) {
            return true;
        }
        boolean good = outcome.equals(SUCCESS);
        return switch (config.restart) {
            case "always" -> true;
            case "on-success" -> good;
            case "on-failure" -> !good;
            case "on-abnormal" -> !good && !outcome.equals("exit-code");
            case "on-watchdog" -> outcome.equals("watchdog");
            case "on-abort" -> outcome.equals("signal") || outcome.equals("core-dump");
            default -> false;
        };
    }

    /** The service fell silent. */
    void watchdogExpired() {
        engine.log(this, true, "did not report to its watchdog in time");
        watchdogStop = true;
        enterSignal(ServiceState.STOP_WATCHDOG, "watchdog");
    }

    void startPost() {
        enterCommands(ServiceState.START_POST, Commands.START_POST);
    }

    void reloaded() {
        enterRunning(SUCCESS);
    }

    void stopping() {
        if (state == ServiceState.RUNNING) {
            note(SUCCESS);
            arm(config.stopTimeout);
            set(ServiceState.STOP_SIGTERM);
        }
    }

    void restartsCleared() {
        restarts = 0;
    }

    Running mainProcess() {
        return main;
    }

    Running controlProcess() {
        return control;
    }
}
