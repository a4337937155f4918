package org.cloudos.units.commands;

import java.time.Duration;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.units.UnitException;
import org.cloudos.units.Units;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Commands that change units. */
@Component(service = JobCommands.class)
@GogoCommand(scope = "svc", function = {"start", "stop", "restart", "reload", "isolate", "kill", "enable", "disable", "mask", "unmask", "resetfailed",
        "daemonreload"})
public final class JobCommands {
    private final Units units;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public JobCommands(@Reference Units units) {
        this.units = units;
    }

    private String run(Units.Action action, String[] names, Units.Mode mode, boolean now) throws UnitException, InterruptedException {
        need(names);
        if (now) {
            units.begin(action, List.of(names));
            return null;
        }
        List<Units.JobResult> results = units.run(action, List.of(names), mode);
        List<String> bad = results.stream().filter(r -> !r.done()).map(r -> r.unit() + ": " + r.type() + " " + r.result()
                + (r.reason().isEmpty() ? "" : ", " + Human.printable(r.reason()))).toList();
        if (!bad.isEmpty()) {
            throw new IllegalStateException(String.join("\n", bad) + "\nsvc:status UNIT and svc:logs UNIT tell more");
        }
        List<String> skipped = results.stream().filter(r -> r.result().equals("skipped") && !r.reason().isEmpty())
                .map(r -> r.unit() + " is skipped: " + Human.printable(r.reason())).toList();
        return skipped.isEmpty() ? null : String.join("\n", skipped);
    }

    private static void need(String[] names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("expected names of units, found none; svc:list shows them");
        }
    }

    /** How long it took until all were done. */
    public record Took(Duration took) { }

    /** Starts units. */
    @Descriptor("starts units, and waits until they are up; --time tells how long that took")
    @Example({"svc:start nginx", "svc:start --no-wait slow.service", "svc:start backup@home.service", "svc:start --time multi-user.target"})
    public Object start(@Parameter(names = "--time", presentValue = "true", absentValue = "false") @Descriptor("tell how long it took") boolean time,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Parameter(names = "--no-wait", presentValue = "true", absentValue = "false") @Descriptor("don't wait") boolean now,
            @Descriptor("units; without a type .service is meant") String... names) throws UnitException, InterruptedException {
        long begin = System.nanoTime();
        String said = run(Units.Action.START, names, Units.Mode.REPLACE, now);
        return time ? Json.when(json, new Took(Duration.ofNanos(System.nanoTime() - begin))) : said;
    }

    /** Stops units. */
    @Descriptor("stops units, and waits until they are down")
    @Example("svc:stop nginx redis-server")
    public String stop(@Parameter(names = "--no-wait", presentValue = "true", absentValue = "false") @Descriptor("don't wait") boolean now,
            @Descriptor("units") String... names) throws UnitException, InterruptedException {
        return run(Units.Action.STOP, names, Units.Mode.REPLACE, now);
    }

    /** Stops and starts units. */
    @Descriptor("stops and starts units, with those that depend on them")
    @Example("svc:restart nginx")
    public String restart(@Descriptor("units") String... names) throws UnitException, InterruptedException {
        return run(Units.Action.RESTART, names, Units.Mode.REPLACE, false);
    }

    /** Tells units to read their configuration again. */
    @Descriptor("tells units to read their configuration again; --or-restart restarts those that can't")
    @Example({"svc:reload nginx", "svc:reload --or-restart redis-server"})
    public String reload(@Parameter(names = "--or-restart", presentValue = "true",
            absentValue = "false") @Descriptor("restart what can't reload") boolean orRestart,
            @Descriptor("units") String... names) throws UnitException, InterruptedException {
        return run(orRestart ? Units.Action.RELOAD_OR_RESTART : Units.Action.RELOAD, names, Units.Mode.REPLACE, false);
    }

    /** Starts one unit and stops all that it does not need. */
    @Descriptor("starts a target and stops all that it does not need")
    @Example("svc:isolate rescue.target")
    public String isolate(@Descriptor("a unit with AllowIsolate=yes") String name) throws UnitException, InterruptedException {
        return run(Units.Action.START, new String[] {name}, Units.Mode.ISOLATE, false);
    }

    /** Sends a signal. */
    @Descriptor("sends a signal to all processes of a unit")
    @Example({"svc:kill --signal HUP nginx", "svc:kill -s 9 nginx"})
    public void kill(@Parameter(names = {"--signal", "-s"}, absentValue = "TERM") @Descriptor("its name or number") String signal,
            @Descriptor("a unit") String name) throws UnitException {
        units.kill(name, SignalWord.number(signal));
    }

    /** Makes units a part of every boot. */
    @Descriptor("makes units a part of every boot, as their sections [Install] say; --now starts them too")
    @Example("svc:enable --now nginx")
    public Object enable(@Parameter(names = "--now", presentValue = "true", absentValue = "false") @Descriptor("start them too") boolean now,
            @Descriptor("units") String... names) throws UnitException, InterruptedException {
        need(names);
        List<String> done = units.enable(List.of(names));
        if (now) {
            run(Units.Action.START, names, Units.Mode.REPLACE, false);
        }
        return lines(done);
    }

    /** The reverse of {@link #enable}. */
    @Descriptor("takes units out of the boot; --now stops them too")
    @Example("svc:disable --now nginx")
    public Object disable(@Parameter(names = "--now", presentValue = "true", absentValue = "false") @Descriptor("stop them too") boolean now,
            @Descriptor("units") String... names) throws UnitException, InterruptedException {
        need(names);
        List<String> done = units.disable(List.of(names));
        if (now) {
            run(Units.Action.STOP, names, Units.Mode.REPLACE, false);
        }
        return lines(done);
    }

    /** Makes units impossible to start. */
    @Descriptor("makes units impossible to start, by anybody")
    @Example("svc:mask cron")
    public Object mask(@Descriptor("units") String... names) throws UnitException {
        need(names);
        return lines(units.mask(List.of(names)));
    }

    /** The reverse of {@link #mask}. */
    @Descriptor("makes masked units possible to start again")
    @Example("svc:unmask cron")
    public Object unmask(@Descriptor("units") String... names) throws UnitException {
        need(names);
        return lines(units.unmask(List.of(names)));
    }

    private static String lines(List<String> done) {
        return done.isEmpty() ? "Nothing to change." : String.join("\n", done);
    }

    /** Forgets failures. */
    @Descriptor("forgets failures and start counters; without names those of all units")
    @Example("svc:resetfailed redis-server")
    public void resetfailed(@Descriptor("units") String... names) throws UnitException {
        units.resetFailed(List.of(names));
    }

    /** Reads all files again. */
    @Descriptor("reads all unit files again; what runs goes on")
    @Example("svc:daemonreload")
    public void daemonreload() {
        units.reloadFiles();
    }
}
