package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus;
import org.cloudos.units.Units;
import org.cloudos.units.file.UnitFolders;
import org.cloudos.units.process.Cgroups;
import org.cloudos.units.process.Spawn;

/** Units in a folder of their own, with the real {@code spawn}. */
final class TestUnits implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);
    private static final Map<String, String> BUILT_IN = Map.of("sysinit.target", "[Unit]\nDefaultDependencies=no\n", "basic.target",
            "[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n",
            "shutdown.target", "[Unit]\nDefaultDependencies=no\n", "timers.target", "[Unit]\nDefaultDependencies=no\n", "sockets.target",
                    "[Unit]\nDefaultDependencies=no\n",
            "paths.target", "[Unit]\nDefaultDependencies=no\n", "time-sync.target", "[Unit]\nDefaultDependencies=no\n");
    private static Path program;

    final Path folder;
    final TestWorld world;
    final Engine engine;
    private final Loop loop;
    private final Spawn spawn;
    private final Cgroups cgroups;
    private final Commander commander;
    private final Reports reports;

    TestUnits(Path folder, boolean groups) throws IOException, InterruptedException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("units"));
        boolean root = Files.isWritable(Path.of("/proc/1/oom_score_adj")) && System.getProperty("user.name").equals("root");
        cgroups = groups ? Cgroups.open("cloudos-test-" + ProcessHandle.current().pid() + "-" + folder.getFileName().toString().replaceAll("\\W", ""))
                .orElse(null) : null;
        world = new TestWorld(folder, cgroups, root);
        Engine[] later = new Engine[1];
        loop = new Loop(world::nanos, () -> later[0].settle());
        Spawn[] made = new Spawn[1];
        Path built = program();
        Processes processes = new Processes(world, loop, l -> made[0] = new Spawn(built, l));
        spawn = made[0];
        engine = new Engine(world, loop, processes, folders());
        later[0] = engine;
        commander = new Commander(engine);
        reports = new Reports(engine);
        loop.begin();
    }

    boolean hasGroups() {
        return cgroups != null;
    }

    /** Compiled once, as profiles do it. */
    static synchronized Path program() throws IOException, InterruptedException {
        if (program == null) {
            Path sources = Path.of(System.getProperty("cloudos.root", "../.."), "distro", "boot", "spawn").toAbsolutePath();
            Path to = Files.createTempDirectory("spawn");
            program = to.resolve("spawn");
            to.toFile().deleteOnExit();
            program.toFile().deleteOnExit();
            List<String> command = new ArrayList<>(List.of("gcc", "-static", "-O1", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", "-o",
                    program.toString()));
            try (Stream<Path> files = Files.list(sources)) {
                files.filter(f -> f.toString().endsWith(".c")).map(Path::toString).forEach(command::add);
            }
            Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(gcc.getInputStream().readAllBytes());
            if (gcc.waitFor() != 0) {
                throw new IOException(said);
            }
        }
        return program;
    }

    private UnitFolders folders() {
        return new UnitFolders(List.of(folder.resolve("units")), BUILT_IN);
    }

    void write(String name, String text) throws IOException {
        Path file = folder.resolve("units").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.replace("DIR", folder.toString()));
    }

    void load() {
        UnitFolders again = folders();
        ask(() -> {
            engine.reload(again);
            return true;
        });
    }

    <T> T ask(Loop.Question<T> question) {
        try {
            return loop.call(question);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Units.JobResult run(Units.Action action, String name) {
        return run(action, name, Units.Mode.REPLACE);
    }

    Units.JobResult run(Units.Action action, String name, Units.Mode mode) {
        List<CompletableFuture<Units.JobResult>> begun = ask(() -> commander.begin(action, List.of(name), mode));
        try {
            return begun.getFirst().get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(name + " " + status(name) + " " + world.log, e);
        }
    }

    List<CompletableFuture<Units.JobResult>> begin(Units.Action action, List<String> names) {
        return ask(() -> commander.begin(action, names, Units.Mode.REPLACE));
    }

    Units.JobResult start(String name) {
        return run(Units.Action.START, name);
    }

    Units.JobResult stop(String name) {
        return run(Units.Action.STOP, name);
    }

    String startTrouble(String name) {
        try {
            return ask(() -> {
                try {
                    commander.begin(Units.Action.START, List.of(name), Units.Mode.REPLACE);
                    return "";
                } catch (UnitException e) {
                    return e.reason() + " " + e.getMessage();
                }
            });
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    UnitStatus status(String name) {
        return ask(() -> reports.status(engine.unit(name)));
    }

    String state(String name) {
        UnitStatus s = status(name);
        return s.active() + "/" + s.sub();
    }

    Map<String, String> properties(String name) {
        return ask(() -> engine.unit(name).properties());
    }

    List<Units.Job> jobs() {
        return ask(reports::jobs);
    }

    Reports reports() {
        return reports;
    }

    Commander commander() {
        return commander;
    }

    void await(String what, BooleanSupplier holds) {
        long until = System.nanoTime() + LONG.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError(what + " did not come; log: " + world.log + " output: " + world.output);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    void awaitState(String name, String state) {
        await(name + " " + state, () -> state(name).equals(state));
    }

    /** Order in which units came to be active, or with false down. */
    List<String> order(boolean up) {
        Map<String, Boolean> seen = new HashMap<>();
        List<String> order = new ArrayList<>();
        world.events.forEach(e -> {
            if (up ? e.active().up() : e.active().down() && e.before() != e.active()) {
                if (seen.put(e.unit(), true) == null) {
                    order.add(e.unit());
                }
            }
        });
        return order;
    }

    @Override public void close() {
        ask(() -> {
            engine.stopAll();
            return true;
        });
        await("stop", () -> ask(engine::notDown).isEmpty());
        loop.close();
        spawn.close();
        if (cgroups != null) {
            cgroups.close();
        }
    }
}
