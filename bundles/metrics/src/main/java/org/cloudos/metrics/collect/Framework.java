package org.cloudos.metrics.collect;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.metrics.MetricSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceReference;

/** Bundles, their services, and the changes of bundles. */
public final class Framework implements MetricSource, BundleListener, FrameworkListener, AutoCloseable {
    private static final int MAX_BUNDLES = 500;
    private final BundleContext context;
    private final LongAdder starts = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private int[] outcomes = new int[0];
    private long counted;
    private volatile boolean closed;

    /** Listens until it is closed. */
    public Framework(BundleContext context) {
        this.context = context;
        context.addBundleListener(this);
        context.addFrameworkListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTED) {
            starts.increment();
        }
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            errors.increment();
        }
    }

    @Override
    public void collect(Sink sink) {
        if (closed) {
            return; // the system goes down, and somebody reads once more
        }
        Map<String, Integer> states = new TreeMap<>();
        Map<String, Integer> services = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            states.merge(state(bundle.getState()), 1, Integer::sum);
            ServiceReference<?>[] registered = services.size() < MAX_BUNDLES ? bundle.getRegisteredServices() : null;
            if (registered != null) {
                services.merge(bundle.getSymbolicName() == null ? "bundle " + bundle.getBundleId() : bundle.getSymbolicName(),
                        registered.length, Integer::sum);
            }
        }
        states.forEach((state, count) -> sink.gauge("osgi_bundles", "Bundles by state.", count, "state", state));
        services.forEach((bundle, count) -> sink.gauge("osgi_services", "Services by the bundle that offers them.", count, "bundle", bundle));
        sink.counter("osgi_bundle_starts_total", "Bundles that were started, since this one runs.", starts.sum());
        sink.counter("osgi_framework_errors_total", "Errors that the framework told of, since this bundle runs.", errors.sum());
        changes(sink);
    }

    /** The record is a file: it is read once a minute. */
    private void changes(Sink sink) {
        if (outcomes.length == 0 || System.nanoTime() - counted > 60_000_000_000L) {
            count();
            counted = System.nanoTime();
        }
        for (int i = 0; i < outcomes.length; i++) {
            sink.gauge("cloudos_changes", "Changes of bundles that are on record, by outcome.", outcomes[i],
                    "outcome", Change.Outcome.values()[i].name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private void count() {
        ServiceReference<Deployment> reference = context.getServiceReference(Deployment.class);
        Deployment deployment = reference == null ? null : context.getService(reference);
        if (deployment == null) {
            return;
        }
        try {
            outcomes = new int[Change.Outcome.values().length];
            for (Change change : deployment.history()) {
                outcomes[change.outcome().ordinal()]++;
            }
        } finally {
            context.ungetService(reference);
        }
    }

    private static String state(int state) {
        return switch (state) {
            case Bundle.UNINSTALLED -> "uninstalled";
            case Bundle.INSTALLED -> "installed";
            case Bundle.RESOLVED -> "resolved";
            case Bundle.STARTING -> "starting";
            case Bundle.STOPPING -> "stopping";
            default -> "active";
        };
    }

    @Override
    public void close() {
        closed = true;
        context.removeBundleListener(this);
        context.removeFrameworkListener(this);
    }
}
