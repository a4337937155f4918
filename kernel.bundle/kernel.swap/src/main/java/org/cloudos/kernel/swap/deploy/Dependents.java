package org.cloudos.kernel.swap.deploy;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Who must be wired anew when bundles change.
 *
 * @param refresh what the framework is told to refresh: changed bundles that others are wired to
 * @param rewired all others that restart because of that
 * @param classes those of them that will see other classes
 */
record Dependents(Set<Bundle> refresh, Set<Bundle> rewired, Set<Bundle> classes) {
    private static final Set<String> CLASS_SPACE = Set.of(PackageNamespace.PACKAGE_NAMESPACE,
            BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE);

    /**
     * @param changed   bundles that are updated or removed
     * @param hostNames symbolic names of hosts that get a new fragment
     */
    static Dependents of(FrameworkWiring framework, Collection<Bundle> changed, Set<String> hostNames,
            List<Bundle> installed) {
        Set<Bundle> refresh = new LinkedHashSet<>();
        for (Bundle bundle : changed) {
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (wiring == null) continue;
            // An extender, too: it extends only those that are wired to its present revision.
            if (wiring.getProvidedWires(null).stream().anyMatch(w -> !bundle.equals(user(w)))) refresh.add(bundle);
            for (BundleWire wire : wiring.getRequiredWires(HostNamespace.HOST_NAMESPACE)) {
                refresh.add(bundle);
                refresh.add(wire.getProvider().getBundle());
            }
        }
        for (Bundle bundle : installed) {
            if (hostNames.contains(bundle.getSymbolicName()) && bundle.adapt(BundleWiring.class) != null) {
                refresh.add(bundle);
            }
        }
        Set<Bundle> rewired = new HashSet<>();
        if (!refresh.isEmpty()) rewired.addAll(framework.getDependencyClosure(refresh));
        rewired.removeAll(changed);
        Set<Bundle> classes = usersOfClasses(changed);
        classes.retainAll(rewired);
        return new Dependents(refresh, rewired, classes);
    }

    private static Set<Bundle> usersOfClasses(Collection<Bundle> changed) {
        Set<Bundle> found = new HashSet<>();
        Deque<Bundle> next = new ArrayDeque<>(changed);
        while (!next.isEmpty()) {
            BundleWiring wiring = next.pop().adapt(BundleWiring.class);
            if (wiring == null) continue;
            for (BundleWire wire : wiring.getProvidedWires(null)) {
                boolean shared = CLASS_SPACE.contains(wire.getCapability().getNamespace());
                if (shared && found.add(user(wire))) next.push(user(wire));
            }
        }
        return found;
    }

    private static Bundle user(BundleWire wire) {
        return wire.getRequirer().getBundle();
    }
}
