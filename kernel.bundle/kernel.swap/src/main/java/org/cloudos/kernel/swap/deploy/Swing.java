package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.gate.Hold;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Moves bundles to other contents, with their gates closed: stop, update or install or uninstall, refresh where
 * classes are shared, start. Used by one thread, once forward and perhaps once back.
 */
final class Swing {
    /** Location of what is deployed; the launcher's own for the profile's bundles. */
    static final String LOCATION = "cloudos:";
    /** Nobody waits for a bundle that is new: its start may take so much longer. */
    private static final int NEW = 6;

    private final BundleContext context;
    private final BundleStore store;
    private final Hold hold;
    private final Duration limit;
    /** Bundles that ran before, and so run again. */
    private final Set<Bundle> running = new HashSet<>();
    private final Map<Bundle, Set<Bundle>> users = new HashMap<>();
    private final List<Bundle> order;
    private final List<Bundle> installed = new ArrayList<>();

    /** Preconditions: all of them still run as they did before the change. */
    Swing(BundleContext context, BundleStore store, Hold hold, Duration limit, Set<Bundle> affected) {
        this.context = context;
        this.store = store;
        this.hold = hold;
        this.limit = limit;
        for (Bundle bundle : affected) {
            if (runs(bundle)) running.add(bundle);
            users.put(bundle, hold.usersOf(bundle));
        }
        order = List.copyOf(inOrder());
    }

    static boolean runs(Bundle bundle) {
        return bundle.getState() == Bundle.ACTIVE || bundle.getState() == Bundle.STARTING;
    }

    /** What was running before, in the order in which it is started: providers before their users. */
    List<Bundle> startOrder() {
        return order;
    }

    private List<Bundle> inOrder() {
        List<Bundle> rest = new ArrayList<>(running), found = new ArrayList<>();
        rest.sort(Comparator.comparingLong(Bundle::getBundleId));
        while (!rest.isEmpty()) {
            Bundle next = rest.stream().filter(b -> rest.stream()
                    .noneMatch(p -> p != b && users.getOrDefault(p, Set.of()).contains(b))).findFirst()
                    .orElse(rest.getFirst()); // users of each other: any order is as good
            rest.remove(next);
            found.add(next);
        }
        return found;
    }

    /** Bundles that the change installed. */
    List<Bundle> installed() {
        return List.copyOf(installed);
    }

    void stopAll(Watch watch) throws BundleException {
        for (Bundle bundle : startOrder().reversed()) stop(bundle, watch);
        for (Bundle bundle : installed) stop(bundle, watch);
    }

    private void stop(Bundle bundle, Watch watch) throws BundleException {
        if (!runs(bundle)) return;
        watch.step("stop of " + bundle.getSymbolicName(), limit);
        bundle.stop(Bundle.STOP_TRANSIENT);
    }

    /** Preconditions: all are stopped. */
    void move(List<Move> moves, Watch watch) throws BundleException, IOException {
        for (Move move : moves) {
            watch.step("update of " + move.symbolicName(), limit);
            boolean there = move.bundle() != null && move.bundle().getState() != Bundle.UNINSTALLED;
            if (there) move.to().putInto(move.bundle(), store);
            else if (move.to() instanceof Content.Stored stored) install(move, stored);
        }
    }

    private void install(Move move, Content.Stored stored) throws BundleException, IOException {
        store.overlay(move.symbolicName(), true);
        try (InputStream in = Files.newInputStream(stored.file())) {
            Bundle bundle = context.getBundle(0).getBundleContext().installBundle(LOCATION + move.symbolicName(), in);
            installed.add(bundle);
            hold.add(bundle);
        }
    }

    /** Has those wired anew that see classes of what changed. */
    void refresh(Set<Bundle> bundles, Watch watch) throws InterruptedException {
        if (bundles.isEmpty()) return;
        watch.step("refresh", limit);
        CountDownLatch done = new CountDownLatch(1);
        context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(bundles, e -> done.countDown());
        done.await();
    }

    /**
     * Starts what ran before, and what is new.
     *
     * @param started told of each, before the next one starts and perhaps calls it
     */
    void startAll(Watch watch, Consumer<Bundle> started) throws BundleException {
        for (Bundle bundle : installed) {
            if (isFragment(bundle)) continue;
            start(bundle, Bundle.START_ACTIVATION_POLICY, limit.multipliedBy(NEW), watch);
            started.accept(bundle);
        }
        for (Bundle bundle : startOrder()) {
            if (bundle.getState() != Bundle.UNINSTALLED && !isFragment(bundle)) {
                start(bundle, Bundle.START_ACTIVATION_POLICY | Bundle.START_TRANSIENT, limit, watch);
                started.accept(bundle);
            }
        }
    }

    private void start(Bundle bundle, int options, Duration most, Watch watch) throws BundleException {
        watch.step("start of " + bundle.getSymbolicName(), most);
        bundle.start(options);
    }

    static boolean isFragment(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
    }

    /** Way back: the contents that were there before, bundles of the change gone. Does what it can. */
    void moveBack(List<Move> moves, List<String> problems, Watch watch) {
        Map<String, Bundle> added = new HashMap<>();
        installed.forEach(b -> added.put(b.getSymbolicName(), b));
        installed.clear();
        for (Move move : moves.reversed()) {
            Bundle bundle = move.bundle() != null ? move.bundle() : added.get(move.symbolicName());
            if (bundle == null) continue;
            try {
                move(List.of(move.back(bundle)), watch);
            } catch (BundleException | IOException | IllegalStateException e) {
                problems.add(move.symbolicName() + " could not be put back: " + Words.of(e));
            }
        }
    }
}
