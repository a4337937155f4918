package org.cloudos.config.schema;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a bundle declares for one PID.
 *
 * @param name       short name, or the PID where there is none
 * @param factory    takes instances {@code name~INSTANCE}
 * @param bundle     symbolic name of the bundle that declares it
 * @param attributes by {@link Attribute#name}
 */
public record Section(String name, String pid, boolean factory, String bundle, String title, String description,
        SortedMap<String, Attribute> attributes) {

    /** The attribute that is written like this, by its name or its id. */
    public Optional<Attribute> find(String nameOrId) {
        Attribute named = attributes.get(nameOrId);
        return named != null ? Optional.of(named)
                : attributes.values().stream().filter(a -> a.id().equals(nameOrId)).findFirst();
    }

    /** Ids and attributes. */
    public Map<String, Attribute> byId() {
        return attributes.values().stream().collect(java.util.stream.Collectors.toMap(Attribute::id, a -> a, (a, b) -> a));
    }
}
