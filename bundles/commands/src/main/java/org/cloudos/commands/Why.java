package org.cloudos.commands;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * What {@code bundle:why} says.
 *
 * @param because reasons in sentences
 * @param usedBy  who uses what of it
 * @param uses    what it uses of others
 * @param breaks  bundles that could not be resolved without it
 * @param loses   bundles that would lose services of it
 */
public record Why(String bundle, String version, Installed.State state, Installed.Origin origin, List<String> because,
        List<String> breaks, List<String> loses, List<Edge> usedBy, List<Edge> uses) {
    private static final int SHOWN = 6;

    /** One other bundle, and what is between the two. */
    public record Edge(String bundle, String kind, String what) { }

    static Why of(BundleContext context, Bundle bundle) {
        Installed installed = new Installed(context);
        Uses uses = new Uses(context);
        Set<Bundle> broken = uses.broken(bundle);
        Set<String> losing = new TreeSet<>();
        uses.of(bundle).stream().filter(u -> !u.mandatory() && !broken.contains(u.user()))
                .forEach(u -> losing.add(u.user().getSymbolicName()));
        return new Why(bundle.getSymbolicName(), bundle.getVersion().toString(), Installed.state(bundle),
                installed.origin(bundle), because(context, installed, uses, bundle),
                broken.stream().map(Bundle::getSymbolicName).sorted().toList(), List.copyOf(losing),
                edges(uses.of(bundle), true), edges(uses.by(bundle), false));
    }

    private static List<String> because(BundleContext context, Installed installed, Uses uses, Bundle bundle) {
        List<String> reasons = new ArrayList<>();
        List<Bundle> roots = roots(context, installed);
        if (bundle.getBundleId() == 0) {
            reasons.add("It is the framework itself.");
        } else if (roots.contains(bundle)) {
            reasons.add("The profile requires it by name.");
        }
        if (installed.origin(bundle) != Installed.Origin.PROFILE) {
            reasons.add(installed.origin(bundle) == Installed.Origin.DEPLOYED
                    ? "It was deployed into the running system." : "It is the profile's, replaced by a deployed version.");
        }
        List<Uses.Use> chain = uses.chain(roots.stream().filter(r -> !r.equals(bundle)).toList(), bundle);
        if (!chain.isEmpty()) {
            StringBuilder text = new StringBuilder("The profile requires ").append(chain.getFirst().user().getSymbolicName());
            for (Uses.Use use : chain) {
                text.append(", which uses ").append(use.kind()).append(' ').append(use.what()).append(" of ")
                        .append(use.provider().getSymbolicName());
            }
            reasons.add(text.append('.').toString());
        }
        if (reasons.isEmpty()) {
            reasons.add(uses.of(bundle).isEmpty()
                    ? "The profile lists it. Nobody uses a package or service of it at the moment."
                    : "The profile lists it, and the bundles below use it.");
        }
        return reasons;
    }

    /** The bundles that the profile names, where the assembler wrote them down. */
    private static List<Bundle> roots(BundleContext context, Installed installed) {
        String names = context.getProperty("cloudos.requires");
        return names == null ? List.of()
                : Arrays.stream(names.split("[,\\s]+")).flatMap(n -> installed.find(n).stream()).toList();
    }

    private static List<Edge> edges(List<Uses.Use> uses, boolean users) {
        Map<List<String>, Set<String>> grouped = new LinkedHashMap<>();
        for (Uses.Use use : uses) {
            Bundle other = users ? use.user() : use.provider();
            grouped.computeIfAbsent(List.of(other.getSymbolicName(), use.kind()), k -> new TreeSet<>()).add(use.what());
        }
        return grouped.entrySet().stream().map(e -> new Edge(e.getKey().get(0), e.getKey().get(1), some(e.getValue()))).toList();
    }

    private static String some(Set<String> names) {
        String shown = String.join(", ", names.stream().limit(SHOWN).toList());
        return names.size() > SHOWN ? shown + " and " + (names.size() - SHOWN) + " more" : shown;
    }
}
