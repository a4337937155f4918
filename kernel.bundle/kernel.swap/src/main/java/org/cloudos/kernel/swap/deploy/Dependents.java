package org.cloudos.kernel.swap.deploy;

import java.util.Collection;
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
 * @param refresh what the framework is told to refresh: changed bundles whose classes others see
 * @param rewired all others that restart because of that
 */
record Dependents(Set<Bundle> refresh, Set<Bundle> rewired) {
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
            boolean seen = wiring.getProvidedWires(null).stream().anyMatch(w -> sharesClasses(w, bundle));
            if (seen) refresh.add(bundle);
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
        return new Dependents(refresh, rewired);
    }

    private static boolean sharesClasses(BundleWire wire, Bundle provider) {
        return CLASS_SPACE.contains(wire.getCapability().getNamespace())
                && !wire.getRequirer().getBundle().equals(provider);
    }
}
