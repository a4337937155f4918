package org.cloudos.units.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.cloudos.units.engine.World;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;

/** The bundles of this framework, by symbolic name or as jar files. Those that a unit stopped start again only with it. */
final class FrameworkBundles implements World.Bundles {
    private final BundleContext context;

    FrameworkBundles(BundleContext context) {
        this.context = context;
    }

    private Optional<Bundle> find(String nameOrFile) {
        String name = nameOrFile.startsWith("/") ? symbolicName(nameOrFile) : nameOrFile;
        return Stream.of(context.getBundles()).filter(b -> name.equals(b.getSymbolicName())).findFirst();
    }

    private static String symbolicName(String file) {
        try (JarFile jar = new JarFile(file)) {
            String value = jar.getManifest() == null ? null : jar.getManifest().getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            return value == null ? "" : value.split(";", 2)[0].strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override public void start(String nameOrFile) throws BundleException, IOException {
        Bundle bundle = find(nameOrFile).orElse(null);
        if (bundle == null) {
            try (var in = Files.newInputStream(Path.of(nameOrFile))) {
                bundle = context.installBundle("unit:" + nameOrFile, in);
            }
        }
        if (bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
            bundle.start(Bundle.START_TRANSIENT);
        }
    }

    @Override public void stop(String nameOrFile) throws BundleException {
        Bundle bundle = find(nameOrFile).orElse(null);
        if (bundle != null && bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null) {
            bundle.stop(Bundle.STOP_TRANSIENT);
        }
    }

    @Override public boolean active(String nameOrFile) {
        return find(nameOrFile).map(b -> b.getState() == Bundle.ACTIVE || b.getHeaders("").get(Constants.FRAGMENT_HOST) != null
                || b.getState() == Bundle.STARTING && "lazy".equals(b.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY))).orElse(false);
    }

    @Override public List<String> missing(List<String> names) {
        return names.stream().filter(n -> n.startsWith("/") ? symbolicName(n).isEmpty() : find(n).isEmpty()).toList();
    }
}
