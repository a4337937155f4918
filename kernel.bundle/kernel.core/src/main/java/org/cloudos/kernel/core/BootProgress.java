package org.cloudos.kernel.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.cloudos.kernel.Boot;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.condition.Condition;

/** Phases and readiness. Listens only to services that the profile's filters match, and only until it is ready. */
final class BootProgress implements Boot, ServiceListener {
    private static final String READY_PHASE = "ready";

    private final BundleContext context;
    private final Timeline timeline;
    private final List<String> filters;
    private final Map<String, Long> ends = new LinkedHashMap<>(); // name to nanoTime; guarded by this
    private final CountDownLatch ready = new CountDownLatch(1);

    BootProgress(BundleContext context, Timeline timeline) {
        this.context = context;
        this.timeline = timeline;
        this.filters = ReadyFilters.split(context.getProperty("cloudos.ready"));
        // What the launcher noted down before there was a kernel.
        for (String earlier : new String[] {"jvm", "framework"}) {
            Long nanos = Timeline.number(context, "cloudos.phase." + earlier);
            if (nanos != null) {
                ends.put(earlier, nanos);
            }
        }
    }

    void open() {
        StringBuilder any = new StringBuilder("(|");
        for (String filter : filters) {
            any.append(filter);
        }
        try {
            context.addServiceListener(this, any.append(')').toString());
        } catch (InvalidSyntaxException e) {
            // No filters, or a wrong one: then it never gets ready, and missing() says why.
            return;
        }
    }

    void close() {
        context.removeServiceListener(this);
    }

    @Override
    public List<Phase> phases() {
        List<Phase> phases = new ArrayList<>();
        synchronized (this) {
            ends.forEach((name, nanos) -> phases.add(new Phase(name, timeline.at(nanos))));
        }
        return phases;
    }

    @Override
    public void phase(String name) {
        long now = System.nanoTime();
        synchronized (this) {
            if (ends.putIfAbsent(name, now) != null) {
                return;
            }
        }
        tell(name, now);
        if (name.equals(STARTED)) {
            look();
        }
    }

    private void tell(String name, long nanos) {
        ServiceReference<Observer> reference = context.getServiceReference(Observer.class);
        Observer observer = reference == null ? null : context.getService(reference);
        if (observer != null) {
            observer.ended(new Phase(name, timeline.at(nanos)));
            context.ungetService(reference);
        }
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.REGISTERED || event.getType() == ServiceEvent.MODIFIED) {
            look();
        }
    }

    /** Ready when all bundles have been started and nothing is missing. */
    private void look() {
        synchronized (this) {
            if (!ends.containsKey(STARTED) || ready()) {
                return;
            }
        }
        for (String filter : filters) {
            if (!matched(filter)) {
                return;
            }
        }
        becomeReady();
    }

    private void becomeReady() {
        long now = System.nanoTime();
        synchronized (this) {
            if (ends.putIfAbsent(READY_PHASE, now) != null) {
                return;
            }
        }
        close();
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(Condition.CONDITION_ID, READY);
        context.registerService(Condition.class, Condition.INSTANCE, properties);
        ready.countDown();
        tell(READY_PHASE, now);
    }

    private boolean matched(String filter) {
        try {
            return context.getAllServiceReferences(null, filter) != null;
        } catch (InvalidSyntaxException e) {
            return false;
        }
    }

    @Override
    public boolean ready() {
        return ready.getCount() == 0;
    }

    @Override
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (ready()) {
            return missing;
        }
        synchronized (this) {
            if (!ends.containsKey(STARTED)) {
                missing.add("bundles are still being started");
            }
        }
        for (String filter : filters) {
            try {
                if (context.getAllServiceReferences(null, filter) == null) {
                    missing.add(filter + ": " + WhyMissing.say(context, ReadyFilters.type(filter)));
                }
            } catch (InvalidSyntaxException e) {
                missing.add(filter + ": not a filter: " + e.getMessage());
            }
        }
        return missing;
    }

    @Override
    public boolean awaitReady(Duration limit) throws InterruptedException {
        return ready.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }
}
