package org.cloudos.perf;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Which bundle a class belongs to, by its name alone: a recording has no classes. A package that is in two bundles counts
 * for the first that has the class. Used by one thread.
 */
final class Owners {
    /** What stands for classes of the JDK. */
    static final String JDK = "";
    /** What stands for classes that no bundle has: the launcher and the framework. */
    static final String FRAMEWORK = "framework";

    private static final Pattern MADE = Pattern.compile("(\\$\\$Lambda|[/.+]0x).*");

    private final BundleContext context;
    private final Map<String, String> byPackage = new HashMap<>();

    Owners(BundleContext context) {
        this.context = context;
    }

    /** Symbolic name of the bundle, {@link #JDK} or {@link #FRAMEWORK}. */
    String of(String generated) {
        // Classes that are made while it runs (lambdas, hidden classes) have no file; their host's does.
        String className = MADE.matcher(generated).replaceFirst("");
        int dot = className.lastIndexOf('.');
        String name = dot < 0 ? "" : className.substring(0, dot);
        String owner = byPackage.get(name);
        if (owner == null) {
            owner = isJdk(className) ? JDK : find(name, className.substring(dot + 1));
            byPackage.put(name, owner);
        }
        return owner;
    }

    private static boolean isJdk(String name) {
        return name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.") || name.startsWith("com.sun.");
    }

    private String find(String packageName, String simple) {
        String file = simple + ".class";
        for (Bundle bundle : context.getBundles()) {
            BundleWiring wiring = bundle.getBundleId() == 0 ? null : bundle.adapt(BundleWiring.class);
            if (wiring != null && !wiring.listResources(packageName.replace('.', '/'), file, BundleWiring.LISTRESOURCES_LOCAL).isEmpty()) {
                return bundle.getSymbolicName();
            }
        }
        return FRAMEWORK;
    }
}
