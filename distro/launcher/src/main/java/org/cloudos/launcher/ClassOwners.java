package org.cloudos.launcher;

import java.security.CodeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;
import org.osgi.framework.connect.FrameworkUtilHelper;

/**
 * Says which bundle a class on the class path belongs to: {@code FrameworkUtil.getBundle(Class)} asks here, and so
 * does the handler of uncaught errors.
 */
public final class ClassOwners implements FrameworkUtilHelper {
    private static volatile ClassOwners.Index index;

    /** @param locations by the jar's file name */
    private record Index(BundleContext system, Map<String, String> locations) { }

    /** For the service loader. */
    public ClassOwners() { }

    static void of(BundleContext system, Profile profile) {
        Map<String, String> locations = new HashMap<>();
        for (Profile.Item item : profile.bundles()) {
            if (item.connect()) {
                locations.put(item.jar().getName(), ClassPathBundles.SCHEME + item.bsn());
            }
        }
        index = new Index(system, locations);
    }

    static void clear() {
        index = null;
    }

    @Override
    public Optional<Bundle> getBundle(Class<?> type) {
        return Optional.ofNullable(owner(type));
    }

    /** The bundle of this class; null for the JDK's, the framework's and the launcher's own. */
    static Bundle owner(Class<?> type) {
        if (type.getClassLoader() instanceof BundleReference reference) {
            return reference.getBundle();
        }
        Index known = index;
        if (known == null || type.getClassLoader() != ClassOwners.class.getClassLoader()) {
            return null;
        }
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return null;
        }
        String path = source.getLocation().getPath();
        String location = known.locations().get(path.substring(path.lastIndexOf('/') + 1));
        try {
            return location == null ? null : known.system().getBundle(location);
        } catch (IllegalStateException stopped) {
            return null;
        }
    }

    /** The bundle nearest to where it was thrown; null when there is none. */
    static Bundle owner(Throwable thrown, Thread thread) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            for (StackTraceElement frame : t.getStackTrace()) {
                Bundle bundle = owner(frame, thread.getContextClassLoader());
                if (bundle != null) {
                    return bundle;
                }
            }
        }
        return owner(thread.getClass());
    }

    /** Of several bundles with a class of that name, the frame does not say which; the first is as good. */
    static Bundle owner(StackTraceElement frame, ClassLoader context) {
        Index known = index;
        String name = frame.getClassName();
        if (known == null || name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.")) {
            return null;
        }
        if ("app".equals(frame.getClassLoaderName()) || context == null) {
            return loaded(name, ClassOwners.class.getClassLoader());
        }
        Bundle bundle = loaded(name, context);
        if (bundle != null) {
            return bundle;
        }
        String entry = name.replace('.', '/') + ".class";
        for (Bundle candidate : known.system().getBundles()) {
            if (candidate.getBundleId() != 0 && candidate.getState() >= Bundle.RESOLVED
                    && candidate.getEntry(entry) != null) {
                return candidate;
            }
        }
        return null;
    }

    private static Bundle loaded(String name, ClassLoader loader) {
        try {
            return owner(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            return null;
        }
    }
}
