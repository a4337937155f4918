package org.cloudos.units.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Command;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.file.Words;

/** What {@code [Service]} says; systemd.service(5). Spans of time are nanoseconds, {@code Long.MAX_VALUE} for ever. */
final class ServiceConfig {
    static final long FOREVER = Long.MAX_VALUE;
    private static final String SERVICE = "Service";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(90);
    private static final List<String> TYPES = List.of("simple", "exec", "forking", "oneshot", "dbus", "notify", "notify-reload", "idle");

    /** Which commands. */
    enum Commands {
        CONDITION("ExecCondition"), START_PRE("ExecStartPre"), START("ExecStart"), START_POST("ExecStartPost"), RELOAD("ExecReload"), STOP("ExecStop"),
        STOP_POST("ExecStopPost");

        final String key;

        Commands(String key) {
            this.key = key;
        }
    }

    final String type;
    final boolean remain;
    final Map<Commands, List<Command>> commands = new EnumMap<>(Commands.class);
    final String pidFile;
    final String restart;
    final long restartDelay;
    final long restartMostDelay;
    final int restartSteps;
    final long startTimeout;
    final long stopTimeout;
    final long abortTimeout;
    final long runtimeMost;
    final long watchdog;
    final String startFailureMode;
    final String stopFailureMode;
    final Exit.ExitSet success;
    final Exit.ExitSet prevent;
    final Exit.ExitSet force;
    final String notifyAccess;
    final boolean guessMain;
    final int reloadSignal;
    final boolean exitByGroup;
    final String memoryPolicy;
    final List<String> sockets;
    final KillSettings kill;
    final ExecSettings exec;
    final Resources resources;
    final String slice;
    final String fdNames;

    ServiceConfig(Unit unit, Settings s) {
        exec = new ExecSettings(unit, s, SERVICE);
        kill = KillSettings.read(s, SERVICE);
        resources = new Resources(unit.engine.world(), s, SERVICE);
        for (Commands kind : Commands.values()) {
            commands.put(kind, s.list(SERVICE, kind.key, v -> Command.parse(v, s.specifiers())));
        }
        type = type(s);
        remain = s.bool(SERVICE, "RemainAfterExit", false);
        String run = unit.engine.world().folders().run().toString();
        pidFile = s.get(SERVICE, "PIDFile", v -> {
            String path = s.specifiers().apply(v);
            String full = path.startsWith("/") ? Values.path(path) : Values.path(run + "/" + path);
            return full.startsWith("/var/run/") ? "/run/" + full.substring("/var/run/".length()) : full;
        }).orElse("");
        restart = s.word(SERVICE, "Restart", "no", List.of("no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"));
        restartDelay = nanos(s.span(SERVICE, "RestartSec", Duration.ofMillis(100)));
        restartMostDelay = nanos(s.get(SERVICE, "RestartMaxDelaySec", Values::span).orElse(Duration.ZERO));
        restartSteps = s.number(SERVICE, "RestartSteps", 0, 0, 1000);
        Optional<Duration> both = s.get(SERVICE, "TimeoutSec", Values::span);
        Optional<Duration> starting = s.get(SERVICE, "TimeoutStartSec", Values::span).or(() -> both);
        startTimeout = limit(starting.orElse(type.equals("oneshot") ? Values.FOREVER : DEFAULT_TIMEOUT));
        stopTimeout = limit(s.get(SERVICE, "TimeoutStopSec", Values::span).or(() -> both).orElse(DEFAULT_TIMEOUT));
        abortTimeout = s.get(SERVICE, "TimeoutAbortSec", Values::span).map(ServiceConfig::limit).orElse(stopTimeout);
        runtimeMost = limit(s.span(SERVICE, "RuntimeMaxSec", Values.FOREVER));
        watchdog = s.get(SERVICE, "WatchdogSec", Values::span).map(ServiceConfig::limit).orElse(FOREVER);
        List<String> modes = List.of("terminate", "abort", "kill");
        startFailureMode = s.word(SERVICE, "TimeoutStartFailureMode", "terminate", modes);
        stopFailureMode = s.word(SERVICE, "TimeoutStopFailureMode", "terminate", modes);
        success = exits(s, "SuccessExitStatus");
        prevent = exits(s, "RestartPreventExitStatus");
        force = exits(s, "RestartForceExitStatus");
        boolean notifies = type.startsWith("notify");
        String access = s.word(SERVICE, "NotifyAccess", "", List.of("none", "main", "exec", "all"));
        notifyAccess = access.isEmpty() || notifies && access.equals("none") ? notifies || watchdog != FOREVER ? "main" : "none" : access;
        guessMain = s.bool(SERVICE, "GuessMainPID", true);
        reloadSignal = s.get(SERVICE, "ReloadSignal", Signals::parse).orElse(Signals.HUP);
        exitByGroup = s.word(SERVICE, "ExitType", "main", List.of("main", "cgroup")).equals("cgroup");
        memoryPolicy = s.word(SERVICE, "OOMPolicy", delegates(s) ? "continue" : "stop", List.of("continue", "stop", "kill"));
        sockets = s.list(SERVICE, "Sockets", v -> Words.plain(v).stream().map(s.specifiers()).toList());
        slice = s.text(SERVICE, "Slice", "system.slice");
        fdNames = s.text(SERVICE, "FileDescriptorName", "");
        check(unit, s);
    }

    private String type(Settings s) {
        Optional<String> given = s.get(SERVICE, "Type", v -> {
            if (!TYPES.contains(v)) {
                throw new IllegalArgumentException("expected " + String.join(", ", TYPES) + ", found " + v);
            }
            return v;
        });
        if (given.isPresent()) {
            return given.get();
        }
        return s.has(SERVICE, "BusName") ? "dbus" : commands.get(Commands.START).isEmpty() ? "oneshot" : "simple";
    }

    /** A truth value, or the controllers that it is given. */
    private static boolean delegates(Settings s) {
        return s.get(SERVICE, "Delegate", v -> Values.tryBool(v).orElse(true)).orElse(false);
    }

    private Exit.ExitSet exits(Settings s, String key) {
        return Exit.ExitSet.parse(s.list(SERVICE, key, v -> {
            Exit.ExitSet.parse(Words.split(v));
            return Words.split(v);
        }));
    }

    private void check(Unit unit, Settings s) {
        int starts = commands.get(Commands.START).size();
        if (type.equals("dbus")) {
            throw new IllegalArgumentException("Type=dbus is not supported: there is no message bus whose names tell that the service is up;"
                    + " use Type=exec or Type=notify in a drop-in, with BusName= set to nothing");
        }
        if (starts == 0 && commands.get(Commands.STOP).isEmpty() && !(remain && type.equals("oneshot"))) {
            throw new IllegalArgumentException("expected ExecStart= or ExecStop=, found neither");
        }
        if (starts == 0 && !type.equals("oneshot")) {
            throw new IllegalArgumentException("expected ExecStart=, which only Type=oneshot can do without");
        }
        if (starts > 1 && !type.equals("oneshot")) {
            throw new IllegalArgumentException("expected one command in ExecStart=, found " + starts + "; only Type=oneshot can have more");
        }
        if (starts == 0 && !remain) {
            throw new IllegalArgumentException("expected RemainAfterExit=yes where there is no ExecStart=");
        }
        if (type.equals("oneshot") && (restart.equals("always") || restart.equals("on-success"))) {
            throw new IllegalArgumentException("expected another Restart= than " + restart + " for Type=oneshot, which ends by itself");
        }
        if (type.equals("forking") && pidFile.isEmpty()) {
            s.find(Severity.INFO, "Type", "forking without PIDFile=: the main process is guessed"
                    + (unit.engine.world().cgroups().isEmpty() ? ", which can't be done here without control groups" : ""));
        }
        if (!pidFile.isEmpty() && !Path.of(pidFile).startsWith("/run") && !Path.of(pidFile).startsWith(unit.engine.world().folders().run())) {
            s.find(Severity.INFO, "PIDFile", "it lies outside of /run, and may be that of another boot");
        }
    }

    static long nanos(Duration d) {
        return d.compareTo(Values.FOREVER) >= 0 ? FOREVER : d.toNanos();
    }

    /** Where 0 means no limit. */
    private static long limit(Duration d) {
        return d.isZero() ? FOREVER : nanos(d);
    }

    /** Whether a clean end by a signal counts as success: not for oneshot, which has no reason to be ended. */
    boolean daemon() {
        return !type.equals("oneshot");
    }
}
