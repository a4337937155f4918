package org.cloudos.kernel.swap.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * The gates of some bundles while those are changed: closed and drained, left standing without a service behind,
 * given the services of the new revisions, and opened again.
 *
 * <p>Between {@link #shut} and {@link #open} no call gets through, but of threads that {@linkplain #passing pass}.
 * After {@code open} a service that goes closes its own gate, and one that comes back opens it.
 */
public final class Hold implements AutoCloseable {
    private final Gates gates;
    private final Set<Bundle> bundles;
    private final Cost cost;
    private final Duration patience;
    private final Set<Gate> held = new LinkedHashSet<>(); // guarded by this
    private final Set<Gate> orphans = new LinkedHashSet<>(); // without a service; guarded by this
    private final List<Gate> superseded = new ArrayList<>(); // guarded by this
    private Closure closure; // guarded by this; null while open

    Hold(Gates gates, Set<Bundle> bundles, Cost cost, Duration patience) {
        this.gates = gates;
        this.bundles = ConcurrentHashMap.newKeySet();
        this.bundles.addAll(bundles);
        this.cost = cost;
        this.patience = patience;
    }

    boolean covers(Bundle bundle) {
        return bundles.contains(bundle);
    }

    synchronized void add(Gate gate) {
        held.add(gate);
        gate.countFor(cost);
    }

    /** Adds a bundle that was installed under this hold. */
    public void add(Bundle bundle) {
        bundles.add(bundle);
    }

    /** The bundles among those held that use services of this one. */
    public synchronized Set<Bundle> usersOf(Bundle provider) {
        Set<Bundle> users = new HashSet<>();
        held.stream().filter(g -> g.provider().equals(provider)).forEach(g -> users.addAll(g.users()));
        users.retainAll(bundles);
        return users;
    }

    /**
     * Closes the gates, and waits for the calls that are under way.
     *
     * @return false when the time ran out with calls still under way
     */
    public boolean shut(Duration drain) {
        Closure closing;
        List<Gate> all;
        synchronized (this) {
            closing = closure = Closure.draining(cost, patience);
            all = List.copyOf(held);
            for (Gate gate : all) {
                Closure was = gate.closure();
                gate.close(closing);
                if (was != null) was.look(); // who waited there waits here
            }
        }
        return closing.drain(all, drain);
    }

    /** Runs something in this thread that may call through the closed gates: a bundle's start or stop. */
    public <T> T passing(Callable<T> work) throws Exception {
        Inside inside = Inside.current();
        Closure closing;
        synchronized (this) {
            closing = closure;
        }
        inside.pass(closing);
        try {
            return work.call();
        } finally {
            inside.pass(null);
        }
    }

    /** Takes the gates of bundles away that were uninstalled. */
    public void dismissUninstalled() {
        List<Gate> gone;
        synchronized (this) {
            if (orphans.isEmpty()) return;
            gone = orphans.stream().filter(g -> g.provider().getState() == Bundle.UNINSTALLED).toList();
            gone.forEach(orphans::remove);
            gone.forEach(held::remove);
        }
        gone.forEach(Gate::unregister);
    }

    /** Waits until each gate has a service behind it. Returns the names of those that have none. */
    public synchronized List<String> awaitServices(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!orphans.isEmpty()) {
            long left = end - System.nanoTime();
            if (left <= 0) break;
            wait(left / 1_000_000 + 1);
        }
        return missing();
    }

    /** Names of the gates that have no service behind. */
    public synchronized List<String> missing() {
        if (orphans.isEmpty()) return List.of();
        return orphans.stream().map(Gate::name).sorted().toList();
    }

    /** Gives all users the new services; returns the names of those that can't be activated. */
    public List<String> takeAll() {
        List<String> failed = new ArrayList<>();
        for (Gate gate : all()) {
            if (gate.raw() != null && !gate.takeAll()) failed.add(gate.name());
        }
        return failed;
    }

    /** Lets the callers go on. Gates without a service stay closed. */
    public void open() {
        Closure was;
        synchronized (this) {
            was = closure;
            closure = null;
            for (Gate gate : held) {
                if (!orphans.contains(gate)) gate.close(null);
                else if (gate.closure() == was) gate.close(Closure.closed(cost, patience));
            }
        }
        if (was != null) was.look();
    }

    /** Ends the hold: gates without a service go. */
    @Override
    public void close() {
        gates.released(this);
        open();
        List<Gate> gone;
        synchronized (this) {
            gone = new ArrayList<>(orphans);
            gone.addAll(superseded);
            held.forEach(g -> g.countFor(null));
            orphans.clear();
            superseded.clear();
            held.clear();
        }
        gone.forEach(Gate::unregister);
    }

    private synchronized List<Gate> all() {
        return List.copyOf(held);
    }

    // ---- told by Gates

    /**
     * The gate that waits for this service, taken out of those that wait. Null when there is none; one with older
     * classes of the same names then goes, as its users have restarted.
     */
    synchronized Gate orphanFor(ServiceReference<?> service, List<Class<?>> classes) {
        Gate best = null, older = null;
        for (Gate gate : orphans) {
            if (gate.isOlderThan(service.getBundle(), classes)) older = gate;
            else if (gate.fits(service.getBundle(), classes)
                    && (best == null || gate.likeness(service) > best.likeness(service))) best = gate;
        }
        if (best != null) {
            orphans.remove(best);
        } else if (older != null) {
            orphans.remove(older);
            held.remove(older);
            superseded.add(older);
        }
        notifyAll();
        return best;
    }

    /** A service is behind its gate, the gate's own registration still to come if it is new. */
    void arrived(Gate gate) {
        boolean open;
        List<Gate> old;
        synchronized (this) {
            if (held.add(gate)) gate.countFor(cost);
            open = closure == null;
            Closure was = gate.closure();
            if (!open && was != closure) {
                gate.close(closure);
                if (was != null) was.look(); // who waited there waits here
            }
            old = List.copyOf(superseded);
            superseded.clear();
        }
        for (Gate gone : old) gone.unregister();
        if (open && gate.closure() != null) {
            gate.takeAll();
            gate.open();
        }
    }

    /** The service behind a gate goes; the gate stays. */
    void went(Gate gate, ServiceReference<?> service) {
        synchronized (this) {
            if (gate.closure() == null) gate.close(Closure.closed(cost, patience));
            orphans.add(gate);
            notifyAll();
        }
        gates.forget(service);
        gate.detach();
    }
}
