package org.cloudos.kernel.swap.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.service.EventListenerHook;
import org.osgi.framework.hooks.service.FindHook;
import org.osgi.framework.hooks.service.ListenerHook.ListenerInfo;

/**
 * Puts a gate before each service that can have one, hides the service itself from all but its provider, and the
 * gate from the provider: a bundle calls its own services directly.
 *
 * <p>Services that are there before this starts are left alone until they are registered again: who has seen them
 * would never hear that they went.
 */
public final class Gates implements FindHook, EventListenerHook, AllServiceListener {
    private final BundleContext context;
    private final Duration patience;
    /** The gate of each gated service, by the service itself. */
    private final Map<ServiceReference<?>, Gate> gates = new ConcurrentHashMap<>();
    /** Candidates that have none: no interface, or older than this. */
    private final Set<ServiceReference<?>> plain = ConcurrentHashMap.newKeySet();
    private final List<ServiceRegistration<?>> hooks = new ArrayList<>();
    private volatile boolean armed;
    private volatile Hold hold;

    /** @param patience how long a call waits at a closed gate before it fails */
    public Gates(BundleContext context, Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    /** Begins to gate what is registered from now on. */
    public void start() {
        context.addServiceListener(this);
        try {
            ServiceReference<?>[] older = context.getAllServiceReferences(null, null);
            for (ServiceReference<?> service : older == null ? new ServiceReference<?>[0] : older) {
                if (GatePolicy.candidate(service)) plain.add(service);
            }
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter was given", e);
        }
        armed = true;
        hooks.add(context.registerService(FindHook.class, this, null));
        hooks.add(context.registerService(EventListenerHook.class, this, null));
    }

    /**
     * Takes all gates away.
     *
     * @return the bundles whose services nobody was told of: they must be started again to be seen
     */
    public Set<Bundle> stop() {
        armed = false;
        hooks.forEach(ServiceRegistration::unregister);
        hooks.clear();
        context.removeServiceListener(this);
        Set<Bundle> hidden = new HashSet<>();
        for (Gate gate : List.copyOf(gates.values())) {
            hidden.add(gate.provider());
            gate.unregister();
        }
        gates.clear();
        return hidden;
    }

    /** Keeps the gates of these bundles, whatever becomes of the services behind, until the hold is released. */
    public Hold hold(Set<Bundle> bundles, Cost cost) {
        if (hold != null) throw new IllegalStateException("a change is under way");
        Hold held = new Hold(this, bundles, cost, patience);
        synchronized (this) {
            gates.values().stream().filter(g -> bundles.contains(g.provider())).forEach(held::add);
        }
        hold = held;
        return held;
    }

    void released(Hold over) {
        if (hold == over) hold = null;
    }

    /** How many services have a gate. */
    public int count() {
        return gates.size();
    }

    // ---- what bundles see

    @Override
    public void find(BundleContext finder, String name, String filter, boolean all,
            Collection<ServiceReference<?>> references) {
        if (!armed || references.isEmpty()) return;
        Bundle bundle = finder.getBundle();
        if (bundle.getBundleId() == 0 || bundle.equals(context.getBundle())) return;
        references.removeIf(service -> hidden(service, bundle));
    }

    private boolean hidden(ServiceReference<?> service, Bundle from) {
        Bundle provider = service.getBundle();
        if (context.getBundle().equals(provider)) return isGateOf(service, from);
        if (from.equals(provider) || !GatePolicy.candidate(service)) return false;
        // Between its registration and its gate's a service is hidden as well.
        return gates.containsKey(service) || !plain.contains(service);
    }

    private boolean isGateOf(ServiceReference<?> front, Bundle provider) {
        return front.getProperty(Gate.GATE_BUNDLE) != null && provider.getSymbolicName() != null
                && provider.getSymbolicName().equals(front.getProperty(Gate.GATE_BUNDLE));
    }

    @Override
    public void event(ServiceEvent event, Map<BundleContext, Collection<ListenerInfo>> listeners) {
        ServiceReference<?> service = event.getServiceReference();
        Bundle provider = service.getBundle(), self = context.getBundle();
        if (!armed || provider == null) return;
        if (self.equals(provider)) {
            if (service.getProperty(Gate.GATE_BUNDLE) == null) return;
            listeners.keySet().removeIf(c -> bundle(c).map(b -> isGateOf(service, b)).orElse(true));
        } else if (gates.containsKey(service) || event.getType() == ServiceEvent.REGISTERED && wantsGate(service)) {
            listeners.keySet().removeIf(c -> bundle(c)
                    .map(b -> !b.equals(self) && !b.equals(provider) && b.getBundleId() != 0).orElse(true));
        }
    }

    private static Optional<Bundle> bundle(BundleContext context) {
        try {
            return Optional.of(context.getBundle());
        } catch (IllegalStateException e) {
            return Optional.empty(); // stopped: hears nothing
        }
    }

    // ---- what becomes of services

    /** Decides for a new service, once: this hook is called before any listener. */
    private boolean wantsGate(ServiceReference<?> service) {
        if (plain.contains(service) || !GatePolicy.candidate(service)) return false;
        Optional<List<Class<?>>> interfaces = GatePolicy.interfaces(service);
        if (interfaces.isEmpty()) {
            plain.add(service);
            return false;
        }
        synchronized (this) {
            Hold held = hold;
            Gate gate = held == null ? null : held.orphanFor(service, interfaces.get());
            if (gate == null) gate = new Gate(service.getBundle(), interfaces.get());
            gate.attach(service);
            gates.put(service, gate);
        }
        return true;
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        ServiceReference<?> service = event.getServiceReference();
        Gate gate = gates.get(service);
        if (gate == null) {
            if (event.getType() == ServiceEvent.UNREGISTERING) plain.remove(service);
            else if (!armed && GatePolicy.candidate(service)) plain.add(service);
            return;
        }
        Hold held = hold;
        boolean kept = held != null && held.covers(gate.provider());
        switch (event.getType()) {
            case ServiceEvent.REGISTERED -> {
                if (kept) held.arrived(gate);
                if (gate.reference() == null) gate.register(context);
                else gate.follow();
            }
            case ServiceEvent.UNREGISTERING -> {
                if (kept) {
                    held.went(gate, service);
                } else {
                    gate.unregister();
                    gates.remove(service, gate);
                }
            }
            default -> gate.follow();
        }
    }

    /** Forgets a service that went while its gate was held. */
    void forget(ServiceReference<?> service) {
        gates.remove(service);
    }
}
