package org.cloudos.commands;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/** Who needs whom, as wired now: packages and other capabilities, and services, through gates too. */
final class Uses {
    /**
     * One bundle needs another.
     *
     * @param what      the package, capability or service
     * @param mandatory the user can't be resolved without it; services can be waited for
     */
    record Use(Bundle user, Bundle provider, String kind, String what, boolean mandatory) { }

    private static final String GATE = "cloudos.gate";
    private static final String GATE_BUNDLE = "cloudos.gate.bundle";
    private final List<Use> all = new ArrayList<>();

    Uses(BundleContext context) {
        for (Bundle bundle : context.getBundles()) {
            wires(bundle);
            services(context, bundle);
        }
    }

    private void wires(Bundle user) {
        BundleWiring wiring = user.adapt(BundleWiring.class);
        List<BundleWire> wires = wiring == null ? null : wiring.getRequiredWires(null);
        for (BundleWire wire : wires == null ? List.<BundleWire>of() : wires) {
            Bundle provider = wire.getProvider().getBundle();
            String namespace = wire.getCapability().getNamespace();
            if (!provider.equals(user) && !namespace.equals("osgi.ee")) {
                Object name = wire.getCapability().getAttributes().get(namespace);
                boolean optional = Constants.RESOLUTION_OPTIONAL.equals(
                        wire.getRequirement().getDirectives().get(Constants.RESOLUTION_DIRECTIVE));
                all.add(new Use(user, provider, kind(namespace), Objects.toString(name, namespace), !optional));
            }
        }
    }

    private static String kind(String namespace) {
        return switch (namespace) {
            case "osgi.wiring.package" -> "package";
            case "osgi.wiring.bundle" -> "bundle";
            case HostNamespace.HOST_NAMESPACE -> "host";
            default -> namespace;
        };
    }

    private void services(BundleContext context, Bundle provider) {
        ServiceReference<?>[] registered = provider.getRegisteredServices();
        for (ServiceReference<?> reference : registered == null ? new ServiceReference<?>[0] : registered) {
            Bundle behind = behind(context, reference, provider);
            Bundle[] users = reference.getUsingBundles();
            for (Bundle user : users == null ? new Bundle[0] : users) {
                // A gate uses the service that it stands for; that is no need of its own.
                boolean gate = gatedBy(context, user, provider);
                if (!user.equals(behind) && !gate) {
                    all.add(new Use(user, behind, "service", name(reference), false));
                }
            }
        }
    }

    private static Bundle behind(BundleContext context, ServiceReference<?> reference, Bundle registrar) {
        Object gated = reference.getProperty(GATE_BUNDLE);
        return Boolean.TRUE.equals(reference.getProperty(GATE)) && gated != null
                ? new Installed(context).find(gated.toString()).orElse(registrar) : registrar;
    }

    private static boolean gatedBy(BundleContext context, Bundle user, Bundle provider) {
        ServiceReference<?>[] gates = user.getRegisteredServices();
        for (ServiceReference<?> gate : gates == null ? new ServiceReference<?>[0] : gates) {
            if (Boolean.TRUE.equals(gate.getProperty(GATE)) && behind(context, gate, user).equals(provider)) {
                return true;
            }
        }
        return false;
    }

    private static String name(ServiceReference<?> reference) {
        return String.join(", ", (String[]) reference.getProperty(Constants.OBJECTCLASS));
    }

    List<Use> of(Bundle provider) {
        return all.stream().filter(u -> u.provider().equals(provider)).toList();
    }

    List<Use> by(Bundle user) {
        return all.stream().filter(u -> u.user().equals(user)).toList();
    }

    /** Bundles that could not be resolved without it, and those that could not without them. */
    Set<Bundle> broken(Bundle provider) {
        Set<Bundle> broken = new LinkedHashSet<>();
        List<Bundle> next = new ArrayList<>(List.of(provider));
        while (!next.isEmpty()) {
            Bundle bundle = next.removeFirst();
            for (Use use : of(bundle)) {
                if (use.mandatory() && !use.user().equals(provider) && broken.add(use.user())) {
                    next.add(use.user());
                }
            }
        }
        return broken;
    }

    /** The shortest chain of needs from one of these bundles to the target; empty when there is none. */
    List<Use> chain(List<Bundle> roots, Bundle target) {
        List<List<Use>> paths = new ArrayList<>();
        Set<Bundle> seen = new LinkedHashSet<>(roots);
        for (Bundle root : roots) {
            by(root).forEach(u -> paths.add(List.of(u)));
        }
        for (int i = 0; i < paths.size(); i++) {
            List<Use> path = paths.get(i);
            Bundle end = path.getLast().provider();
            if (end.equals(target)) {
                return path;
            }
            if (seen.add(end)) {
                for (Use use : by(end)) {
                    List<Use> longer = new ArrayList<>(path);
                    longer.add(use);
                    paths.add(longer);
                }
            }
        }
        return List.of();
    }
}
