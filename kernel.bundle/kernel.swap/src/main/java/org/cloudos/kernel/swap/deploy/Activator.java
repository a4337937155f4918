package org.cloudos.kernel.swap.deploy;

import java.time.Clock;
import java.util.Set;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.gate.Gates;
import org.osgi.annotation.bundle.Header;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.resolver.Resolver;
import org.osgi.util.tracker.ServiceTracker;

/**
 * An activator and no component: the gates must be there before the first component registers its services.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class Activator implements BundleActivator {
    private static final System.Logger LOG = System.getLogger(Activator.class.getName());

    private BundleContext context;
    private Limits limits;
    private Gates gates;
    private ServiceTracker<BundleStore, ServiceRegistration<Deployment>> stores;
    private volatile boolean stopping;

    @Override
    public void start(BundleContext context) {
        this.context = context;
        limits = Limits.of(context);
        gates = new Gates(context, limits.patience());
        gates.start();
        stores = new ServiceTracker<>(context, BundleStore.class, null) {
            @Override
            public ServiceRegistration<Deployment> addingService(ServiceReference<BundleStore> reference) {
                return offer(context.getService(reference));
            }

            @Override
            public void removedService(ServiceReference<BundleStore> reference, ServiceRegistration<Deployment> r) {
                r.unregister();
                context.ungetService(reference);
            }
        };
        stores.open();
    }

    private ServiceRegistration<Deployment> offer(BundleStore store) {
        Resolver resolver = context.getService(context.getServiceReference(Resolver.class));
        ProfileList profile = ProfileList.read(context.getProperty("cloudos.home"));
        Deployment deployment = new Deployer(context, store, gates, new DryResolve(resolver), profile, limits,
                Clock.systemUTC(), this::ending);
        return context.registerService(Deployment.class, new ToldDeployment(context, deployment), null);
    }

    private boolean ending() {
        return stopping || context.getBundle(0).getState() == Bundle.STOPPING;
    }

    @Override
    public void stop(BundleContext context) {
        stopping = true;
        stores.close();
        Set<Bundle> hidden = gates.stop();
        if (context.getBundle(0).getState() == Bundle.STOPPING) return;
        // Nobody was told of the services behind the gates: their bundles must register them again.
        for (Bundle bundle : hidden) {
            try {
                if (bundle.getState() != Bundle.ACTIVE) continue;
                bundle.stop(Bundle.STOP_TRANSIENT);
                bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
            } catch (BundleException e) {
                LOG.log(System.Logger.Level.WARNING, "could not start {0} again", bundle.getSymbolicName());
            }
        }
    }
}
