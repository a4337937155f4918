package org.cloudos.kernel.swap.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.cloudos.kernel.swap.DeploymentException.BadJar;
import org.cloudos.kernel.swap.DeploymentException.Unresolvable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.resource.Wiring;
import org.osgi.service.resolver.ResolutionException;
import org.osgi.service.resolver.Resolver;

/** Resolves a change against the running framework without touching it. */
final class DryResolve {
    private final Resolver resolver;

    DryResolve(Resolver resolver) {
        this.resolver = resolver;
    }

    /**
     * Checks that the new bundles resolve, and that those that will be wired anew still do.
     *
     * @param installed all bundles of the framework
     * @param going     bundles that are replaced or removed
     * @param rewired   bundles that restart because packages change
     * @param jars      what comes
     */
    void check(Collection<Bundle> installed, Set<Bundle> going, Set<Bundle> rewired, List<CheckedJar> jars)
            throws Unresolvable, BadJar {
        Map<Resource, Wiring> wirings = new HashMap<>();
        List<Resource> mandatory = new ArrayList<>(), others = new ArrayList<>();
        for (CheckedJar jar : jars) mandatory.add(resource(jar));
        for (Bundle bundle : installed) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision == null || going.contains(bundle)) continue;
            BundleWiring wiring = bundle.adapt(BundleWiring.class);
            if (wiring == null) others.add(revision);
            else if (rewired.contains(bundle)) mandatory.add(revision);
            else wirings.put(revision, wiring);
        }
        Scene scene = new Scene(wirings, mandatory, others);
        Set<String> missing = missing(mandatory, scene);
        if (!missing.isEmpty()) throw new Unresolvable(String.join("\n", missing));
        try {
            resolver.resolve(scene);
        } catch (ResolutionException e) {
            throw new Unresolvable(explain(e, scene));
        }
    }

    /** Every requirement without any candidate, so that the user need not mend them one after the other. */
    private static Set<String> missing(List<Resource> mandatory, Scene scene) {
        Set<String> sentences = new LinkedHashSet<>();
        for (Resource resource : mandatory) {
            for (Requirement requirement : resource.getRequirements(null)) {
                if (Scene.needed(requirement) && scene.findProviders(requirement).isEmpty()) {
                    sentences.add(Shortfall.sentence(requirement, scene));
                }
            }
        }
        return sentences;
    }

    private static String explain(ResolutionException e, Scene scene) {
        Collection<Requirement> unmet = e.getUnresolvedRequirements();
        Set<String> sentences = new LinkedHashSet<>();
        for (Requirement r : unmet == null ? List.<Requirement>of() : unmet) {
            if (scene.findProviders(r).isEmpty()) sentences.add(Shortfall.sentence(r, scene));
        }
        // A conflict of "uses": all candidates are there, but not together. The resolver's own words are the best.
        return sentences.isEmpty() ? e.getMessage() : String.join("\n", sentences);
    }

    private static Resource resource(CheckedJar jar) throws BadJar {
        try {
            return ResourceBuilder.build(null, jar.headers());
        } catch (BundleException e) {
            throw new BadJar(jar.name() + ": its manifest is wrong: " + e.getMessage(), e);
        }
    }
}
