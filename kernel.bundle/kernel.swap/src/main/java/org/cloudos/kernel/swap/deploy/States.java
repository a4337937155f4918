package org.cloudos.kernel.swap.deploy;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.kernel.swap.HandOver;
import org.cloudos.kernel.swap.HandOver.State;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** The states that bundles hand over, in transit. Used by one thread at a time. */
final class States {
    private final BundleContext context;
    private final Duration limit;
    private final Map<String, State> taken = new LinkedHashMap<>();
    private final Set<Bundle> given = new HashSet<>();
    /** Got and not yet given back: else a component without other users would be thrown away with its state. */
    private final Map<ServiceReference<?>, HandOver> pinned = new HashMap<>();

    States(BundleContext context, Duration limit) {
        this.context = context;
        this.limit = limit;
    }

    /** Asks each of these bundles that has a {@link HandOver} for its state. */
    void take(List<Bundle> bundles, Watch watch) {
        for (Bundle bundle : bundles) {
            HandOver old = find(bundle);
            if (old == null) continue;
            String what = "handOver of " + bundle.getSymbolicName();
            watch.step(what, limit);
            State state = old.handOver();
            if (state == null) throw new IllegalStateException(what + " gave no state");
            taken.put(bundle.getSymbolicName(), state);
        }
    }

    /** Gives each its state, once. One that has no {@code HandOver} gets none. */
    void give(List<Bundle> bundles, Watch watch) {
        for (Bundle bundle : bundles) {
            State state = given.contains(bundle) ? null : taken.get(bundle.getSymbolicName());
            HandOver next = state == null ? null : find(bundle);
            if (next == null) continue;
            watch.step("takeOver of " + bundle.getSymbolicName(), limit);
            next.takeOver(state);
            given.add(bundle);
        }
    }

    /** The old versions are to get it again. */
    void giveAgain() {
        given.clear();
    }

    void unpin() {
        for (ServiceReference<?> reference : pinned.keySet()) context.ungetService(reference);
        pinned.clear();
    }

    private HandOver find(Bundle bundle) {
        try {
            for (ServiceReference<HandOver> r : context.getServiceReferences(HandOver.class, null)) {
                if (!bundle.equals(r.getBundle())) continue;
                HandOver service = context.getService(r);
                if (service != null) pinned.put(r, service);
                return service;
            }
            return null;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter was given", e);
        }
    }
}
