package org.cloudos.kernel.core;

import java.time.Duration;
import java.time.Instant;
import org.cloudos.kernel.Subsystem.State;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/**
 * Restarts failed subsystems that ask for it, after 1 s, 2 s, 4 s ... 60 s. Looks when something happened: an
 * incident, or a change in Declarative Services (which says so by a new change count). One that stayed up
 * for 10 s longer than its last delay begins with 1 s again.
 */
final class Supervisor implements ServiceListener {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    /** More than Declarative Services takes to tell of a failure (ds.service.changecount.timeout, 5 s). */
    private static final Duration STABLE = Duration.ofSeconds(10);

    private final BundleContext context;
    private final SubsystemRegistry registry;
    private final IncidentRing incidents;
    private volatile boolean closed;

    Supervisor(BundleContext context, SubsystemRegistry registry, IncidentRing incidents) {
        this.context = context;
        this.registry = registry;
        this.incidents = incidents;
    }

    void open() {
        incidents.onIncident(bundleId -> {
            if (bundleId != 0) {
                look();
            }
        });
        try {
            context.addServiceListener(this, "(objectClass=" + Components.RUNTIME + ")");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    void close() {
        closed = true;
        context.removeServiceListener(this);
    }

    @Override
    public void serviceChanged(ServiceEvent event) {
        if (event.getType() == ServiceEvent.MODIFIED) {
            look();
        }
    }

    /** In a thread of its own: the caller may hold the framework's locks, or be a thread that is about to die. */
    private void look() {
        if (!closed) {
            Thread.ofVirtual().name("cloudos-supervisor").start(this::lookNow);
        }
    }

    private void lookNow() {
        try {
            for (SubsystemRegistry.Declared declared : registry.declared()) {
                if (declared.restart() && registry.state(declared) == State.FAILED && claim(declared)) {
                    Thread.ofVirtual().name("restart of " + declared.name()).start(() -> restart(declared));
                }
            }
        } catch (IllegalStateException stopping) {
            // The system is going down.
        }
    }

    /** False when somebody is at it already. */
    private boolean claim(SubsystemRegistry.Declared declared) {
        SubsystemRegistry.Memory memory = registry.memory(declared.bundle().getBundleId());
        synchronized (memory) {
            boolean first = !memory.restartDue;
            memory.restartDue = true;
            return first;
        }
    }

    private void restart(SubsystemRegistry.Declared declared) {
        Bundle bundle = declared.bundle();
        SubsystemRegistry.Memory memory = registry.memory(bundle.getBundleId());
        try {
            Thread.sleep(delay(memory, Instant.now()));
            if (!closed && bundle.getState() != Bundle.UNINSTALLED && context.getBundle(0).getState() == Bundle.ACTIVE) {
                synchronized (memory) {
                    memory.restarts++;
                }
                bundle.stop(Bundle.STOP_TRANSIENT);
                release(memory);
                bundle.start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
            }
        } catch (BundleException | IllegalStateException e) {
            incidents.report(bundle.getBundleId(), "Restart of subsystem " + declared.name() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            release(memory);
        }
        look();
    }

    private static void release(SubsystemRegistry.Memory memory) {
        synchronized (memory) {
            memory.restartDue = false;
        }
    }

    /** How long to wait before the restart of what failed now. */
    static Duration delay(SubsystemRegistry.Memory memory, Instant now) {
        synchronized (memory) {
            boolean stable = memory.delay == null
                    || Duration.between(memory.started, now).compareTo(memory.delay.plus(STABLE)) > 0;
            Duration twice = stable ? FIRST : memory.delay.multipliedBy(2);
            memory.delay = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
            return memory.delay;
        }
    }
}
