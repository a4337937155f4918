package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.kernel.swap.BundleStore;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** What a bundle consists of before or after a change. */
sealed interface Content {
    /** Version, for reports; empty when there is nothing. */
    String version();

    /** A jar of the store, laid over the profile. */
    record Stored(String version, Path file, String sha256) implements Content {
        @Override
        public void putInto(Bundle bundle, BundleStore store) throws BundleException, IOException {
            store.overlay(bundle.getSymbolicName(), true);
            update(bundle, file);
        }
    }

    /**
     * The profile's own.
     *
     * @param connected its classes come with the JVM's class path
     * @param file      its jar; null when no list tells
     */
    record Profile(String version, boolean connected, Path file) implements Content {
        @Override
        public void putInto(Bundle bundle, BundleStore store) throws BundleException, IOException {
            store.overlay(bundle.getSymbolicName(), false);
            if (connected) bundle.update();
            else update(bundle, file);
        }
    }

    /** The profile's own, which comes with the class path, with a class loader of its own. */
    record Detached(String version) implements Content {
        @Override
        public void putInto(Bundle bundle, BundleStore store) throws BundleException {
            store.overlay(bundle.getSymbolicName(), true);
            bundle.update();
        }
    }

    /** A copy of a bundle that neither the store nor the profile knows, kept while it is swapped. */
    record Copy(String version, Path file) implements Content {
        @Override
        public void putInto(Bundle bundle, BundleStore store) throws BundleException, IOException {
            store.overlay(bundle.getSymbolicName(), false);
            update(bundle, file);
        }
    }

    /** Nothing: the bundle is not installed. */
    record Absent() implements Content {
        @Override
        public String version() {
            return "";
        }

        @Override
        public void putInto(Bundle bundle, BundleStore store) throws BundleException {
            store.overlay(bundle.getSymbolicName(), false);
            bundle.uninstall();
        }
    }

    /** Makes it the content of the bundle. */
    void putInto(Bundle bundle, BundleStore store) throws BundleException, IOException;

    private static void update(Bundle bundle, Path file) throws BundleException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            bundle.update(in);
        }
    }
}
