package org.cloudos.commands;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.BundleStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** The bundles of this system and where they come from. */
record Installed(BundleContext context) {
    /** What a bundle does. */
    enum State { UNINSTALLED, INSTALLED, RESOLVED, STARTING, STOPPING, ACTIVE, FRAGMENT }

    /** Who put it in. */
    enum Origin { PROFILE, DEPLOYED, SWAPPED }

    Bundle require(String symbolicName) {
        return find(symbolicName).orElseThrow(() -> new IllegalArgumentException(
                "No bundle " + symbolicName + " is installed." + near(symbolicName)));
    }

    Optional<Bundle> find(String symbolicName) {
        return Arrays.stream(context.getBundles())
                .filter(b -> symbolicName.equals(b.getSymbolicName()) || symbolicName.equals(Long.toString(b.getBundleId())))
                .findFirst();
    }

    private String near(String name) {
        List<String> similar = Arrays.stream(context.getBundles()).map(Bundle::getSymbolicName)
                .filter(n -> n != null && !name.isEmpty() && (n.contains(name) || n.endsWith("." + name))).limit(3).toList();
        return similar.isEmpty() ? " `bundle:list` shows all." : " Did you mean " + String.join(" or ", similar) + "?";
    }

    static State state(Bundle bundle) {
        if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) != null && bundle.getState() == Bundle.RESOLVED) {
            return State.FRAGMENT;
        }
        return switch (bundle.getState()) {
            case Bundle.UNINSTALLED -> State.UNINSTALLED;
            case Bundle.INSTALLED -> State.INSTALLED;
            case Bundle.RESOLVED -> State.RESOLVED;
            case Bundle.STARTING -> lazy(bundle) ? State.ACTIVE : State.STARTING;
            case Bundle.STOPPING -> State.STOPPING;
            default -> State.ACTIVE;
        };
    }

    /** A bundle that waits for its first class load is as good as active. */
    private static boolean lazy(Bundle bundle) {
        return String.valueOf(bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY)).startsWith(Constants.ACTIVATION_LAZY);
    }

    Origin origin(Bundle bundle) {
        ServiceReference<BundleStore> reference = context.getServiceReference(BundleStore.class);
        boolean stored = reference != null
                && context.getService(reference).good().find(bundle.getSymbolicName()).isPresent();
        boolean profile = bundle.getBundleId() == 0 || bundle.getLocation().startsWith("cloudos:")
                || bundle.getLocation().startsWith("reference:");
        return stored ? profile ? Origin.SWAPPED : Origin.DEPLOYED : profile ? Origin.PROFILE : Origin.DEPLOYED;
    }
}
