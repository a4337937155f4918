package org.cloudos.watch;

import java.time.Duration;
import java.util.Hashtable;
import java.util.Optional;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.apache.felix.fileinstall.ArtifactListener;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Deployment;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Registers {@link DropBox} before File Install looks at its folder for the first time. Not a component: one comes only
 * when Deployment does, and until then File Install would install the jars itself.
 */
public final class WatchActivator implements BundleActivator {
    private static final Duration QUIET = Duration.ofMillis(1500); // more than one round of File Install

    private ServiceTracker<Deployment, Deployment> deployments;
    private ServiceTracker<BundleStore, BundleStore> stores;
    private ServiceTracker<LoggerFactory, LoggerFactory> logs;
    private Thread worker;

    /** For the framework. */
    public WatchActivator() { }

    @Override public void start(BundleContext context) {
        deployments = new ServiceTracker<>(context, Deployment.class, null);
        stores = new ServiceTracker<>(context, BundleStore.class, null);
        logs = new ServiceTracker<>(context, LoggerFactory.class, null);
        deployments.open();
        stores.open();
        logs.open();
        DropBox box = new DropBox(new Services(), QUIET);
        worker = Thread.ofVirtual().name("watched folder").start(box);
        Hashtable<String, Object> first = new Hashtable<>();
        first.put(Constants.SERVICE_RANKING, 1000);
        context.registerService(new String[] {ArtifactInstaller.class.getName(), ArtifactListener.class.getName()}, box, first);
    }

    @Override public void stop(BundleContext context) {
        worker.interrupt();
        deployments.close();
        stores.close();
        logs.close();
    }

    private final class Services implements DropBox.Surroundings {
        @Override public Deployment deployment() throws InterruptedException {
            return deployments.waitForService(0);
        }

        @Override public Optional<BundleStore> store() {
            return Optional.ofNullable(stores.getService());
        }

        @Override public void info(String message) {
            LoggerFactory log = logs.getService();
            if (log != null) {
                log.getLogger(DropBox.class).info(message);
            }
        }

        @Override public void error(String message) {
            LoggerFactory log = logs.getService();
            if (log != null) {
                log.getLogger(DropBox.class).error(message);
            }
        }
    }
}
