package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.BundleStore.Entry;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Change.Outcome;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.kernel.swap.DeploymentException.BadJar;
import org.cloudos.kernel.swap.DeploymentException.NotFound;
import org.cloudos.kernel.swap.DeploymentException.StoreFailed;
import org.cloudos.kernel.swap.DeploymentException.TakenBack;
import org.cloudos.kernel.swap.DeploymentException.Unresolvable;
import org.cloudos.kernel.swap.gate.Cost;
import org.cloudos.kernel.swap.gate.Gates;
import org.cloudos.kernel.swap.gate.Hold;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/** {@link Deployment}: prepares a change, has a {@link Transaction} do it, and keeps the record. */
final class Deployer implements Deployment {
    private static final System.Logger LOG = System.getLogger(Deployer.class.getName());
    private static final String EXTENDER = "osgi.extender", COMPONENTS = "osgi.component";
    private static final int MAX_ENTRIES = 100_000;
    private static final long MAX_BYTES = 4L << 30;

    private final BundleContext context;
    private final BundleStore store;
    private final Gates gates;
    private final DryResolve resolve;
    private final Inventory inventory;
    private final Limits limits;
    private final Clock clock;
    private final BooleanSupplier ending;
    private final JarCheck check = new JarCheck(MAX_ENTRIES, MAX_BYTES);
    private final ReentrantLock one = new ReentrantLock(true);

    Deployer(BundleContext context, BundleStore store, Gates gates, DryResolve resolve, ProfileList profile,
            Limits limits, Clock clock, BooleanSupplier ending) {
        this.context = context;
        this.store = store;
        this.gates = gates;
        this.resolve = resolve;
        this.inventory = new Inventory(context, store, profile);
        this.limits = limits;
        this.clock = clock;
        this.ending = ending;
    }

    /** A change that is prepared: what moves where, and the set that is to be good afterwards. */
    private record Plan(String kind, List<Move> moves, List<CheckedJar> jars, List<Entry> entries) { }

    @Override
    public Change deploy(List<Jar> jars, Options options, Consumer<String> watcher) throws DeploymentException {
        if (jars.isEmpty()) throw new NotFound("no jar was given");
        Consumer<String> progress = withoutFailures(watcher);
        one.lock();
        try {
            List<CheckedJar> checked = new ArrayList<>();
            try {
                for (Jar jar : jars) {
                    progress.accept("checking " + jar.name());
                    checked.add(check.check(jar));
                }
                Plan plan = plan(checked);
                return run(plan, options, progress, true);
            } catch (BadJar | Unresolvable | StoreFailed e) {
                record(change("deploy", checked.stream().map(this::step).toList(), Outcome.REFUSED, e.getMessage(),
                        new Cost(), List.of()));
                throw e;
            }
        } finally {
            one.unlock();
        }
    }

    @Override
    public Change rollback(String symbolicName, Options options, Consumer<String> watcher)
            throws DeploymentException {
        Consumer<String> progress = withoutFailures(watcher);
        one.lock();
        try {
            Entry current = store.good().find(symbolicName).orElseThrow(() -> new NotFound(symbolicName
                    + (inventory.find(symbolicName).isPresent() ? " has no earlier version: it was not deployed"
                            : " is not installed")));
            Optional<Entry> before = Versions.before(store.sets(), symbolicName);
            Plan plan = planBack(current, before);
            try {
                return run(plan, options, progress, false);
            } catch (BadJar | Unresolvable | StoreFailed e) {
                record(change("rollback", plan.moves().stream().map(Move::step).toList(), Outcome.REFUSED,
                        e.getMessage(), new Cost(), List.of()));
                throw e;
            }
        } finally {
            one.unlock();
        }
    }

    @Override
    public List<Change> history() {
        return store.changes();
    }

    /** Who watches may go away, as with a connection that is cut: the change goes on. */
    private static Consumer<String> withoutFailures(Consumer<String> watcher) {
        return line -> {
            try {
                watcher.accept(line);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "nobody hears: {0}", line);
            }
        };
    }

    // ---- preparing

    private Plan plan(List<CheckedJar> jars) throws BadJar, StoreFailed {
        Map<String, CheckedJar> byName = new HashMap<>();
        for (CheckedJar jar : jars) {
            CheckedJar twin = byName.put(jar.symbolicName(), jar);
            if (twin != null) {
                throw new BadJar(twin.name() + " and " + jar.name() + " are the same bundle " + jar.symbolicName(), null);
            }
        }
        List<Move> moves = new ArrayList<>();
        List<Entry> entries = new ArrayList<>(store.good().entries());
        for (CheckedJar jar : jars) {
            String version = jar.version().toString();
            Optional<Bundle> there = inventory.find(jar.symbolicName());
            moves.add(new Move(jar.symbolicName(), there.orElse(null), content(there),
                    new Content.Stored(version, store.file(jar.sha256()), jar.sha256())));
            entries.removeIf(e -> e.symbolicName().equals(jar.symbolicName()));
            entries.add(new Entry(jar.symbolicName(), version, jar.sha256()));
        }
        return new Plan("deploy", moves, jars, entries);
    }

    private Plan planBack(Entry current, Optional<Entry> before) throws DeploymentException {
        String name = current.symbolicName();
        Optional<Bundle> there = inventory.find(name);
        List<Entry> entries = new ArrayList<>(store.good().entries());
        entries.remove(current);
        before.ifPresent(entries::add);
        Content to = before.<Content>map(e -> new Content.Stored(e.version(), store.file(e.sha256()), e.sha256()))
                .orElseGet(() -> inventory.withoutSets(name));
        List<CheckedJar> jars = switch (to) {
            case Content.Stored s when !Files.isRegularFile(s.file()) -> throw new NotFound("the jar of " + name + " "
                    + s.version() + " is missing from the store");
            case Content.Stored s -> List.of(check.check(new Jar(name + " " + s.version(), s.file(), Optional.of(s.sha256()))));
            case Content.Profile p when p.file() != null && Files.isRegularFile(p.file()) ->
                List.of(check.check(new Jar(p.file().getFileName().toString(), p.file(), Optional.empty())));
            default -> List.of();
        };
        return new Plan("rollback", List.of(new Move(name, there.orElse(null), content(there), to)), jars, entries);
    }

    private Content content(Optional<Bundle> there) throws StoreFailed {
        if (there.isEmpty()) return new Content.Absent();
        try {
            return inventory.contentOf(there.get());
        } catch (IOException e) {
            throw new StoreFailed("the running " + there.get().getSymbolicName() + " could not be kept: "
                    + Words.of(e), e);
        }
    }

    // ---- doing

    private Change run(Plan plan, Options options, Consumer<String> progress, boolean put) throws DeploymentException {
        try {
            return prepare(plan, options, progress, put);
        } finally {
            plan.moves().forEach(m -> deleteCopy(m.from()));
        }
    }

    private Change prepare(Plan plan, Options options, Consumer<String> progress, boolean put) throws DeploymentException {
        Set<Bundle> going = new HashSet<>();
        Set<String> hosts = new HashSet<>();
        for (Move move : plan.moves()) if (move.bundle() != null) going.add(move.bundle());
        for (CheckedJar jar : plan.jars()) {
            if (jar.isFragment()) hosts.add(jar.headers().get("Fragment-Host").split(";", 2)[0].trim());
        }
        FrameworkWiring framework = context.getBundle(0).adapt(FrameworkWiring.class);
        Dependents dependents = Dependents.of(framework, going, hosts, inventory.installed());
        refuseOurselves(going, dependents);
        refuseAllComponents(dependents);
        progress.accept("resolving");
        boolean complete = !plan.jars().isEmpty() || plan.moves().getFirst().to() instanceof Content.Absent;
        if (complete) resolve.check(inventory.installed(), going, dependents.rewired(), plan.jars());
        if (put) store(plan.jars(), progress);
        begin(plan.entries());
        plan.moves().forEach(m -> progress.accept(m.toString()));
        List<Move> moves = new ArrayList<>(plan.moves());
        moves.addAll(detach(dependents));
        return execute(plan, moves, dependents, options, progress);
    }

    private List<Move> detach(Dependents dependents) {
        return inventory.onClassPath(dependents.classes()).stream().map(b -> {
            String version = b.getVersion().toString();
            return new Move(b.getSymbolicName(), b, new Content.Profile(version, true, null),
                    new Content.Detached(version));
        }).toList();
    }

    private Change execute(Plan plan, List<Move> moves, Dependents dependents, Options options, Consumer<String> progress)
            throws DeploymentException {
        Cost cost = new Cost();
        List<Change.Step> steps = plan.moves().stream().map(Move::step).toList();
        List<String> restarted = List.of();
        try (Hold hold = gates.hold(Transaction.affected(moves, dependents), cost)) {
            Transaction transaction = new Transaction(context, store, hold, cost, moves, dependents, options,
                    limits, progress, ending);
            restarted = transaction.restarted();
            transaction.run();
        } catch (Transaction.Failed e) {
            Change change = record(change(plan.kind(), steps, Outcome.TAKEN_BACK, e.getMessage(), cost, restarted));
            if (e.getCause() instanceof IOException io) {
                throw new StoreFailed("taken back, the store failed: " + e.getMessage(), io);
            }
            throw new TakenBack("taken back: " + e.getMessage(), e.getCause(), change);
        }
        progress.accept("committed");
        return record(change(plan.kind(), steps, Outcome.COMMITTED, "", cost, restarted));
    }

    /** This bundle's own code can't go on while it is replaced, nor can the framework's. */
    private void refuseOurselves(Set<Bundle> going, Dependents dependents) throws Unresolvable {
        Set<Bundle> all = new HashSet<>(going);
        all.addAll(dependents.rewired());
        all.addAll(dependents.refresh());
        for (Bundle bundle : all) {
            if (bundle.getBundleId() == 0 || bundle.equals(context.getBundle())) {
                throw new Unresolvable("this change would restart " + bundle.getSymbolicName()
                        + ", which can't be replaced while the system runs: put it into the profile");
            }
        }
    }

    /** With what runs the components all of them restart, their users too: services would end and doors shut. */
    private static void refuseAllComponents(Dependents dependents) throws Unresolvable {
        for (Bundle bundle : dependents.rewired()) {
            if (runsComponents(bundle)) {
                throw new Unresolvable("this change would restart " + dependents.rewired().size() + " bundles that share its classes, among them "
                        + bundle.getSymbolicName() + ", and with it the components of all others: put it into the profile");
            }
        }
    }

    private static boolean runsComponents(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        return wiring != null && wiring.getCapabilities(EXTENDER).stream()
                .anyMatch(c -> COMPONENTS.equals(c.getAttributes().get(EXTENDER)));
    }

    private void store(List<CheckedJar> jars, Consumer<String> progress) throws StoreFailed, BadJar {
        for (CheckedJar jar : jars) {
            progress.accept("storing " + jar.symbolicName() + " " + jar.version());
            String stored;
            try (InputStream in = Files.newInputStream(jar.file())) {
                stored = store.put(in);
            } catch (IOException e) {
                throw new StoreFailed(jar.name() + " could not be stored: " + Words.of(e), e);
            }
            if (!stored.equals(jar.sha256())) {
                throw new BadJar(jar.name() + " changed while it was read", null);
            }
        }
    }

    private void begin(List<Entry> entries) throws StoreFailed {
        try {
            store.begin(entries);
        } catch (IOException e) {
            throw new StoreFailed("the new set could not be stored: " + Words.of(e), e);
        }
    }

    // ---- the record

    private Change.Step step(CheckedJar jar) {
        String from = inventory.find(jar.symbolicName()).map(b -> b.getVersion().toString()).orElse("");
        return new Change.Step(jar.symbolicName(), from, jar.version().toString(), jar.sha256());
    }

    private Change change(String kind, List<Change.Step> steps, Outcome outcome, String reason, Cost cost,
            List<String> restarted) {
        long number = store.changes().stream().mapToLong(Change::number).max().orElse(0) + 1;
        Duration stall = cost.stall();
        return new Change(number, clock.instant(), kind, steps, outcome, reason, stall, cost.held(), cost.failed(),
                restarted);
    }

    private Change record(Change change) {
        try {
            store.record(change);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "change {0} is not in the log of changes: {1}", change.number(),
                    Words.of(e));
        }
        return change;
    }

    private static void deleteCopy(Content content) {
        if (!(content instanceof Content.Copy copy)) return;
        try {
            Files.deleteIfExists(copy.file());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "temporary copy stays: {0}", copy.file());
        }
    }
}
