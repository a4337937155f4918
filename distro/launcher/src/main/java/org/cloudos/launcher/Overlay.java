package org.cloudos.launcher;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.cloudos.kernel.swap.BundleStore;

/**
 * The profile's list with a set of deployed bundles laid over it.
 *
 * <p>A class-path bundle sees the class path's packages whatever it is wired to. So when a deployed bundle
 * exports a package, or replaces a bundle that did, the class-path bundles that import it, and those that import
 * theirs, get class loaders of their own too.
 */
final class Overlay {
    /** Its classes are the launcher's own, so it comes with the profile only. */
    private static final String KERNEL_API = "org.cloudos.kernel.api";

    /**
     * A bundle to install.
     *
     * @param deployed the stored jar that replaces the profile's; null for the profile's
     */
    record Planned(int level, boolean connect, File jar, String bsn, File deployed) { }

    private Overlay() { }

    static List<Planned> plan(Profile profile, BundleStore store, ClassPathBundles classPath, Reports reports) {
        List<BundleStore.Entry> entries = store.good().entries();
        Map<String, File> deployed = new HashMap<>();
        for (BundleStore.Entry entry : entries) {
            deployed.put(entry.symbolicName(), store.file(entry.sha256()).toFile());
        }
        if (deployed.remove(KERNEL_API) != null) {
            reports.warn(KERNEL_API + " can't be replaced by a deployed bundle; the profile's runs", null);
        }
        List<Planned> plan = new ArrayList<>(profile.bundles().size() + entries.size());
        int last = 1;
        for (Profile.Item item : profile.bundles()) {
            File jar = deployed.remove(item.bsn());
            plan.add(new Planned(item.level(), item.connect(), item.jar(), item.bsn(), jar));
            last = Math.max(last, item.level());
        }
        for (BundleStore.Entry entry : entries) {
            File jar = deployed.remove(entry.symbolicName());
            if (jar != null) {
                plan.add(new Planned(last, false, jar, entry.symbolicName(), jar));
            }
        }
        if (!entries.isEmpty()) {
            separate(plan, classPath, reports);
        }
        return plan;
    }

    private static void separate(List<Planned> plan, ClassPathBundles classPath, Reports reports) {
        Set<String> replaced = new HashSet<>();
        Map<Planned, Attributes> rest = new HashMap<>();
        for (Planned p : plan) {
            try {
                if (p.deployed() != null) {
                    replaced.addAll(exports(headers(p.deployed())));
                    replaced.addAll(exports(headers(p.jar())));
                    classPath.overlay(p.bsn(), p.connect());
                } else if (p.connect()) {
                    rest.put(p, headers(p.jar()));
                }
            } catch (IOException e) {
                reports.warn(p.bsn() + " can't be read", e);
            }
        }
        // Until nobody is left who imports what now has other classes.
        for (boolean more = !replaced.isEmpty(); more;) {
            more = false;
            for (var i = rest.entrySet().iterator(); i.hasNext();) {
                Map.Entry<Planned, Attributes> e = i.next();
                if (imports(e.getValue(), replaced)) {
                    classPath.overlay(e.getKey().bsn(), true);
                    replaced.addAll(exports(e.getValue()));
                    i.remove();
                    more = true;
                }
            }
        }
    }

    private static Set<String> exports(Attributes headers) {
        return Packages.of(headers.getValue("Export-Package"));
    }

    private static boolean imports(Attributes headers, Set<String> packages) {
        for (String name : Packages.of(headers.getValue("Import-Package"))) {
            if (packages.contains(name)) {
                return true;
            }
        }
        return false;
    }

    private static Attributes headers(File jar) throws IOException {
        try (JarFile file = new JarFile(jar)) {
            if (file.getManifest() == null) {
                throw new IOException("no manifest");
            }
            return file.getManifest().getMainAttributes();
        }
    }
}
