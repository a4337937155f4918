package org.cloudos.launcher.bundle;

import java.util.Hashtable;
import java.util.function.Supplier;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;

/** A bundle to replace: says its version, and where its class comes from. */
public final class Greeter implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        String loader = getClass().getClassLoader() instanceof BundleReference ? "own loader" : "class path";
        String text = context.getBundle().getVersion() + ", " + loader;
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("greeter", context.getBundle().getSymbolicName());
        Supplier<String> greeter = () -> text;
        context.registerService(Supplier.class, greeter, properties);
    }

    @Override
    public void stop(BundleContext context) {
        // The service goes with the bundle.
    }
}
