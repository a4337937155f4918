package org.cloudos.commands;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Puts bundles in, replaces them, takes them back. */
@Component(service = DeployCommands.class)
@GogoCommand(scope = "bundle", function = {"install", "swap", "rollback", "history"})
public final class DeployCommands {
    /** A change in a table. */
    public record Row(long number, Instant at, String kind, Change.Outcome outcome, List<String> bundles, Duration stall,
            long held, long failed, String reason) {
        static Row of(Change change) {
            return new Row(change.number(), change.at(), change.kind(), change.outcome(),
                    change.bundles().stream().map(DeployCommands::step).toList(), change.stall(), change.callsHeld(),
                    change.callsFailed(), change.reason());
        }
    }

    private final BundleContext context;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public DeployCommands(BundleContext context) {
        this.context = context;
    }

    /** Installs. */
    @Descriptor("puts bundles into the running system, with what they need: all of them, or none")
    @Example({"bundle:install /tmp/app.jar", "bundle:install https://host/app-1.0.jar",
        "bundle:install org.apache.commons:commons-csv:1.14.1"})
    public Object install(
            @Parameter(names = "--trial", absentValue = "5s") @Descriptor("how long their health is watched: 500ms, 5s, 1min") String trial,
            @Parameter(names = "--drain", absentValue = "5s") @Descriptor("how long calls under way may take to end") String drain,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("file, URL, or Maven coordinates group:artifact:version") @Suggest(Suggest.Kind.FILES) String[] source)
            throws Exception {
        if (source.length == 0) {
            throw new IllegalArgumentException("What is to be installed? A file, a URL or group:artifact:version");
        }
        Deployment.Options options = new Deployment.Options(Durations.parse("--trial", trial), Durations.parse("--drain", drain));
        return deploy(List.of(source), null, options, json);
    }

    /** Replaces. */
    @Descriptor("replaces a running bundle; callers wait meanwhile, and the old version returns when the new one is not healthy")
    @Example({"bundle:swap /tmp/greeter-1.1.jar", "bundle:swap greeter /tmp/greeter-1.1.jar --trial 10s"})
    public Object swap(
            @Parameter(names = "--trial", absentValue = "5s") @Descriptor("how long its health is watched") String trial,
            @Parameter(names = "--drain", absentValue = "5s") @Descriptor("how long calls under way may take to end") String drain,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the jar, or the bundle's symbolic name and then the jar")
            @Suggest({Suggest.Kind.BUNDLES, Suggest.Kind.FILES}) String[] source)
            throws Exception {
        if (source.length < 1 || source.length > 2) {
            throw new IllegalArgumentException("Expected a jar, or a bundle's symbolic name and a jar; found "
                    + source.length + " arguments");
        }
        String name = source.length == 2 ? new Installed(context).require(source[0]).getSymbolicName() : "";
        Deployment.Options options = new Deployment.Options(Durations.parse("--trial", trial), Durations.parse("--drain", drain));
        return deploy(List.of(source[source.length - 1]), name, options, json);
    }

    /**
     * Deploys.
     *
     * @param replaces null to install; else the bundle that the jar must replace, empty for any that is installed
     */
    private Object deploy(List<String> names, String replaces, Deployment.Options options, boolean json) throws Exception {
        Deployment deployment = service(Deployment.class, "deploys bundles (org.cloudos.kernel.swap)");
        Consumer<String> progress = progress(json);
        Path folder = Process.Utils.current().job().session().currentDir();
        try {
            return report(Undisturbed.call(() -> {
                try (Sources sources = new Sources(context, folder, progress)) {
                    List<Deployment.Jar> jars = new ArrayList<>();
                    for (String name : names) {
                        jars.addAll(sources.fetch(name));
                    }
                    if (replaces != null) {
                        Sources.requireReplaces(new Installed(context), jars.getFirst(), replaces);
                    }
                    return deployment.deploy(jars, options, progress);
                }
            }), json);
        } catch (DeploymentException.TakenBack e) {
            throw new IllegalStateException(e.getMessage() + costs(e.change()), e);
        }
    }

    /** Back to the version before. */
    @Descriptor("puts a bundle's version before back; one that was installed and never swapped is removed")
    @Example("bundle:rollback greeter")
    public Object rollback(
            @Parameter(names = "--drain", absentValue = "5s") @Descriptor("how long calls under way may take to end") String drain,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("symbolic name") @Suggest(Suggest.Kind.BUNDLES) String bundle) throws Exception {
        Deployment deployment = service(Deployment.class, "deploys bundles (org.cloudos.kernel.swap)");
        Consumer<String> progress = progress(json);
        Deployment.Options options = new Deployment.Options(Deployment.Options.DEFAULT.trial(), Durations.parse("--drain", drain));
        return report(Undisturbed.call(() -> deployment.rollback(bundle, options, progress)), json);
    }

    /** What was changed. */
    @Descriptor("all changes of the bundles, refused ones too: what, when, outcome, cost")
    @Example({"bundle:history", "bundle:history --json"})
    public Object history(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Change> changes = service(Deployment.class, "deploys bundles (org.cloudos.kernel.swap)").history();
        return json ? new Json(changes) : changes.stream().map(Row::of).toList();
    }

    private static Consumer<String> progress(boolean json) {
        PrintStream out = Process.Utils.current().out();
        return line -> {
            if (!json) {
                out.println("  " + Human.printable(line));
                out.flush();
            }
        };
    }

    private static Object report(Change change, boolean json) {
        if (json) {
            return new Json(change);
        }
        StringBuilder text = new StringBuilder("Change ").append(change.number()).append(": ")
                .append(switch (change.outcome()) {
                    case COMMITTED -> "done";
                    case TAKEN_BACK -> "taken back: " + change.reason();
                    case REFUSED -> "refused: " + change.reason();
                });
        change.bundles().forEach(step -> text.append("\n  ").append(step(step)));
        return text.append(costs(change)).toString();
    }

    private static String step(Change.Step step) {
        if (step.to().isEmpty()) {
            return step.symbolicName() + " " + step.from() + " removed";
        }
        return step.symbolicName() + " " + (step.from().isEmpty() ? step.to() + " installed" : step.from() + " -> " + step.to());
    }

    private static String costs(Change change) {
        if (change == null) {
            return "";
        }
        String restarted = change.restarted().isEmpty() ? "" : "; restarted: " + String.join(", ", change.restarted());
        return "\n  longest stall " + Human.duration(change.stall()) + ", calls held " + change.callsHeld()
                + ", calls failed " + change.callsFailed() + restarted;
    }

    private <S> S service(Class<S> type, String what) {
        ServiceReference<S> reference = context.getServiceReference(type);
        S service = reference == null ? null : context.getService(reference);
        if (service == null) {
            throw new IllegalStateException("Nothing in this profile " + what);
        }
        return service;
    }
}
