package org.cloudos.journal.logback;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Capability;

/**
 * The bundle that a logger belongs to: that which has the class, or the package, of the logger's name. Found once for each
 * name, and again after bundles have changed. A logger that is called otherwise belongs to nobody.
 */
final class Owners implements SynchronousBundleListener, AutoCloseable {
    private static final int MAX_NAMES = 10_000;
    static final Owner NOBODY = new Owner("", "");

    /** Empty texts for nobody. */
    record Owner(String bundle, String subsystem) { }

    private final BundleContext context;
    private final ConcurrentMap<String, Owner> known = new ConcurrentHashMap<>();

    Owners(BundleContext context) {
        this.context = context;
        context.addBundleListener(this);
    }

    Owner of(String logger) {
        Owner owner = known.get(logger);
        if (owner == null) {
            owner = find(logger);
            if (known.size() < MAX_NAMES) {
                known.put(logger, owner);
            }
        }
        return owner;
    }

    private Owner find(String logger) {
        String path = logger.replace('.', '/');
        if (path.isEmpty() || path.startsWith("/") || path.length() > 500) {
            return NOBODY;
        }
        try {
            List<Bundle> bundles = List.of(context.getBundles());
            return bundles.stream().filter(b -> b.getEntry(path + ".class") != null).findFirst()
                    .or(() -> inPackage(bundles, path))
                    .or(() -> path.indexOf('/') < 0 ? Optional.empty() : inPackage(bundles, path.substring(0, path.lastIndexOf('/'))))
                    .map(Owners::of).orElse(NOBODY);
        } catch (IllegalStateException e) {
            return NOBODY; // a bundle went away meanwhile, or this one stops
        }
    }

    private static Optional<Bundle> inPackage(List<Bundle> bundles, String path) {
        return bundles.stream().filter(b -> b.findEntries(path, "*.class", false) != null).findFirst();
    }

    static Owner of(Bundle bundle) {
        return new Owner(bundle.getSymbolicName() == null ? "" : bundle.getSymbolicName(), subsystem(bundle));
    }

    private static String subsystem(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        List<? extends Capability> declared = revision == null ? List.of() : revision.getDeclaredCapabilities("cloudos.subsystem");
        return declared.isEmpty() ? "" : String.valueOf(declared.getFirst().getAttributes().get("cloudos.subsystem"));
    }

    @Override public void bundleChanged(BundleEvent event) {
        if ((event.getType() & (BundleEvent.INSTALLED | BundleEvent.UPDATED | BundleEvent.UNINSTALLED)) != 0) {
            known.clear();
        }
    }

    @Override public void close() {
        try {
            context.removeBundleListener(this);
        } catch (IllegalStateException e) {
            // The framework has removed it with the context.
        }
    }
}
