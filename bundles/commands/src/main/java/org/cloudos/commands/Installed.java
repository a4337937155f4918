package org.cloudos.commands;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.cloudos.kernel.swap.BundleStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** The bundles of this system and where they come from. */
final class Installed {
    /** What a bundle does. */
    enum State { UNINSTALLED, INSTALLED, RESOLVED, STARTING, STOPPING, ACTIVE, FRAGMENT }

    /** Who put it in. */
    enum Origin { PROFILE, DEPLOYED, SWAPPED }

    private static final int BSN = 3; // level, kind, file, symbolic name, version
    private final BundleContext context;
    private Set<String> profile;

    Installed(BundleContext context) {
        this.context = context;
    }

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

    /** Symbolic names of the profile's bundles, from the list that the assembler made. */
    private Set<String> profile() {
        if (profile == null) {
            profile = readProfile();
        }
        return profile;
    }

    private Set<String> readProfile() {
        try {
            String home = String.valueOf(context.getProperty("cloudos.home"));
            return Files.readAllLines(Path.of(home, "bundles.list")).stream().map(line -> line.split("\t"))
                    .filter(fields -> fields.length > BSN).map(fields -> fields[BSN]).collect(Collectors.toSet());
        } catch (IOException e) {
            return Set.of();
        }
    }

    /** A bundle that waits for its first class load is as good as active. */
    private static boolean lazy(Bundle bundle) {
        return String.valueOf(bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY)).startsWith(Constants.ACTIVATION_LAZY);
    }

    Origin origin(Bundle bundle) {
        ServiceReference<BundleStore> reference = context.getServiceReference(BundleStore.class);
        boolean stored = reference != null
                && context.getService(reference).good().find(bundle.getSymbolicName()).isPresent();
        boolean profile = bundle.getBundleId() == 0 || profile().contains(bundle.getSymbolicName());
        return stored ? profile ? Origin.SWAPPED : Origin.DEPLOYED : profile ? Origin.PROFILE : Origin.DEPLOYED;
    }
}
