package org.cloudos.config.schema;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Readable names for PIDs and for attributes. Ours lose {@code org.cloudos.}; of others' bundles those that an operator
 * meets have names here.
 */
public final class ShortNames {
    private static final String OURS = "org.cloudos.";
    private static final Map<String, String> SECTIONS = Map.of(
            "org.apache.felix.http", "http",
            "org.apache.felix.webconsole.internal.servlet.OsgiManager", "webconsole",
            "org.apache.felix.eventadmin.impl.EventAdmin", "events",
            "org.apache.felix.scr.ScrService", "scr",
            "org.apache.felix.hc.core.impl.executor.HealthCheckExecutorImpl", "healthcheck");
    /** Of attribute ids: the longest that leaves an unambiguous name is left out. */
    private static final Map<String, List<String>> PREFIXES = Map.of(
            "http", List.of("org.apache.felix.http.jetty.", "org.eclipse.jetty.servlet.", "org.eclipse.jetty.",
                    "org.apache.felix.http.", "org.osgi.service.http.", "org.apache.felix."),
            "events", List.of("org.apache.felix.eventadmin."),
            "scr", List.of("ds."));

    private ShortNames() { }

    /** The section's name. */
    public static String section(String pid) {
        String known = SECTIONS.get(pid);
        if (known != null) {
            return known;
        }
        return pid.startsWith(OURS) && pid.length() > OURS.length() ? pid.substring(OURS.length()) : pid;
    }

    /** Greatest value of others' attributes whose definitions tell no ranges: TCP's ports. */
    static String most(String section, String attribute) {
        return section.equals("http") && attribute.matches("(.*\\.)?port(\\.secure)?") ? "65535" : "";
    }

    /** Names of a section's attributes, by their ids. */
    static Map<String, String> attributes(String section, Set<String> ids) {
        Map<String, String> names = new TreeMap<>();
        Map<String, Integer> uses = new HashMap<>();
        for (String id : ids) {
            names.put(id, bare(section, id));
            uses.merge(names.get(id), 1, Integer::sum);
        }
        Set<String> taken = new HashSet<>(ids);
        names.replaceAll((id, name) -> name.equals(id) || uses.get(name) > 1 || taken.contains(name) ? id : name);
        return names;
    }

    private static String bare(String section, String id) {
        return PREFIXES.getOrDefault(section, List.of()).stream().filter(p -> id.startsWith(p) && id.length() > p.length())
                .map(p -> id.substring(p.length())).findFirst().orElse(id);
    }
}
