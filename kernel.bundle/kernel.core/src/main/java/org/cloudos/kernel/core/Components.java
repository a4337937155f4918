package org.cloudos.kernel.core;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * What Declarative Services knows of a bundle's components (Compendium 8, §112.10). DS comes after the kernel, or
 * not at all: this class is loaded once its service is there.
 */
final class Components {
    static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";

    /** How far a component is. */
    enum Stage { UP, UNCONFIGURED, WAITING, FAILED }

    /**
     * One component.
     *
     * @param services that it offers
     * @param why      it is not up; empty when it is
     */
    record View(String name, List<String> services, Stage stage, String why) { }

    private Components() { }

    /** The components of a bundle; none when DS is not there. Sees nothing of a DS with other API classes. */
    static List<View> of(BundleContext context, Bundle... bundles) {
        ServiceReference<?> reference = context.getServiceReference(RUNTIME);
        if (reference == null) {
            return List.of();
        }
        try {
            return Reader.read(context, reference, bundles);
        } catch (LinkageError | ClassCastException | IllegalStateException e) {
            return List.of();
        } finally {
            context.ungetService(reference);
        }
    }

    /** Apart, so that the DS types are linked only here. */
    private static final class Reader {
        static List<View> read(BundleContext context, ServiceReference<?> reference, Bundle... bundles) {
            List<View> views = new ArrayList<>();
            if (context.getService(reference) instanceof ServiceComponentRuntime runtime) {
                for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs(bundles)) {
                    for (ComponentConfigurationDTO c : runtime.getComponentConfigurationDTOs(description)) {
                        views.add(view(description, c));
                    }
                }
            }
            return views;
        }

        private static final String CAUSED_BY = "Caused by: ";
        private static final List<String> WRAPPERS = List.of("java.lang.reflect.InvocationTargetException",
                "org.osgi.service.component.ComponentException");

        private static View view(ComponentDescriptionDTO d, ComponentConfigurationDTO c) {
            List<String> services = List.of(d.serviceInterfaces);
            return switch (c.state) {
                case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                    new View(d.name, services, Stage.FAILED, "component " + d.name + " failed: " + firstLine(c.failure));
                case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                    new View(d.name, services, Stage.WAITING, "component " + d.name + " waits for " + waitsFor(d, c));
                case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> new View(d.name, services,
                        Stage.UNCONFIGURED, "component " + d.name + " waits for a configuration with PID "
                        + String.join(", ", d.configurationPid));
                default -> new View(d.name, services, Stage.UP, "");
            };
        }

        private static String waitsFor(ComponentDescriptionDTO d, ComponentConfigurationDTO c) {
            List<String> missing = new ArrayList<>();
            for (UnsatisfiedReferenceDTO u : c.unsatisfiedReferences) {
                for (ReferenceDTO r : d.references) {
                    if (r.name.equals(u.name)) {
                        missing.add(r.interfaceName + (u.target == null ? "" : " with " + u.target));
                    }
                }
            }
            return String.join(", ", missing);
        }

        /** The outermost error of the component's own code: it says most. What DS wraps around it is passed by. */
        private static String firstLine(String trace) {
            if (trace == null) {
                return "no cause known";
            }
            String found = "";
            for (String line : trace.split("\n")) {
                boolean cause = line.startsWith(CAUSED_BY);
                if (!found.isEmpty() && !cause) {
                    continue;
                }
                found = cause ? line.substring(CAUSED_BY.length()).trim() : line.trim();
                if (WRAPPERS.stream().noneMatch(found::startsWith)) {
                    break;
                }
            }
            return found;
        }
    }
}
