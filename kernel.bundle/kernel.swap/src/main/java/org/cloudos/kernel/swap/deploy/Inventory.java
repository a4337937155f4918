package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.BundleStore.Entry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Which bundles are there, and where their content comes from. */
final class Inventory {
    private final BundleContext context;
    private final BundleStore store;
    private final ProfileList profile;

    Inventory(BundleContext context, BundleStore store, ProfileList profile) {
        this.context = context;
        this.store = store;
        this.profile = profile;
    }

    List<Bundle> installed() {
        return List.of(context.getBundle(0).getBundleContext().getBundles());
    }

    /** The bundle of that name; where there are more, the newest. */
    Optional<Bundle> find(String symbolicName) {
        return installed().stream().filter(b -> symbolicName.equals(b.getSymbolicName()))
                .max(Comparator.comparing(Bundle::getVersion));
    }

    /** The content that it has now, so that it can have it again. */
    Content contentOf(Bundle bundle) throws IOException {
        String version = bundle.getVersion().toString();
        Optional<Entry> entry = store.good().find(bundle.getSymbolicName())
                .filter(e -> e.version().equals(version) && Files.isRegularFile(store.file(e.sha256())));
        if (entry.isPresent()) return new Content.Stored(version, store.file(entry.get().sha256()), entry.get().sha256());
        boolean ours = bundle.getLocation().startsWith(Swing.LOCATION);
        Optional<Content.Profile> own = profile.find(bundle.getSymbolicName()).filter(p -> p.version().equals(version))
                .filter(p -> ours || bundle.getLocation().endsWith("/" + p.file().getFileName()));
        if (own.isPresent()) return own.get();
        if (ours && profile.bundles().isEmpty() && store.good().find(bundle.getSymbolicName()).isEmpty()) {
            return new Content.Profile(version, true, null);
        }
        return BundleCopy.of(bundle);
    }

    /**
     * The class-path bundles among these, which keep seeing the class path's packages whatever they are wired to:
     * when an exporter is replaced they need class loaders of their own.
     */
    List<Bundle> onClassPath(Collection<Bundle> bundles) {
        return bundles.stream().filter(b -> b.getLocation().startsWith(Swing.LOCATION))
                .filter(b -> store.good().find(b.getSymbolicName()).isEmpty())
                .filter(b -> profile.find(b.getSymbolicName()).map(Content.Profile::connected).orElse(true)).toList();
    }

    /** What is there without any set over the profile. */
    Content withoutSets(String symbolicName) {
        return profile.find(symbolicName).<Content>map(p -> p).orElse(new Content.Absent());
    }
}
