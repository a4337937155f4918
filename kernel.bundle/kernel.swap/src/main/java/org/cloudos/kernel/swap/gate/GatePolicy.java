package org.cloudos.kernel.swap.gate;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/**
 * Which services get a gate: those of singleton or bundle scope that are known by public interfaces alone, none of
 * them of the platform. Whoever holds a platform's service (HTTP, configuration, shell commands) is called by it.
 */
final class GatePolicy {
    private static final String[] PLATFORM = {"java.", "javax.", "jakarta.", "org.osgi.", "org.apache.", "org.jline.",
        "org.slf4j.", "ch.qos.", "org.cloudos.kernel."};
    /** Known to the kernel and to health executors only; a service may have them besides its own interfaces. */
    private static final String HAND_OVER = "org.cloudos.kernel.swap.HandOver";
    private static final Set<String> BESIDES = Set.of(HAND_OVER, "org.apache.felix.hc.api.HealthCheck");

    private GatePolicy() { }

    /** Whether its properties allow a gate. Cheap: called for each service that anybody looks for. */
    static boolean candidate(ServiceReference<?> service) {
        Bundle bundle = service.getBundle();
        if (bundle == null || bundle.getBundleId() == 0) return false;
        if (!(service.getProperty(Constants.OBJECTCLASS) instanceof String[] names)) return false;
        boolean own = false;
        for (String name : names) {
            if (platform(name)) {
                if (!BESIDES.contains(name)) return false;
            } else {
                own = true;
            }
        }
        return own && !Constants.SCOPE_PROTOTYPE.equals(service.getProperty(Constants.SERVICE_SCOPE))
                && service.getProperty("osgi.command.scope") == null
                && !"false".equals(String.valueOf(service.getProperty(Gate.GATE)))
                && service.getProperty(Gate.GATE_BUNDLE) == null;
    }

    /** The interfaces that its gate has, as its provider sees them; empty when one is not a public interface. */
    static Optional<List<Class<?>>> interfaces(ServiceReference<?> service) {
        Bundle bundle = service.getBundle();
        List<Class<?>> classes = new ArrayList<>();
        if (bundle == null) return Optional.empty();
        for (String name : (String[]) service.getProperty(Constants.OBJECTCLASS)) {
            if (name.equals(HAND_OVER)) continue;
            try {
                Class<?> type = bundle.loadClass(name);
                if (!type.isInterface() || !Modifier.isPublic(type.getModifiers())) return Optional.empty();
                classes.add(type);
            } catch (ClassNotFoundException | LinkageError | IllegalStateException e) {
                return Optional.empty(); // registered by somebody on its behalf
            }
        }
        return Optional.of(List.copyOf(classes));
    }

    private static boolean platform(String name) {
        for (String prefix : PLATFORM) {
            if (name.startsWith(prefix)) return true;
        }
        return false;
    }
}
