package org.cloudos.cli.profile;

import aQute.bnd.header.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cloudos.cli.Failure;

/** Why each bundle is in a profile: the profile asks for it, or other bundles use it. */
public final class Reasons {
    private Reasons() { }

    /** By symbolic name: {@code profile}, and the last words of the names of those that use it. */
    public static Map<String, List<String>> of(Profile profile, Repository repository) {
        List<BundleFile> bundles = profile.bundles().stream().map(locked -> repository.find(locked).orElseThrow(
                () -> new Failure("The locked list names " + locked.symbolicName() + " " + locked.version()
                        + ", which is not known", "./cloudos profile resolve " + profile.name()))).toList();
        Map<String, List<String>> reasons = new TreeMap<>();
        for (BundleFile bundle : bundles) {
            Set<String> users = new TreeSet<>();
            bundles.stream().filter(other -> other != bundle && uses(other, bundle))
                    .forEach(other -> users.add(other.symbolicName()));
            List<String> why = new ArrayList<>();
            if (asked(profile, bundle)) {
                why.add("profile");
            }
            why.addAll(users);
            reasons.put(bundle.symbolicName(), why);
        }
        return reasons;
    }

    private static boolean asked(Profile profile, BundleFile bundle) {
        return profile.maven().contains(bundle.coordinates())
                || profile.folders().stream().anyMatch(folder -> bundle.file().startsWith(folder))
                || profile.requires().stream().map(Parameters::new).anyMatch(p -> p.values().stream()
                        .anyMatch(a -> bundle.symbolicName().equals(a.get("id"))));
    }

    private static boolean uses(BundleFile user, BundleFile provider) {
        Set<String> needed = new TreeSet<>(user.header("Import-Package").keySet());
        needed.removeAll(user.header("Export-Package").keySet());
        needed.retainAll(provider.header("Export-Package").keySet());
        return !needed.isEmpty() || user.header("Require-Bundle").containsKey(provider.symbolicName())
                || user.header("Fragment-Host").containsKey(provider.symbolicName());
    }
}
