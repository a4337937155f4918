package org.cloudos.kernel.swap.deploy;

import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.IdentityNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.resource.Capability;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** Says in a sentence which requirement nobody meets, and what is there instead. */
final class Shortfall {
    private static final Pattern FROM = Pattern.compile("\\((?:bundle-)?version>=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\((?:bundle-)?version>=([^)]+)\\)\\)");
    private static final Pattern UP_TO = Pattern.compile("\\((?:bundle-)?version<=([^)]+)\\)");

    private Shortfall() { }

    static String sentence(Requirement requirement, Scene scene) {
        String filter = requirement.getDirectives().getOrDefault("filter", "");
        String namespace = requirement.getNamespace();
        String wanted = value(filter, namespace);
        if (wanted == null) {
            return name(requirement.getResource()) + " needs the capability " + namespace + " " + filter
                    + ", which no bundle provides";
        }
        List<Capability> alike = scene.offered(namespace).stream()
                .filter(c -> wanted.equals(String.valueOf(c.getAttributes().get(namespace)))).toList();
        String there = alike.isEmpty() ? "no bundle provides it"
                : alike.stream().map(c -> "there is " + versionOf(c) + " in " + name(c.getResource())).distinct()
                        .collect(Collectors.joining(", "));
        return name(requirement.getResource()) + " needs " + kind(namespace) + " " + wanted + range(filter) + ": "
                + there;
    }

    private static String versionOf(Capability c) {
        Version v = Scene.version(c);
        return v.equals(Version.emptyVersion) && !c.getAttributes().containsKey("version") ? "one" : v.toString();
    }

    /** Symbolic name and version. */
    static String name(Resource resource) {
        for (Capability c : resource.getCapabilities(IdentityNamespace.IDENTITY_NAMESPACE)) {
            return c.getAttributes().get(IdentityNamespace.IDENTITY_NAMESPACE) + " "
                    + Objects.requireNonNullElse(c.getAttributes().get("version"), "");
        }
        return resource.toString();
    }

    private static String kind(String namespace) {
        return switch (namespace) {
            case PackageNamespace.PACKAGE_NAMESPACE -> "the package";
            case "osgi.wiring.bundle" -> "the bundle";
            case "osgi.wiring.host" -> "the host bundle";
            default -> "the capability " + namespace;
        };
    }

    private static String value(String filter, String attribute) {
        Matcher m = Pattern.compile("\\(" + Pattern.quote(attribute) + "=([^)]*)\\)").matcher(filter);
        return m.find() ? m.group(1) : null;
    }

    /** The version range that a filter stands for, with a space before; empty when it has none. */
    private static String range(String filter) {
        String above = first(BELOW, filter);
        String rest = BELOW.matcher(filter).replaceAll("");
        String from = first(FROM, rest), upTo = first(UP_TO, rest);
        if (from == null && above == null && upTo == null) return "";
        if (above == null && upTo == null) return " " + from + " or newer";
        return " [" + Objects.requireNonNullElse(from, "0") + "," + (above != null ? above + ")" : upTo + "]");
    }

    private static String first(Pattern pattern, String in) {
        Matcher m = pattern.matcher(in);
        return m.find() ? m.group(1) : null;
    }
}
