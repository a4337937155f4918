package org.cloudos.kernel.swap.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.felix.utils.resource.CapabilitySet;
import org.apache.felix.utils.resource.RequirementImpl;
import org.apache.felix.utils.resource.SimpleFilter;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.resource.Capability;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;
import org.osgi.resource.Wiring;
import org.osgi.service.resolver.HostedCapability;
import org.osgi.service.resolver.ResolveContext;

/** What the resolver sees: the present wirings, without those that go, and the resources that are to resolve. */
final class Scene extends ResolveContext {
    private final Map<Resource, Wiring> wirings;
    private final Set<Resource> mandatory;
    private final Map<String, List<Capability>> capabilities = new HashMap<>();

    /**
     * @param wirings   of what stays
     * @param mandatory what must resolve
     * @param others    what may be resolved for it
     */
    Scene(Map<Resource, Wiring> wirings, Collection<Resource> mandatory, Collection<Resource> others) {
        this.wirings = Map.copyOf(wirings);
        this.mandatory = new LinkedHashSet<>(mandatory);
        wirings.values().forEach(w -> offer(w.getResourceCapabilities(null)));
        mandatory.forEach(r -> offer(r.getCapabilities(null)));
        others.forEach(r -> offer(r.getCapabilities(null)));
        capabilities.values().forEach(list -> list.sort(this::compare));
    }

    private void offer(List<Capability> offered) {
        for (Capability c : offered) capabilities.computeIfAbsent(c.getNamespace(), n -> new ArrayList<>()).add(c);
    }

    @Override
    public Collection<Resource> getMandatoryResources() {
        return new ArrayList<>(mandatory);
    }

    @Override
    public List<Capability> findProviders(Requirement requirement) {
        SimpleFilter filter = RequirementImpl.getFilter(requirement);
        List<Capability> found = new ArrayList<>();
        for (Capability c : offered(requirement.getNamespace())) {
            if (CapabilitySet.matches(c, filter)) found.add(c);
        }
        return found;
    }

    /** All capabilities of that namespace. */
    List<Capability> offered(String namespace) {
        return capabilities.getOrDefault(namespace, List.of());
    }

    @Override
    public int insertHostedCapability(List<Capability> sorted, HostedCapability hosted) {
        int at = 0;
        while (at < sorted.size() && compare(sorted.get(at), hosted) <= 0) at++;
        sorted.add(at, hosted);
        return at;
    }

    @Override
    public boolean isEffective(Requirement requirement) {
        return effective(requirement);
    }

    static boolean effective(Requirement requirement) {
        String effective = requirement.getDirectives().get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
        return effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE);
    }

    /** Whether it must be met for its resource to resolve. */
    static boolean needed(Requirement requirement) {
        String resolution = requirement.getDirectives().get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE);
        return effective(requirement) && (resolution == null || resolution.equals(Namespace.RESOLUTION_MANDATORY));
    }

    @Override
    public Map<Resource, Wiring> getWirings() {
        return wirings;
    }

    /** As the framework prefers: resolved ones, then the higher version. */
    private int compare(Capability a, Capability b) {
        return Comparator.comparing((Capability c) -> !wirings.containsKey(c.getResource()))
                .thenComparing(Scene::version, Comparator.reverseOrder()).compare(a, b);
    }

    static Version version(Capability capability) {
        Object v = capability.getAttributes().get(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE);
        if (v == null) v = capability.getAttributes().get("bundle-version");
        return v instanceof Version version ? version : Version.emptyVersion;
    }
}
