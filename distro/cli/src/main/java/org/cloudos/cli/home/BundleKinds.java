package org.cloudos.cli.home;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.cli.profile.BundleFile;

/**
 * Decides where a bundle's classes come from. {@code CONNECT}: from the JVM's class path, so that the CDS archive
 * covers them. {@code JAR}: from a class loader of its own.
 *
 * <p>The class path has one name space: of two bundles with the same package only the first can be on it. And the
 * class path does not see what is not on it: a bundle that imports a package of a {@code JAR} bundle must be one.
 */
public final class BundleKinds {
    /** Where classes come from, with the reason when it is not the class path. */
    public record Kind(boolean connect, String reason) {
        static final Kind CONNECT = new Kind(true, "");

        /** As {@code bundles.list} has it. */
        public String word() {
            return connect ? "connect" : "jar";
        }
    }

    private final Map<String, String> classPath = new HashMap<>(); // package -> whose
    private final Map<BundleFile, Set<String>> packages = new HashMap<>();
    private final Map<BundleFile, Kind> kinds = new HashMap<>();

    private BundleKinds() { }

    /**
     * The kind of each bundle.
     *
     * @param bundles  in the order in which they take packages: the first prompt's first
     * @param launcher packages that the launcher and the framework have on the class path
     */
    public static Map<BundleFile, Kind> of(List<BundleFile> bundles, Set<String> launcher) {
        BundleKinds decision = new BundleKinds();
        launcher.forEach(p -> decision.classPath.put(p, "the framework"));
        bundles.forEach(decision::place);
        decision.demoteImporters(bundles);
        return Map.copyOf(decision.kinds);
    }

    private void place(BundleFile bundle) {
        Set<String> own = bundle.packages();
        packages.put(bundle, own);
        String reason = reasonFor(bundle, own);
        kinds.put(bundle, reason.isEmpty() ? Kind.CONNECT : new Kind(false, reason));
        if (reason.isEmpty()) {
            own.forEach(p -> classPath.put(p, bundle.symbolicName()));
        }
    }

    private String reasonFor(BundleFile bundle, Set<String> own) {
        if (!bundle.text("Fragment-Host").isEmpty()) {
            return "is a fragment";
        }
        String path = bundle.text("Bundle-ClassPath").strip();
        if (!path.isEmpty() && !path.equals(".")) {
            return "has the Bundle-ClassPath " + path;
        }
        if (!bundle.text("Bundle-NativeCode").isEmpty()) {
            return "has native code";
        }
        return own.stream().filter(classPath::containsKey).findFirst()
                .map(p -> "has package " + p + " as " + classPath.get(p) + " has").orElse("");
    }

    private void demoteImporters(List<BundleFile> bundles) {
        boolean changed = true;
        while (changed) {
            changed = false;
            Map<String, String> offPath = offPath(bundles);
            for (BundleFile bundle : bundles) {
                String reason = kinds.get(bundle).connect ? importFrom(offPath, bundle) : "";
                if (!reason.isEmpty()) {
                    kinds.put(bundle, new Kind(false, reason));
                    packages.get(bundle).forEach(p -> classPath.remove(p, bundle.symbolicName()));
                    changed = true;
                }
            }
        }
    }

    /** Packages that only bundles off the class path export. */
    private Map<String, String> offPath(List<BundleFile> bundles) {
        Map<String, String> exports = new TreeMap<>();
        for (BundleFile bundle : bundles) {
            if (!kinds.get(bundle).connect) {
                bundle.header("Export-Package").keySet().forEach(p -> exports.put(p, bundle.symbolicName()));
            }
        }
        exports.keySet().removeAll(classPath.keySet());
        return exports;
    }

    private static String importFrom(Map<String, String> offPath, BundleFile bundle) {
        Set<String> needed = new HashSet<>(bundle.header("Import-Package").keySet());
        needed.retainAll(offPath.keySet());
        if (!needed.isEmpty()) {
            String first = needed.stream().sorted().findFirst().orElseThrow();
            return "imports " + first + " from " + offPath.get(first) + ", which is not on the class path";
        }
        return bundle.header("Require-Bundle").keySet().stream().filter(offPath::containsValue).findFirst()
                .map(b -> "requires " + b + ", which is not on the class path").orElse("");
    }
}
