package org.cloudos.kernel.core;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongConsumer;
import org.cloudos.kernel.Incidents;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The newest {@value #SIZE} incidents; each goes to the log once there is one. */
final class IncidentRing implements Incidents, FrameworkListener {
    private static final int SIZE = 256;
    private static final String LOG = "org.osgi.service.log.LogService";

    /** @param fatal it ended the bundle or a thread of it */
    private record Entry(long bundleId, Incident incident, boolean fatal) { }

    private final BundleContext context;
    private final Clock clock;
    private final Deque<Entry> ring = new ArrayDeque<>();     // guarded by this
    private final Deque<Entry> unlogged = new ArrayDeque<>(); // guarded by this
    private final ServiceTracker<Object, Object> log;
    private volatile LongConsumer listener = id -> { };

    IncidentRing(BundleContext context, Clock clock) {
        this.context = context;
        this.clock = clock;
        this.log = new ServiceTracker<>(context, LOG, null) {
            @Override
            public Object addingService(ServiceReference<Object> reference) {
                Object service = super.addingService(reference);
                pass(service);
                return service;
            }
        };
    }

    void open() {
        context.addFrameworkListener(this);
        log.open();
    }

    void close() {
        context.removeFrameworkListener(this);
        log.close();
    }

    /** Is told the id of the bundle that each fatal incident came from. */
    void onIncident(LongConsumer newListener) {
        listener = newListener;
    }

    @Override
    public void report(long bundleId, String message, Throwable cause) {
        add(bundleId, message, cause, cause != null, true);
    }

    /** @param toLog false when the log hears of it by itself */
    private void add(long bundleId, String message, Throwable cause, boolean fatal, boolean toLog) {
        Bundle bundle = context.getBundle(bundleId);
        String name = bundle == null ? "bundle " + bundleId : bundle.getSymbolicName();
        Entry entry = new Entry(bundleId, new Incident(Instant.now(clock), name, message, cause), fatal);
        synchronized (this) {
            bounded(ring).addLast(entry);
            if (toLog) {
                bounded(unlogged).addLast(entry);
            }
        }
        Object service = toLog ? log.getService() : null;
        if (service != null) {
            pass(service);
        }
        if (fatal) {
            listener.accept(bundleId);
        }
    }

    private static Deque<Entry> bounded(Deque<Entry> entries) {
        if (entries.size() == SIZE) {
            entries.removeFirst();
        }
        return entries;
    }

    private void pass(Object service) {
        for (Entry e = nextUnlogged(); e != null; e = nextUnlogged()) {
            try {
                Bundle bundle = context.getBundle(e.bundleId());
                LogPass.log(service, bundle == null ? context.getBundle() : bundle, e.incident());
            } catch (LinkageError | RuntimeException notOurLog) {
                return; // It stays in the ring.
            }
        }
    }

    private synchronized Entry nextUnlogged() {
        return unlogged.pollFirst();
    }

    @Override
    public synchronized List<Incident> list() {
        List<Incident> all = new ArrayList<>(ring.size());
        ring.forEach(e -> all.add(e.incident()));
        return all;
    }

    /** The newest that ended a bundle or a thread of it, since then; null when there is none. */
    synchronized Incident newestFatal(long bundleId, Instant since) {
        Incident found = null;
        for (Entry e : ring) {
            if (e.fatal() && e.bundleId() == bundleId && !e.incident().at().isBefore(since)) {
                found = e.incident();
            }
        }
        return found;
    }

    /** The log service writes framework events down by itself (Compendium 8, §101.8). */
    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.ERROR) {
            boolean start = event.getThrowable() instanceof BundleException;
            add(event.getBundle().getBundleId(), "Framework error", event.getThrowable(), start, false);
        }
    }
}
