package org.cloudos.repository;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.felix.utils.resource.RequirementImpl;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/**
 * Picks, of an artifact's dependencies, the bundles that are needed: those that provide what nobody provides yet.
 * Whether all of it can be wired in the end is checked by the deployment.
 */
final class Needs {
    /**
     * A jar that was found.
     *
     * @param coordinates for messages
     * @param resource    null when it is no bundle
     */
    record Item(String coordinates, Path file, Resource resource) {
        static Item of(String coordinates, Path file) throws IOException {
            try (JarFile jar = new JarFile(file.toFile(), false)) {
                Manifest manifest = jar.getManifest();
                return new Item(coordinates, file, manifest == null ? null : resource(file, manifest.getMainAttributes()));
            } catch (BundleException | RuntimeException e) {
                throw new IOException(coordinates + " has a manifest that can't be understood: " + e.getMessage(), e);
            }
        }

        private static Resource resource(Path file, Attributes attributes) throws BundleException {
            if (attributes.getValue(Constants.BUNDLE_SYMBOLICNAME) == null) {
                return null;
            }
            Map<String, String> headers = new HashMap<>();
            attributes.forEach((name, value) -> headers.put(name.toString(), value.toString()));
            return ResourceBuilder.build(file.toString(), headers);
        }

        boolean isBundle() {
            return resource != null;
        }
    }

    /**
     * What was picked.
     *
     * @param items   what was asked for first, then what it needs
     * @param missing what nobody provides, one line each
     */
    record Picked(List<Item> items, List<String> missing) { }

    private final List<Capability> present;

    /** @param present capabilities of the installed bundles */
    Needs(List<Capability> present) {
        this.present = List.copyOf(present);
    }

    Picked pick(Item root, List<Item> dependencies) {
        Set<Item> picked = new LinkedHashSet<>(List.of(root));
        List<String> missing = new ArrayList<>();
        List<Item> next = new ArrayList<>(List.of(root));
        while (!next.isEmpty()) {
            Item item = next.removeFirst();
            for (Requirement requirement : item.resource().getRequirements(null)) {
                if (!mandatory(requirement) || provided(requirement, picked)) {
                    continue;
                }
                Item provider = dependencies.stream().filter(Item::isBundle)
                        .filter(d -> provides(d, requirement)).findFirst().orElse(null);
                if (provider == null) {
                    missing.add(item.coordinates() + " needs " + text(requirement));
                } else if (picked.add(provider)) {
                    next.add(provider);
                }
            }
        }
        return new Picked(List.copyOf(picked), missing);
    }

    private boolean provided(Requirement requirement, Set<Item> picked) {
        return present.stream().anyMatch(c -> matches(requirement, c)) || picked.stream().anyMatch(i -> provides(i, requirement));
    }

    private static boolean provides(Item item, Requirement requirement) {
        return item.resource().getCapabilities(requirement.getNamespace()).stream().anyMatch(c -> matches(requirement, c));
    }

    private static boolean matches(Requirement requirement, Capability capability) {
        return capability.getNamespace().equals(requirement.getNamespace())
                && new RequirementImpl(requirement.getResource(), requirement).matches(capability);
    }

    private static boolean mandatory(Requirement requirement) {
        Map<String, String> directives = requirement.getDirectives();
        String effective = directives.getOrDefault(Constants.EFFECTIVE_DIRECTIVE, Constants.EFFECTIVE_RESOLVE);
        String resolution = directives.getOrDefault(Constants.RESOLUTION_DIRECTIVE, Constants.RESOLUTION_MANDATORY);
        return effective.equals(Constants.EFFECTIVE_RESOLVE) && resolution.equals(Constants.RESOLUTION_MANDATORY);
    }

    private static String text(Requirement requirement) {
        String filter = requirement.getDirectives().get(Constants.FILTER_DIRECTIVE);
        String kind = requirement.getNamespace().equals("osgi.wiring.package") ? "the package" : requirement.getNamespace();
        return kind + " " + (filter == null ? RequirementImpl.getFilter(requirement) : filter);
    }
}
