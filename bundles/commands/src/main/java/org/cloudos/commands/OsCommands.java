package org.cloudos.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Power;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The system as a whole. */
@Component(service = OsCommands.class)
@GogoCommand(scope = "os", function = {"status", "boottime", "memory", "subsystems", "poweroff", "reboot"})
public final class OsCommands {
    /** How long something has taken, as JSON and as a bar. */
    public record Step(String phase, @Column("at") Duration at, @Column("took") Duration took,
            @Column(value = "share", unit = Column.Unit.BAR) double share) { }

    private final BundleContext context;
    private final Boot boot;
    private final Subsystems subsystems;
    private final Power power;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public OsCommands(BundleContext context, @Reference Boot boot, @Reference Subsystems subsystems,
            @Reference Power power) {
        this.context = context;
        this.boot = boot;
        this.subsystems = subsystems;
        this.power = power;
    }

    /** The overview. */
    @Descriptor("the system at a glance: profile, readiness, memory, doors, subsystems")
    @Example({"os:status", "os:status --json"})
    public Object status(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, Status.of(context, boot, subsystems, Instant.now()));
    }

    /** The boot's phases. */
    @Descriptor("how long the boot took, phase by phase")
    @Example({"os:boottime", "os:boottime --json"})
    public Object boottime(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, steps(boot.phases()));
    }

    static List<Step> steps(List<Boot.Phase> phases) {
        List<Step> steps = new ArrayList<>();
        Duration before = Duration.ZERO;
        double total = phases.isEmpty() ? 1 : Math.max(1, phases.getLast().at().toNanos());
        for (Boot.Phase phase : phases) {
            Duration took = phase.at().minus(before);
            steps.add(new Step(phase.name(), phase.at(), took, took.toNanos() / total));
            before = phase.at();
        }
        return steps;
    }

    /** Memory of the machine and the JVM. */
    @Descriptor("memory of the machine, and what uses it; bytes in JSON")
    @Example({"os:memory", "os:memory --json"})
    public Object memory(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, Memory.now());
    }

    /** All subsystems. */
    @Descriptor("all subsystems with state, health and restarts")
    @Example({"os:subsystems", "os:subsystems --json"})
    public Object subsystems(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Subsystem> all = subsystems.list();
        return json ? new Json(all) : all.stream().map(s -> Status.Row.of(s, Instant.now())).toList();
    }

    /** Ends the system. */
    @Descriptor("stops everything in order and powers the machine off")
    @Example("os:poweroff")
    public String poweroff() {
        power.off();
        return "Powering off.";
    }

    /** Restarts the system. */
    @Descriptor("stops everything in order and starts again")
    @Example("os:reboot")
    public String reboot() {
        power.reboot();
        return "Restarting.";
    }
}
