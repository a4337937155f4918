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
 * get another one, so they are disabled and enabled. It hears of the other one in its own time, and enables with what it knows: one
 * that fails at once is tried again.
 */
public final class FailedComponents {
    private static final long[] PAUSES_MS = {0, 250, 1000};

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
            if (Stream.of(description.configurationPid).anyMatch(names::contains) && hasFailed(runtime, description)) {
                failed.add(description);
            }
        }
        return () -> failed.forEach(d -> Thread.ofVirtual().name("second chance of " + d.name).start(() -> tryAgain(runtime, d)));
    }

    private static boolean hasFailed(ServiceComponentRuntime runtime, ComponentDescriptionDTO description) {
        return runtime.getComponentConfigurationDTOs(description).stream().anyMatch(c -> c.state == ComponentConfigurationDTO.FAILED_ACTIVATION);
    }

    private static void tryAgain(ServiceComponentRuntime runtime, ComponentDescriptionDTO description) {
        try {
            for (long pause : PAUSES_MS) {
                Thread.sleep(pause);
                runtime.disableComponent(description).getFailure(); // waits
                runtime.enableComponent(description).getFailure();
                if (!hasFailed(runtime, description)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String withoutInstance(String pid) {
        int tilde = pid.indexOf(Schema.INSTANCE);
        return tilde < 0 ? pid : pid.substring(0, tilde);
    }
}
