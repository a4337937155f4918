package org.cloudos.units.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cloudos.journal.Journal;
import org.cloudos.units.Abilities;
import org.cloudos.units.Endpoint;
import org.cloudos.units.UnitDetails;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitListener;
import org.cloudos.units.Units;
import org.cloudos.units.engine.Engine;
import org.cloudos.units.engine.Loop;
import org.cloudos.units.engine.Processes;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.process.Cgroups;
import org.cloudos.units.process.Spawn;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Brings the units up with the system, and down with it. */
@Component(immediate = true, service = {}, configurationPid = "org.cloudos.units")
@Designate(ocd = UnitsComponent.Config.class)
public final class UnitsComponent {
    private static final List<Path> SYSTEM = List.of(Path.of("/etc/systemd/system"), Path.of("/run/systemd/system"), Path.of("/usr/local/lib/systemd/system"),
            Path.of("/usr/lib/systemd/system"), Path.of("/lib/systemd/system"));
    private static final long LOOK_MS = 10_000;
    private static final long SETTLE_MS = 700;
    private static final long LEFT_FOR_OTHERS = 5;

    /** Settings. */
    @ObjectClassDefinition(name = "Services and units", description = "Where units are read from, and what is started with the system")
    public @interface Config {
        @AttributeDefinition(name = "Folders", description = "Further folders of unit files, the strongest first; a booted system also reads those of systemd")
        String[] folders() default {};

        @AttributeDefinition(name = "Target",
                description = "What is started with the system; empty: default.target where there is one, else multi-user.target; none: nothing")
        String target() default "";

        @AttributeDefinition(name = "Stop limit",
                description = "Seconds that all units together may take to stop with the system; then they are killed", min = "1", max = "3600")
        int stop_seconds() default 15;
    }

    private volatile Config config;
    private final BundleContext context;
    private final Output output;
    private final SystemWorld world;
    private final Loop loop;
    private final Engine engine;
    private final Spawn spawn;
    private final UnitsService service;
    private final Failures failures;
    private final Path data;
    private final boolean booted;
    private final Path program;
    private ServiceRegistration<Units> registration; // set once, by begin
    private final Map<Endpoint, ServiceRegistration<Endpoint>> published = new HashMap<>(); // used by the watcher's thread alone
    private final Thread watcher;
    private final java.util.concurrent.Semaphore changes = new java.util.concurrent.Semaphore(0);

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<UnitListener> listeners = new java.util.concurrent.CopyOnWriteArrayList<>();

    /** Made by Declarative Services. */
    @Activate
    public UnitsComponent(BundleContext context, Config config, @Reference(service = LoggerFactory.class) Logger log) {
        this.context = context;
        this.config = config;
        this.output = new Output(log);
        this.booted = ProcessHandle.current().parent().map(p -> p.pid() == 1).orElse(false) && Files.isDirectory(Path.of("/run/cloudos"));
        this.data = Path.of(property("cloudos.data", System.getProperty("java.io.tmpdir")));
        this.program = Path.of(property("cloudos.units.spawn", Path.of(property("cloudos.home", "."), "bin", "spawn").toAbsolutePath().toString()));
        String name = booted ? "cloudos" : "cloudos-" + Integer.toHexString(data.toString().hashCode());
        this.world = new SystemWorld(data, booted, name, new FrameworkBundles(context), output);
        Engine[] later = new Engine[1];
        this.loop = new Loop(world::nanos, () -> later[0].settle());
        Spawn[] made = new Spawn[1];
        Processes processes = new Processes(world, loop, listener -> made[0] = new Spawn(program, listener));
        this.spawn = made[0];
        this.engine = new Engine(world, loop, processes, folders());
        later[0] = engine;
        Path links = data.resolve("units");
        Enablement enablement = new Enablement(links, booted ? List.of(Path.of("/etc/systemd/system")) : List.of(), world.facts());
        String target = target();
        this.service = new UnitsService(engine, loop, enablement, this::folders, this::abilities, target.equals("none") ? "multi-user.target" : target);
        this.failures = new Failures(data.resolve("units").resolve("failures"));
        world.listen(event -> {
            changes.release();
            listeners.forEach(l -> l.changed(event));
        });
        this.watcher = Thread.ofVirtual().name("units: watcher").unstarted(this::watch);
    }

    /** When the journal is there, if there is one. */
    @Activate
    void begin() {
        String target = target();
        loop.begin();
        registration = context.registerService(Units.class, service, new Hashtable<>(Map.of("target", target)));
        watcher.start();
        start(target);
    }

    /** New settings: folders are read again; what runs goes on. */
    @Modified
    void modified(Config now) {
        config = now;
        service.reloadFiles();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindJournal(Journal journal) {
        output.journal(journal);
    }

    void unbindJournal(Journal journal) {
        output.journal(null);
    }

    private String property(String key, String absent) {
        String value = context.getProperty(key);
        return value == null || value.isBlank() ? absent : value;
    }

    private List<Path> paths() {
        List<Path> all = new ArrayList<>(List.of(data.resolve("units")));
        Stream.of(config.folders()).filter(f -> !f.isBlank()).map(Path::of).forEach(all::add);
        Stream.of(property("cloudos.units.path", "").split(":")).filter(f -> !f.isBlank()).map(Path::of).forEach(all::add);
        if (booted) {
            SYSTEM.stream().filter(f -> !Files.isSymbolicLink(f) && !Files.isSymbolicLink(Path.of("/lib")) || !f.startsWith("/lib")).forEach(all::add);
        }
        return all;
    }

    private UnitFolders folders() {
        return new UnitFolders(paths(), BuiltIn.units());
    }

    private String target() {
        String wanted = config.target().isBlank() ? property("cloudos.units.target", "") : config.target();
        return !wanted.isBlank() ? wanted : folders().names().contains("default.target") ? "default.target" : "multi-user.target";
    }

    private Abilities abilities() {
        boolean there = Files.isExecutable(program);
        String tracking = !there ? "none" : world.cgroups().isPresent() ? "cgroup" : "tree";
        List<String> reasons = new ArrayList<>();
        if (!there) {
            reasons.add("the program " + program + " is not there: it is compiled when a profile is assembled, which needs gcc and libc6-dev");
        }
        if (world.cgroups().isEmpty()) {
            reasons.add("there are no control groups of version 2 that this process may use: limits do not hold");
        }
        List<String> missing = world.cgroups().map(Cgroups::missing).orElse(List.of());
        if (!missing.isEmpty()) {
            reasons.add("the control group that this system runs in gives ours no " + String.join(", ", missing)
                    + ": limits that need them do not hold, and svc:status says so of each");
        }
        if (!world.privileged()) {
            reasons.add("this system does not run as root: services run as its user, without namespaces of their own");
        }
        return new Abilities(tracking, String.join("; ", reasons), world.cgroups().map(Cgroups::controllers).orElse(List.of()), world.privileged(),
                paths().stream().map(Path::toString).toList());
    }

    private void start(String target) {
        Map<String, UnitDetails.Failure> earlier = failures.load();
        loop.post(() -> earlier.forEach((name, failure) -> {
            try {
                engine.unit(name).remember(failure);
            } catch (UnitException e) {
                // a unit that is gone
            }
        }));
        if (target.equals("none")) {
            return;
        }
        loop.post(() -> {
            try {
                new org.cloudos.units.engine.Commander(engine).begin(Units.Action.START, List.of(target), Units.Mode.REPLACE);
            } catch (UnitException e) {
                output.log(target, true, "is not started: " + e.getMessage());
            }
        });
    }

    // What listens where, and what failed

    private void watch() {
        try {
            while (true) {
                boolean changed = changes.tryAcquire(LOOK_MS, java.util.concurrent.TimeUnit.MILLISECONDS);
                if (changed) {
                    Thread.sleep(SETTLE_MS); // a service that just started listens soon
                    changes.drainPermits();
                }
                look();
            }
        } catch (InterruptedException | IllegalStateException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        List<Endpoint> now = Listeners.find(service.onLoop(service.reports()::held));
        service.endpoints(now);
        List.copyOf(published.keySet()).stream().filter(e -> !now.contains(e)).forEach(e -> published.remove(e).unregister());
        for (Endpoint endpoint : now) {
            published.computeIfAbsent(endpoint, e -> context.registerService(Endpoint.class, e, new Hashtable<>(Map.of(Endpoint.UNIT, e.unit(),
                    Endpoint.PROTOCOL, e.protocol(), Endpoint.ADDRESS, e.address(), Endpoint.PORT, e.port(), Endpoint.HEALTH, e.health()))));
        }
        keepFailures();
    }

    private void keepFailures() {
        Map<String, UnitDetails.Failure> all = new java.util.TreeMap<>();
        service.onLoop(() -> {
            engine.units().forEach(u -> u.failure().ifPresent(f -> all.put(u.id().toString(), f)));
            return true;
        });
        try {
            failures.save(all);
        } catch (IOException e) {
            output.log("", true, "failures can't be kept: " + e.getMessage());
        }
    }

    /** Stops all in order, within the limit; then whatever is left is killed. */
    @Deactivate
    void close() throws InterruptedException {
        watcher.interrupt();
        watcher.join(Duration.ofSeconds(2));
        registration.unregister();
        long limit = Long.getLong("cloudos.stop.limit", 20) - LEFT_FOR_OTHERS;
        long seconds = Math.max(1, Math.min(config.stop_seconds(), limit));
        long until = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        service.onLoop(() -> {
            engine.stopAll();
            return true;
        });
        List<String> left = service.onLoop(engine::notDown);
        while (!left.isEmpty() && System.nanoTime() < until) {
            Thread.sleep(10);
            left = service.onLoop(engine::notDown);
        }
        if (!left.isEmpty()) {
            output.log("", true, "did not stop within " + seconds + " s and are killed: " + String.join(", ", left));
        }
        keepFailures();
        loop.close();
        spawn.close();
        world.cgroups().ifPresent(Cgroups::close);
        try {
            Files.deleteIfExists(world.folders().sockets());
        } catch (IOException e) {
            // somebody else's file in it
        }
        published.values().forEach(r -> {
            try {
                r.unregister();
            } catch (IllegalStateException e) {
                // the framework took it already
            }
        });
    }
}
