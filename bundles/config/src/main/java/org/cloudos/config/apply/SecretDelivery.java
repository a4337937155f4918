package org.cloudos.config.apply;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.cloudos.config.layers.Evaluation.Target;
import org.cloudos.config.layers.References;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Type;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationPlugin;

/**
 * Puts secrets in the place of references while Configuration Admin delivers a configuration (OSGi Compendium 104.9): it
 * stores the references, and who reads its configurations sees those. A reference that leads to nothing any more is
 * left out of the delivery, and told.
 */
public final class SecretDelivery implements ConfigurationPlugin {
    private final Function<String, Optional<Target>> managed;
    private final References references;
    private final BiConsumer<String, String> complain;

    /** @param complain takes a PID and a message */
    public SecretDelivery(Function<String, Optional<Target>> managed, References references, BiConsumer<String, String> complain) {
        this.managed = managed;
        this.references = references;
        this.complain = complain;
    }

    @Override
    public void modifyConfiguration(ServiceReference<?> reference, Dictionary<String, Object> properties) {
        Object pid = properties.get(Constants.SERVICE_PID);
        Optional<Target> target = pid == null ? Optional.empty() : managed.apply(pid.toString());
        if (target.isEmpty()) {
            return;
        }
        Map<String, Attribute> attributes = target.get().section() == null ? Map.of() : target.get().section().byId();
        target.get().values().forEach((id, value) -> {
            if (references(value)) {
                deliver(pid.toString(), id, value, attributes.get(id), properties);
            }
        });
    }

    /** Whether there is a reference in it. */
    public static boolean references(Object value) {
        return value instanceof String text ? References.in(text)
                : value instanceof List<?> list && list.stream().anyMatch(SecretDelivery::references);
    }

    private void deliver(String pid, String id, Object value, Attribute attribute, Dictionary<String, Object> properties) {
        Type type = attribute == null ? Type.STRING : attribute.type();
        try {
            if (value instanceof List<?> list) {
                List<Object> resolved = new ArrayList<>();
                for (Object each : list) {
                    resolved.add(each instanceof String text ? resolve(type, text) : each);
                }
                properties.put(id, AdminWriter.many(attribute, resolved));
            } else {
                properties.put(id, resolve(type, (String) value));
            }
        } catch (References.Dangling e) {
            properties.remove(id);
            complain.accept(pid, id + " is left out: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            properties.remove(id);
            complain.accept(pid, id + " is left out: expected " + type.words() + " behind " + value + ", found something else");
        }
    }

    private Object resolve(Type type, String text) throws References.Dangling {
        return type.parse(references.resolve(text));
    }
}
