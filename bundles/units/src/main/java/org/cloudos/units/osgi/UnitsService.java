package org.cloudos.units.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.cloudos.units.Abilities;
import org.cloudos.units.Endpoint;
import org.cloudos.units.Finding;
import org.cloudos.units.UnitDetails;
import org.cloudos.units.UnitException;
import org.cloudos.units.UnitStatus;
import org.cloudos.units.Units;
import org.cloudos.units.engine.Commander;
import org.cloudos.units.engine.Engine;
import org.cloudos.units.engine.Loop;
import org.cloudos.units.engine.Reports;
import org.cloudos.units.engine.Verification;
import org.cloudos.units.file.UnitFolders;

/** The service: questions and requests go to the units' thread. Thread-safe. */
final class UnitsService implements Units {
    private static final int LAST_SIGNAL = 64;

    private final Engine engine;
    private final Loop loop;
    private final Commander commander;
    private final Reports reports;
    private final Enablement enablement;
    private final Supplier<UnitFolders> folders;
    private final Supplier<Abilities> abilities;
    private final String bootTarget;
    private volatile List<Endpoint> endpoints = List.of();

    UnitsService(Engine engine, Loop loop, Enablement enablement, Supplier<UnitFolders> folders, Supplier<Abilities> abilities, String bootTarget) {
        this.engine = engine;
        this.loop = loop;
        this.commander = new Commander(engine);
        this.reports = new Reports(engine);
        this.enablement = enablement;
        this.folders = folders;
        this.abilities = abilities;
        this.bootTarget = bootTarget;
    }

    /** An answer from the units' thread. */
    private <T> T ask(Loop.Question<T> question) throws UnitException {
        try {
            return loop.call(question);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case UnitException u -> throw new UnitException(u.reason(), u.getMessage(), u);
                case RuntimeException r -> throw r;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnitException(UnitException.Reason.IO, "interrupted before the units answered", e);
        }
    }

    private <T> T know(Loop.Question<T> question) {
        try {
            return ask(question);
        } catch (UnitException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    Reports reports() {
        return reports;
    }

    void endpoints(List<Endpoint> now) {
        endpoints = List.copyOf(now);
    }

    <T> T onLoop(Loop.Question<T> question) {
        return know(question);
    }

    @Override public List<UnitStatus> list() {
        return know(reports::list);
    }

    @Override public UnitDetails details(String name) throws UnitException {
        List<Endpoint> now = endpoints;
        return ask(() -> reports.details(engine.unit(name), now));
    }

    @Override public List<JobResult> run(Action action, List<String> names, Mode mode) throws UnitException, InterruptedException {
        List<CompletableFuture<JobResult>> futures = ask(() -> commander.begin(action, names, mode));
        List<JobResult> results = new ArrayList<>();
        for (CompletableFuture<JobResult> future : futures) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return results;
    }

    @Override public void begin(Action action, List<String> names) throws UnitException {
        ask(() -> commander.begin(action, names, Mode.REPLACE));
    }

    @Override public List<Job> jobs() {
        return know(reports::jobs);
    }

    @Override public List<Dependency> dependencies(String name, Direction direction) throws UnitException {
        return ask(() -> reports.dependencies(engine.unit(name.isEmpty() ? bootTarget : name), direction));
    }

    @Override public List<Blame> blame() {
        return know(reports::blame);
    }

    @Override public List<ChainLink> criticalChain(String name) throws UnitException {
        return ask(() -> reports.chain(engine.unit(name.isEmpty() ? bootTarget : name)));
    }

    @Override public List<String> enable(List<String> names) throws UnitException {
        return changed(enablement.enable(names, folders.get()));
    }

    @Override public List<String> disable(List<String> names) throws UnitException {
        return changed(enablement.disable(names, folders.get()));
    }

    @Override public List<String> mask(List<String> names) throws UnitException {
        return changed(enablement.mask(names));
    }

    @Override public List<String> unmask(List<String> names) throws UnitException {
        return changed(enablement.unmask(names));
    }

    private List<String> changed(List<String> what) {
        if (!what.isEmpty()) {
            reloadFiles();
        }
        return what;
    }

    @Override public void resetFailed(List<String> names) throws UnitException {
        ask(() -> {
            commander.resetFailed(names);
            return true;
        });
    }

    @Override public void kill(String name, int signal) throws UnitException {
        if (signal < 1 || signal > LAST_SIGNAL) {
            throw new IllegalArgumentException("signal: expected 1 to " + LAST_SIGNAL + ", found " + signal);
        }
        ask(() -> {
            commander.kill(name, signal);
            return true;
        });
    }

    @Override public void reloadFiles() {
        UnitFolders again = folders.get();
        know(() -> {
            engine.reload(again);
            return true;
        });
    }

    @Override public List<Finding> verify(String name) throws UnitException {
        return ask(() -> Verification.verify(engine, name));
    }

    @Override public List<UnitFile> files(String name) throws UnitException {
        UnitDetails details = details(name);
        List<UnitFile> files = new ArrayList<>();
        List<String> paths = new ArrayList<>();
        if (!details.path().isEmpty()) {
            paths.add(details.path());
        } else if (BuiltIn.units().containsKey(details.status().name())) {
            files.add(new UnitFile("", BuiltIn.units().get(details.status().name())));
        }
        paths.addAll(details.dropIns());
        for (String path : paths) {
            try {
                files.add(new UnitFile(path, Files.readString(Path.of(path), java.nio.charset.StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new UnitException(UnitException.Reason.IO, path + " can't be read: " + e.getMessage(), e);
            }
        }
        return files;
    }

    @Override public List<String> lastOutput(String name, int lines) throws UnitException {
        return ask(() -> reports.output(engine.unit(name), lines));
    }

    @Override public List<Endpoint> endpoints() {
        return endpoints;
    }

    @Override public Abilities abilities() {
        return abilities.get();
    }
}
