package org.cloudos.cli.profile;

import aQute.bnd.build.model.EE;
import aQute.bnd.osgi.resource.CapReqBuilder;
import aQute.bnd.osgi.resource.ResourceBuilder;
import aQute.bnd.osgi.resource.ResourceUtils;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.cli.NearestName;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/**
 * Says in sentences why a profile can't be resolved: walks from what it requires to everything that follows, and
 * names each requirement that nothing fulfils, with what comes nearest to it.
 */
final class Explanation {
    private static final Pattern PART = Pattern.compile("\\(([\\w.]+)(>=|<=|=)([^()*]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\((?:version|bundle-version)>=([^()]+)\\)\\)");

    /** Both machines at once: an image of either is made of the same list. Names as the framework has them (Core 8, §4.3.3). */
    private static final String LINUX = "osgi.native;osgi.native.osname:List<String>='Linux';"
            + "osgi.native.processor:List<String>='x86-64,amd64,em64t,x86_64,aarch64,arm_le'";

    private record Named(String name, Resource resource) { }

    private final List<Named> resources = new ArrayList<>();

    private final Set<String> effective;

    /**
     * @param effective which requirements count: {@code resolve}, and {@code active} for those that may come later
     */
    Explanation(Repository repository, Profile profile, Set<String> effective) {
        this.effective = effective;
        try {
            for (BundleFile bundle : repository.bundles()) {
                ResourceBuilder builder = new ResourceBuilder();
                builder.addManifest(bundle.manifest());
                resources.add(new Named(bundle.symbolicName() + " " + bundle.version(), builder.build()));
            }
            ResourceBuilder system = new ResourceBuilder();
            system.addEE(EE.JavaSE_25);
            system.addProvideCapabilities(LINUX);
            repository.find("org.apache.felix.framework").forEach(f -> system.addManifest(f.manifest()));
            String extra = profile.text().merged().getProperty("-runsystemcapabilities");
            if (extra != null) {
                system.addProvideCapabilities(extra);
            }
            resources.add(new Named("the framework", system.build()));
        } catch (Exception e) { // bnd throws Exception
            throw new IllegalStateException(e);
        }
    }

    /** A sentence for each requirement that nothing fulfils; empty when the trouble is a conflict. */
    List<String> of(List<String> required) {
        record Step(String who, Requirement requirement) { }
        Deque<Step> open = new ArrayDeque<>();
        required.forEach(text -> parse(text).forEach(r -> open.add(new Step("The profile", r))));
        Set<String> sentences = new LinkedHashSet<>();
        Set<Resource> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Step step = open.poll();
            List<Named> providers = providers(step.requirement);
            if (providers.isEmpty()) {
                sentences.add(sentence(step.who, step.requirement));
            } else if (providers.size() == 1 && seen.add(providers.getFirst().resource)) {
                Named only = providers.getFirst();
                only.resource.getRequirements(null).stream().filter(this::mandatory)
                        .forEach(r -> open.add(new Step("Bundle " + only.name, r)));
            }
        }
        return List.copyOf(sentences);
    }

    private boolean mandatory(Requirement requirement) {
        return !"optional".equals(requirement.getDirectives().get("resolution"))
                && effective.contains(requirement.getDirectives().getOrDefault("effective", "resolve"))
                && !requirement.getNamespace().equals("osgi.service")
                && !requirement.getNamespace().equals("osgi.wiring.host");
    }

    private List<Named> providers(Requirement requirement) {
        return resources.stream().filter(n -> n.resource.getCapabilities(requirement.getNamespace()).stream()
                .anyMatch(c -> ResourceUtils.matches(requirement, c))).toList();
    }

    private String sentence(String who, Requirement requirement) {
        String filter = requirement.getDirectives().getOrDefault("filter", "");
        String namespace = requirement.getNamespace();
        String name = "", from = "";
        Matcher parts = PART.matcher(filter);
        while (parts.find()) {
            if (parts.group(1).equals(namespace)) {
                name = parts.group(3);
            } else if (parts.group(2).equals(">=") && from.isEmpty() && !filter.contains("(!(" + parts.group(1) + ">=" + parts.group(3))) {
                from = parts.group(3);
            }
        }
        Matcher below = BELOW.matcher(filter);
        String range = from.isEmpty() ? "" : below.find() ? " in version [" + from + "," + below.group(1) + ")"
                : " in version " + from + " or later";
        return who + " needs " + kind(namespace) + (name.isEmpty() ? filter : name) + range + "; " + nearest(namespace, name);
    }

    private static String kind(String namespace) {
        return switch (namespace) {
            case "osgi.wiring.package" -> "package ";
            case "osgi.wiring.bundle", "osgi.identity", "bnd.identity" -> "bundle ";
            case "osgi.ee" -> "execution environment ";
            case "osgi.service" -> "service ";
            default -> "capability " + namespace + " ";
        };
    }

    /** What has the name in another version, or nearly the name. */
    private String nearest(String namespace, String name) {
        List<String> same = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Named n : resources) {
            for (Capability c : n.resource.getCapabilities(namespace)) {
                String found = String.valueOf(c.getAttributes().get(namespace));
                names.add(found);
                if (found.equals(name)) {
                    Object version = c.getAttributes().getOrDefault("version", c.getAttributes().get("bundle-version"));
                    same.add(n.name + " has it in version " + version);
                }
            }
        }
        if (!same.isEmpty()) {
            return String.join(", ", same) + ".";
        }
        return "no known bundle provides it." + NearestName.question(name, names);
    }

    private static List<Requirement> parse(String text) {
        try {
            return CapReqBuilder.getRequirementsFrom(new aQute.bnd.header.Parameters(text));
        } catch (Exception e) { // bnd throws Exception
            throw new IllegalStateException(e);
        }
    }
}
