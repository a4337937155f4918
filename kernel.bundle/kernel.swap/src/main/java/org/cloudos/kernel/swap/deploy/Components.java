package org.cloudos.kernel.swap.deploy;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** What the service component runtime says of a bundle's components, when there is one. See {@link Health} for why by name. */
final class Components {
    private static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";
    private static final String DESCRIPTION = "org.osgi.service.component.runtime.dto.ComponentDescriptionDTO";
    /** ComponentConfigurationDTO.FAILED_ACTIVATION; unsatisfied states are 1 and 2. */
    private static final int FAILED = 16, UNSATISFIED = 3;

    private final BundleContext context;

    Components(BundleContext context) {
        this.context = context;
    }

    /** Names of the components of this bundle that have all that they need. */
    Set<String> satisfied(Bundle bundle) {
        Set<String> names = new HashSet<>();
        states(bundle).forEach((name, state) -> {
            if (state.number > UNSATISFIED) names.add(name);
        });
        return names;
    }

    /**
     * @param before components that were satisfied before the change
     * @return what is wrong, or empty
     */
    Optional<String> complaint(Bundle bundle, Set<String> before, boolean last) {
        for (Map.Entry<String, State> e : states(bundle).entrySet()) {
            State state = e.getValue();
            if (state.number == FAILED) {
                return Optional.of("the component " + e.getKey() + " failed to activate: " + firstLine(state.failure));
            }
            if (last && state.number <= UNSATISFIED && before.contains(e.getKey())) {
                return Optional.of("the component " + e.getKey() + " waits for " + state.waitsFor);
            }
        }
        return Optional.empty();
    }

    private record State(int number, String failure, String waitsFor) { }

    private Map<String, State> states(Bundle bundle) {
        ServiceReference<?> reference = context.getServiceReference(RUNTIME);
        Object runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) return Map.of();
        try {
            return read(runtime, bundle);
        } catch (ReflectiveOperationException e) {
            return Map.of(); // a runtime of another generation: health and services decide alone
        } finally {
            context.ungetService(reference);
        }
    }

    private static Map<String, State> read(Object runtime, Bundle bundle) throws ReflectiveOperationException {
        Class<?> api = runtime.getClass();
        while (api != null && !implementsRuntime(api)) api = api.getSuperclass();
        if (api == null) return Map.of();
        Class<?> type = runtimeInterface(api);
        Class<?> dto = type.getClassLoader().loadClass(DESCRIPTION);
        Map<String, State> states = new LinkedHashMap<>();
        Object descriptions = type.getMethod("getComponentDescriptionDTOs", Bundle[].class)
                .invoke(runtime, (Object) new Bundle[] {bundle});
        for (Object description : (Collection<?>) descriptions) {
            String name = (String) field(description, "name");
            Object configurations = type.getMethod("getComponentConfigurationDTOs", dto).invoke(runtime, description);
            for (Object c : (Collection<?>) configurations) {
                StringBuilder waits = new StringBuilder("its configuration");
                for (Object r : (Object[]) field(c, "unsatisfiedReferences")) {
                    waits.append(waits.indexOf("reference") < 0 ? "" : ", ").append(" reference ").append(field(r, "name"));
                }
                states.put(name, new State((Integer) field(c, "state"), String.valueOf(field(c, "failure")),
                        waits.toString().replace("its configuration reference", "its reference")));
            }
        }
        return states;
    }

    private static boolean implementsRuntime(Class<?> c) {
        return runtimeInterface(c) != null;
    }

    private static Class<?> runtimeInterface(Class<?> c) {
        for (Class<?> type : c.getInterfaces()) {
            if (type.getName().equals(RUNTIME)) return type;
        }
        return null;
    }

    private static Object field(Object dto, String name) throws ReflectiveOperationException {
        return dto.getClass().getField(name).get(dto);
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
