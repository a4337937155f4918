package org.cloudos.launcher.bundle;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle that can't start. */
public final class Faulty implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        throw new LinkageError("faulty on purpose");
    }

    @Override
    public void stop(BundleContext context) {
        // Never started.
    }
}
