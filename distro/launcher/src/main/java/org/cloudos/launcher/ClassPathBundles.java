package org.cloudos.launcher;

import java.io.File;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/**
 * Serves the profile's class-path bundles to the framework (OSGi Core 8, chapter 60, Connect). Their location is
 * {@code cloudos:SYMBOLIC-NAME}.
 *
 * <p>An overlaid bundle is served without the class path's loader: {@code Bundle.update()} then makes a revision of
 * the profile's jar with a class loader of its own. {@code Bundle.update(stream)} does not come here at all.
 */
final class ClassPathBundles implements ModuleConnector {
    static final String SCHEME = "cloudos:";

    private final Map<String, File> jars = new HashMap<>();
    private final Set<String> overlaid = Collections.newSetFromMap(new ConcurrentHashMap<>());
    private final ClassLoader classPath = ClassPathBundles.class.getClassLoader();

    ClassPathBundles(Profile profile) {
        for (Profile.Item item : profile.bundles()) {
            if (item.connect()) {
                jars.put(SCHEME + item.bsn(), item.jar());
            }
        }
    }

    void overlay(String bsn, boolean on) {
        if (on) {
            overlaid.add(SCHEME + bsn);
        } else {
            overlaid.remove(SCHEME + bsn);
        }
    }

    boolean isOverlaid(String bsn) {
        return overlaid.contains(SCHEME + bsn);
    }

    @Override
    public Optional<ConnectModule> connect(String location) {
        File jar = jars.get(location);
        if (jar == null) {
            return Optional.empty();
        }
        return Optional.of(new JarContent(jar, overlaid.contains(location) ? null : classPath));
    }

    @Override
    public void initialize(File storage, Map<String, String> configuration) {
        // Nothing is kept in the framework's storage: the profile and the store are the truth.
    }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
        return Optional.empty();
    }
}
