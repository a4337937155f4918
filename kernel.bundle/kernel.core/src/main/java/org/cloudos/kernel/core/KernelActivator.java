package org.cloudos.kernel.core;

import java.time.Clock;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.Incidents;
import org.cloudos.kernel.Subsystems;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * Starts the kernel. An activator and not a component: it is up before Declarative Services, and in the way of the
 * first prompt. So nothing is looked at here that can be looked at when somebody asks.
 */
public final class KernelActivator implements BundleActivator {
    private IncidentRing incidents;
    private BootProgress boot;
    private Supervisor supervisor;

    /** For the framework. */
    public KernelActivator() { }

    @Override
    public void start(BundleContext context) {
        incidents = new IncidentRing(context, Clock.systemUTC());
        SubsystemRegistry registry = new SubsystemRegistry(context, incidents, Clock.systemUTC());
        boot = new BootProgress(context, Timeline.ofProcess(context));
        supervisor = new Supervisor(context, registry, incidents);
        incidents.open();
        registry.open();
        supervisor.open();
        context.registerService(Incidents.class, incidents, null);
        context.registerService(Subsystems.class, registry, null);
        context.registerService(Boot.class, boot, null);
        boot.open();
    }

    @Override
    public void stop(BundleContext context) {
        supervisor.close();
        incidents.close();
        boot.close();
    }
}
