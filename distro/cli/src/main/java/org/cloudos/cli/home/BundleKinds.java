package org.cloudos.cli.home;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.cli.profile.BundleFile;

/**
 * Decides where a bundle's classes come from. {@code CONNECT}: from the JVM's class path, so that the CDS archive
 * covers them. {@code JAR}: from a class loader of its own.
 *
 * <p>The class path has one name space: of two bundles with the same package only the first can be on it, unless it is pure code of ours
 * that both took in, the same in each byte and exported by neither: then both use the first one's. And the class path does not see what
 * is not on it: a bundle that imports a package of a {@code JAR} bundle must be one.
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

    private static final String OURS = "org.cloudos.";

    private final Set<String> framework;
    private final Map<String, Set<BundleFile>> classPath = new HashMap<>(); // package -> whose
    private final Map<BundleFile, Map<String, String>> packages = new HashMap<>();
    private final Map<BundleFile, Kind> kinds = new HashMap<>();

    private BundleKinds(Set<String> framework) {
        this.framework = framework;
    }

    /**
     * The kind of each bundle.
     *
     * @param bundles  in the order in which they take packages: the first prompt's first
     * @param launcher packages that the launcher and the framework have on the class path
     */
    public static Map<BundleFile, Kind> of(List<BundleFile> bundles, Set<String> launcher) {
        BundleKinds decision = new BundleKinds(launcher);
        bundles.forEach(decision::place);
        decision.demoteImporters(bundles);
        return Map.copyOf(decision.kinds);
    }

    private void place(BundleFile bundle) {
        packages.put(bundle, bundle.contents());
        String reason = reasonFor(bundle);
        kinds.put(bundle, reason.isEmpty() ? Kind.CONNECT : new Kind(false, reason));
        if (reason.isEmpty()) {
            packages.get(bundle).keySet().forEach(p -> classPath.computeIfAbsent(p, k -> new LinkedHashSet<>()).add(bundle));
        }
    }

    private String reasonFor(BundleFile bundle) {
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
        return packages.get(bundle).keySet().stream().map(p -> conflict(bundle, p)).filter(r -> !r.isEmpty()).findFirst().orElse("");
    }

    private String conflict(BundleFile bundle, String name) {
        if (framework.contains(name)) {
            return "has package " + name + " as the framework has";
        }
        return classPath.getOrDefault(name, Set.of()).stream().filter(other -> !mayShare(bundle, other, name)).findFirst()
                .map(other -> "has package " + name + " as " + other.symbolicName() + " has").orElse("");
    }

    /** What others took in may have state, or look for its bundle by its class. */
    private boolean mayShare(BundleFile one, BundleFile other, String name) {
        return name.startsWith(OURS) && packages.get(one).get(name).equals(packages.get(other).get(name)) && !exports(one, name) && !exports(other, name);
    }

    private static boolean exports(BundleFile bundle, String name) {
        return bundle.header("Export-Package").containsKey(name);
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
                    packages.get(bundle).keySet().forEach(p -> leave(p, bundle));
                    changed = true;
                }
            }
        }
    }

    private void leave(String name, BundleFile bundle) {
        Set<BundleFile> whose = classPath.get(name);
        if (whose != null && whose.remove(bundle) && whose.isEmpty()) {
            classPath.remove(name);
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
        exports.keySet().removeAll(framework);
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
