package org.cloudos.commands;

import java.util.Arrays;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystems;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What bundles there are, and why. */
@Component(service = BundleCommands.class)
@GogoCommand(scope = "bundle", function = {"list", "why"})
public final class BundleCommands {
    /** A bundle. */
    public record Row(long id, Installed.State state, @Column("bundle") String symbolicName, String version,
            String subsystem, Installed.Origin origin, @Column(hidden = true) int startLevel,
            @Column(hidden = true) String name, @Column(hidden = true) String location) { }

    private final BundleContext context;
    private final Subsystems subsystems;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public BundleCommands(BundleContext context, @Reference Subsystems subsystems) {
        this.context = context;
        this.subsystems = subsystems;
    }

    /** All bundles. */
    @Descriptor("all bundles: state, version, subsystem, and whether the profile brought them or a deployment")
    @Example({"bundle:list", "bundle:list | grep -v ACTIVE", "bundle:list --json"})
    public Object list(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        Installed installed = new Installed(context);
        List<Row> rows = Arrays.stream(context.getBundles()).map(b -> row(installed, b)).toList();
        return Json.when(json, rows);
    }

    private Row row(Installed installed, Bundle bundle) {
        Object name = bundle.getHeaders("").get("Bundle-Name");
        return new Row(bundle.getBundleId(), Installed.state(bundle), bundle.getSymbolicName(),
                bundle.getVersion().toString(), subsystems.ofBundle(bundle.getBundleId()).map(Subsystem::name).orElse(""),
                installed.origin(bundle), bundle.adapt(BundleStartLevel.class).getStartLevel(),
                name == null ? "" : name.toString(), bundle.getLocation());
    }

    /** The reasons for one. */
    @Descriptor("why a bundle is here: who requires it, who uses its packages and services, what would break without it")
    @Example({"bundle:why org.cloudos.shell", "bundle:why org.apache.felix.scr --json"})
    public Object why(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("symbolic name or id") @Suggest(Suggest.Kind.BUNDLES) String bundle) {
        return Json.when(json, Why.of(context, new Installed(context).require(bundle)));
    }
}
