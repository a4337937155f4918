package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment.Options;
import org.cloudos.kernel.swap.gate.Cost;
import org.cloudos.kernel.swap.gate.Hold;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * The part of a change that touches the system. The protocol:
 *
 * <pre>
 *   close gates, drain     a failure up to here opens the gates again, nothing else
 *   take states
 *   stop, move, refresh, start, wait for services, give states      a failure from here on: stop, move back,
 *   open gates                                                      refresh, start, give the same states, open
 *   trial
 *   commit the set         the change is done when this is on the medium
 * </pre>
 */
final class Transaction {
    /** Why it was taken back, and what could not be mended on the way. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final BundleContext context;
    private final BundleStore store;
    private final Hold hold;
    private final Cost cost;
    private final List<Move> moves;
    private final Dependents dependents;
    private final Options options;
    private final Limits limits;
    private final Consumer<String> progress;
    private final BooleanSupplier ending;
    private final Components components;
    private final States states;
    private final Swing swing;
    private final List<Bundle> affected;
    private boolean stopped; // so that only what was touched is taken back

    Transaction(BundleContext context, BundleStore store, Hold hold, Cost cost, List<Move> moves,
            Dependents dependents, Options options, Limits limits, Consumer<String> progress,
            BooleanSupplier ending) {
        this.context = context;
        this.store = store;
        this.hold = hold;
        this.cost = cost;
        this.moves = moves;
        this.dependents = dependents;
        this.options = options;
        this.limits = limits;
        this.progress = progress;
        this.ending = ending;
        this.components = new Components(context);
        this.states = new States(context, limits.state());
        this.affected = affected(moves, dependents).stream()
                .sorted(Comparator.comparingLong(Bundle::getBundleId)).toList();
        this.swing = new Swing(context, store, hold, limits.step(), new HashSet<>(affected));
    }

    static Set<Bundle> affected(List<Move> moves, Dependents dependents) {
        Set<Bundle> all = new HashSet<>(dependents.rewired());
        for (Move move : moves) {
            if (move.bundle() != null) all.add(move.bundle());
        }
        return all;
    }

    /** Bundles that restart though they are not changed. */
    List<String> restarted() {
        return dependents.rewired().stream().filter(affected::contains).map(Bundle::getSymbolicName).sorted().toList();
    }

    /**
     * Runs it to the commit.
     *
     * @throws Failed when it was taken back
     */
    void run() throws Failed {
        try {
            Map<Bundle, Set<String>> satisfied = new HashMap<>();
            for (Bundle bundle : affected) satisfied.put(bundle, components.satisfied(bundle));
            forward();
            progress.accept("on trial for " + seconds(options.trial()));
            Trial trial = new Trial(new Health(context), components, hold, cost, satisfied, ending);
            Optional<String> wrong = trial.watch(watched(), options.trial(), limits.step());
            // The system goes down: the set stays pending, and the next boot drops it.
            if (ending.getAsBoolean()) throw new Failed("the system was shut down during the trial", null);
            if (wrong.isPresent()) throw new Failed(wrong.get(), null);
            store.commit();
        } catch (InterruptedException e) {
            Failed taken = back(new Failed("it was interrupted", e));
            Thread.currentThread().interrupt();
            throw taken;
        } catch (Exception failure) {
            if (ending.getAsBoolean()) throw new Failed("the system was shut down", failure);
            throw back(failure);
        }
    }

    private void forward() throws Exception {
        Laps laps = new Laps();
        Watch watch = new Watch();
        watch.run(() -> {
            watch.step("drain", options.drain().plus(limits.step()));
            if (!hold.shut(options.drain())) {
                progress.accept("calls are still under way after " + seconds(options.drain()) + ": stopped all the same");
            }
            laps.lap("drain");
            hold.passing(() -> replace(laps, watch));
        });
        progress.accept("swapped in " + laps);
    }

    private Void replace(Laps laps, Watch watch) throws Exception {
        states.take(swing.startOrder(), watch);
        laps.lap("state");
        stopped = true;
        swing.stopAll(watch);
        laps.lap("stop");
        swing.move(moves, watch);
        laps.lap("update");
        swing.refresh(dependents.refresh(), watch);
        laps.lap("refresh");
        swing.startAll(watch, b -> states.give(List.of(b), watch));
        laps.lap("start");
        hold.dismissUninstalled();
        watch.step("the return of the services", limits.step().multipliedBy(2));
        List<String> missing = hold.awaitServices(limits.step());
        if (!missing.isEmpty()) throw new Failed("not offered any more: " + String.join(", ", missing), null);
        states.give(affected, watch);
        watch.step("activation", limits.step());
        List<String> dead = hold.takeAll();
        if (!dead.isEmpty()) throw new Failed("could not be activated: " + String.join(", ", dead), null);
        laps.lap("services and state");
        watch.step("", limits.step()); // throws when nobody waits for this thread any more
        hold.open();
        states.unpin();
        return null;
    }

    private List<Bundle> watched() {
        List<Bundle> all = new ArrayList<>(swing.startOrder());
        all.addAll(swing.installed());
        all.removeIf(b -> b.getState() == Bundle.UNINSTALLED || Swing.isFragment(b));
        return all;
    }

    /** Takes all back, and tells what was wrong. Each step is tried whatever became of the one before. */
    private Failed back(Exception failure) {
        String reason = Words.of(failure);
        progress.accept("taken back: " + reason);
        List<String> problems = Collections.synchronizedList(new ArrayList<>());
        if (stopped) {
            attempt(problems, w -> hold.shut(options.drain()));
            attempt(problems, swing::stopAll);
            attempt(problems, w -> swing.moveBack(moves, problems, w));
            attempt(problems, w -> swing.refresh(dependents.refresh(), w));
            hold.dismissUninstalled();
            states.giveAgain();
            attempt(problems, w -> swing.startAll(w, b -> states.give(List.of(b), w)));
            attempt(problems, w -> {
                w.step("the return of the services", limits.step().multipliedBy(2));
                for (String name : hold.awaitServices(limits.step())) problems.add(name + " did not come back");
            });
            attempt(problems, w -> states.give(affected, w));
            attempt(problems, w -> hold.takeAll());
        }
        hold.open();
        states.unpin();
        try {
            store.drop();
        } catch (IOException e) {
            problems.add("the pending set could not be dropped: " + Words.of(e));
        }
        return new Failed(problems.isEmpty() ? reason : reason + "; and " + String.join("; ", problems), failure);
    }

    private interface Step {
        void run(Watch watch) throws Exception;
    }

    private void attempt(List<String> problems, Step step) {
        Watch watch = new Watch();
        try {
            watch.run(() -> {
                watch.step("taking back", options.drain().plus(limits.step()));
                hold.passing(() -> {
                    step.run(watch);
                    return null;
                });
            });
        } catch (Exception e) {
            if (e instanceof InterruptedException) Thread.currentThread().interrupt();
            problems.add(Words.of(e));
        }
    }

    private static String seconds(Duration d) {
        return d.toMillis() % 1000 == 0 ? d.toSeconds() + " s" : d.toMillis() + " ms";
    }
}
