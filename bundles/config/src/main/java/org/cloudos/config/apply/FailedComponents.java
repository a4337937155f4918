package org.cloudos.config.apply;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cloudos.config.schema.Schema;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * Components that failed with the configuration that they have. Declarative Services does not try them again when they
 * get another one, so they are disabled and enabled.
 */
public final class FailedComponents {
    private FailedComponents() { }

    /** Those that failed so far with one of these PIDs; run it when they have been changed. */
    public static Runnable of(BundleContext context, Collection<String> pids) {
        ServiceReference<ServiceComponentRuntime> reference = pids.isEmpty() ? null : context.getServiceReference(ServiceComponentRuntime.class);
        ServiceComponentRuntime runtime = reference == null ? null : context.getService(reference);
        if (runtime == null) {
            return () -> { };
        }
        Set<String> names = pids.stream().map(FailedComponents::withoutInstance).collect(Collectors.toSet());
        List<ComponentDescriptionDTO> failed = new ArrayList<>();
        for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
            if (Stream.of(description.configurationPid).anyMatch(names::contains) && runtime.getComponentConfigurationDTOs(description).stream()
                    .anyMatch(c -> c.state == ComponentConfigurationDTO.FAILED_ACTIVATION)) {
                failed.add(description);
            }
        }
        return () -> failed.forEach(d -> runtime.disableComponent(d).onResolve(() -> runtime.enableComponent(d)));
    }

    private static String withoutInstance(String pid) {
        int tilde = pid.indexOf(Schema.INSTANCE);
        return tilde < 0 ? pid : pid.substring(0, tilde);
    }
}
