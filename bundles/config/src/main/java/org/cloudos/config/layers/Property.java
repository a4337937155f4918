package org.cloudos.config.layers;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.cloudos.config.Layer;
import org.cloudos.config.Source;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Section;

/**
 * A value that is not in a file: a variable of the environment, or a property.
 *
 * @param key null when the name says none; then the message is about the name
 */
public record Property(Source source, String key, String text, String message) {
    private static final String VARIABLE = "CLOUDOS_";
    private static final String SET = "cloudos.set.";
    private static final String OWN = "cloudos.";
    /** Variables that mean something else. */
    private static final Set<String> NOT_OURS = Set.of("CLOUDOS_TTY", "CLOUDOS_LAUNCH", "CLOUDOS_REPOSITORIES", "CLOUDOS_ROOT");

    /**
     * What the process was started with.
     *
     * @param profile    lines of the profile's {@code framework.properties}
     * @param properties system properties
     */
    public record Start(Map<String, String> profile, Map<String, String> environment, Map<String, String> properties) { }

    /** All of them that name a key, or seem to. */
    static List<Property> of(Start start, Schema schema, Set<String> instances) {
        List<Property> found = new ArrayList<>();
        known(start, schema, found);
        start.properties.forEach((name, text) -> {
            if (name.startsWith(SET)) {
                String key = name.substring(SET.length());
                found.add(new Property(Source.of(Layer.COMMAND_LINE, "--set " + key), key, text, null));
            }
        });
        environment(start.environment, schema, instances, found);
        return found;
    }

    /** {@code cloudos.ssh.port}, and framework properties that are named as the attribute of the bundle that reads them. */
    private static void known(Start start, Schema schema, List<Property> found) {
        for (Section section : schema.sections()) {
            for (Attribute attribute : section.factory() ? List.<Attribute>of() : section.attributes().values()) {
                List<String> names = new ArrayList<>(List.of(OWN + section.name() + "." + attribute.name()));
                if (attribute.id().indexOf('.') > 0) {
                    names.add(attribute.id());
                }
                for (String name : names) {
                    String profile = start.profile.get(name);
                    String property = start.properties.get(name);
                    String key = section.name() + "." + attribute.name();
                    if (profile != null) {
                        found.add(new Property(Source.of(Layer.PROFILE, "profile property " + name), key, profile, null));
                    }
                    if (property != null && !property.equals(profile)) {
                        found.add(new Property(Source.of(Layer.COMMAND_LINE, "-D" + name), key, property, null));
                    }
                }
            }
        }
    }

    private static void environment(Map<String, String> environment, Schema schema, Set<String> instances, List<Property> found) {
        Map<String, String> byVariable = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        List<String> keys = new ArrayList<>(schema.keys());
        for (String instance : instances) {
            schema.find(instance.substring(0, instance.indexOf(Schema.INSTANCE))).ifPresent(
                    s -> s.attributes().keySet().forEach(n -> keys.add(instance + "." + n)));
        }
        for (String key : keys) {
            if (!key.contains("~*") && byVariable.put(variable(key), key) != null) {
                ambiguous.add(variable(key));
            }
        }
        environment.forEach((name, text) -> {
            Source source = Source.of(Layer.ENVIRONMENT, name);
            if (!name.startsWith(VARIABLE) || NOT_OURS.contains(name)) {
                return;
            }
            String key = byVariable.get(name);
            if (key == null) {
                String near = Schema.question(name, byVariable.keySet());
                found.add(new Property(source, null, text, "names no setting" + (near.isEmpty() ? "" : ";" + near)));
            } else if (ambiguous.contains(name)) {
                found.add(new Property(source, null, text, "could mean more than one setting; use a file"));
            } else {
                found.add(new Property(source, key, text, null));
            }
        });
    }

    /** {@code ssh.port} is {@code CLOUDOS_SSH_PORT}. */
    static String variable(String key) {
        return VARIABLE + key.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
