package org.cloudos.kernel.core;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.kernel.Incidents.Incident;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystem.Health;
import org.cloudos.kernel.Subsystem.State;
import org.cloudos.kernel.SubsystemNamespace;
import org.cloudos.kernel.Subsystems;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/**
 * The subsystems, put together when somebody asks: from the bundles' capabilities and states, their components,
 * health checks and incidents. What can't be asked afterwards is written down as it happens: when a state began,
 * and how often a bundle was restarted.
 */
final class SubsystemRegistry implements Subsystems, SynchronousBundleListener {
    private static final Duration HEALTH_LIMIT = Duration.ofSeconds(2);
    /** An answer about health is good for so long: a status display must not keep the checks busy. */
    private static final Duration HEALTH_AGE = Duration.ofSeconds(2);

    /** What is remembered of a bundle. Each field is written under the object's own lock. */
    static final class Memory {
        State state;
        Instant since;
        Instant started = Instant.EPOCH;
        int restarts;
        boolean restartDue;
        Duration delay; // of the last restart; null when there was none
        Instant checked = Instant.EPOCH;
        HealthProbe.Finding health = HealthProbe.Finding.OK;
    }

    /** A subsystem's declaration. */
    record Declared(String name, Bundle bundle, boolean restart) { }

    private record Assessment(State state, String cause) { }

    private final BundleContext context;
    private final IncidentRing incidents;
    private final Clock clock;
    private final Map<Long, Memory> memories = new ConcurrentHashMap<>();

    SubsystemRegistry(BundleContext context, IncidentRing incidents, Clock clock) {
        this.context = context;
        this.incidents = incidents;
        this.clock = clock;
    }

    void open() {
        memory(context.getBundle().getBundleId()).started = Instant.now(clock);
        context.addBundleListener(this);
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STARTING) {
            Memory memory = memory(event.getBundle().getBundleId());
            synchronized (memory) {
                memory.started = Instant.now(clock);
                memory.checked = Instant.EPOCH;
            }
        } else if (event.getType() == BundleEvent.UNINSTALLED) {
            memories.remove(event.getBundle().getBundleId());
        }
    }

    @Override
    public List<Subsystem> list() {
        List<Subsystem> all = new ArrayList<>();
        for (Declared declared : declared()) {
            all.add(describe(declared));
        }
        all.sort(Comparator.comparing(Subsystem::name));
        return all;
    }

    @Override
    public Optional<Subsystem> find(String name) {
        for (Declared declared : declared()) {
            if (declared.name().equals(name)) {
                return Optional.of(describe(declared));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Subsystem> ofBundle(long bundleId) {
        for (Declared declared : declared()) {
            if (declared.bundle().getBundleId() == bundleId) {
                return Optional.of(describe(declared));
            }
        }
        return Optional.empty();
    }

    List<Declared> declared() {
        List<Declared> all = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision != null) {
                for (BundleCapability c : revision.getDeclaredCapabilities(SubsystemNamespace.SUBSYSTEM_NAMESPACE)) {
                    Object restart = c.getAttributes().get(SubsystemNamespace.RESTART_ATTRIBUTE);
                    Object name = c.getAttributes().get(SubsystemNamespace.SUBSYSTEM_NAMESPACE);
                    all.add(new Declared(name == null ? bundle.getSymbolicName() : name.toString(), bundle,
                            SubsystemNamespace.RESTART_BACKOFF.equals(restart)));
                }
            }
        }
        return all;
    }

    Memory memory(long bundleId) {
        return memories.computeIfAbsent(bundleId, id -> new Memory());
    }

    Subsystem describe(Declared declared) {
        Bundle bundle = declared.bundle();
        Memory memory = memory(bundle.getBundleId());
        Assessment now = assess(declared, memory);
        HealthProbe.Finding health = now.state() == State.ACTIVE ? health(bundle, memory)
                : new HealthProbe.Finding(Health.UNKNOWN, "");
        synchronized (memory) {
            if (memory.state != now.state()) {
                memory.state = now.state();
                memory.since = memory.since == null && now.state() == State.ACTIVE && memory.started != Instant.EPOCH
                        ? memory.started : Instant.now(clock);
            }
            return new Subsystem(declared.name(), bundle.getVersion().toString(), bundle.getSymbolicName(),
                    bundle.getBundleId(), now.state(), health.health(), memory.restarts, memory.since,
                    now.cause().isEmpty() ? health.why() : now.cause());
        }
    }

    /** The state without the health checks, which may take their time. */
    State state(Declared declared) {
        return assess(declared, memory(declared.bundle().getBundleId())).state();
    }

    private Assessment assess(Declared declared, Memory memory) {
        Bundle bundle = declared.bundle();
        Incident incident = incidents.newestFatal(bundle.getBundleId(), started(memory));
        Assessment found = switch (bundle.getState()) {
            case Bundle.STARTING -> new Assessment(State.STARTING, "");
            case Bundle.ACTIVE -> ofComponents(bundle, declared.restart() ? incident : null);
            case Bundle.STOPPING -> new Assessment(State.STOPPED, "is stopping");
            default -> incident == null ? new Assessment(State.STOPPED, "not started")
                    : new Assessment(State.FAILED, text(incident));
        };
        boolean due;
        synchronized (memory) {
            due = memory.restartDue;
        }
        return found.state() == State.FAILED && due ? new Assessment(State.BACKOFF, found.cause()) : found;
    }

    /** @param uncaught an error that ended one of its threads, which is a failure where a restart is asked for */
    private Assessment ofComponents(Bundle bundle, Incident uncaught) {
        if (uncaught != null) {
            return new Assessment(State.FAILED, text(uncaught));
        }
        Components.View worst = null;
        boolean anyUp = false;
        for (Components.View c : Components.of(context, bundle)) {
            anyUp |= c.stage() == Components.Stage.UP;
            if (worst == null || c.stage().compareTo(worst.stage()) > 0) {
                worst = c;
            }
        }
        return switch (worst == null ? Components.Stage.UP : worst.stage()) {
            case FAILED -> new Assessment(State.FAILED, worst.why());
            case WAITING -> new Assessment(State.WAITING, worst.why());
            // Where another component works, one without a configuration is not wanted.
            case UNCONFIGURED -> anyUp ? new Assessment(State.ACTIVE, "") : new Assessment(State.WAITING, worst.why());
            case UP -> new Assessment(State.ACTIVE, "");
        };
    }

    private HealthProbe.Finding health(Bundle bundle, Memory memory) {
        Instant now = Instant.now(clock);
        synchronized (memory) {
            if (memory.checked.plus(HEALTH_AGE).isAfter(now)) {
                return memory.health;
            }
        }
        HealthProbe.Finding found;
        try {
            found = HealthProbe.ask(context, bundle, HEALTH_LIMIT);
        } catch (LinkageError e) {
            found = HealthProbe.Finding.OK; // Without the health API, nothing says otherwise.
        }
        Incident incident = incidents.newestFatal(bundle.getBundleId(), started(memory));
        if (incident != null && found.health() == Health.OK) {
            found = new HealthProbe.Finding(Health.WARN, text(incident));
        }
        synchronized (memory) {
            memory.checked = now;
            memory.health = found;
        }
        return found;
    }

    private static Instant started(Memory memory) {
        synchronized (memory) {
            return memory.started;
        }
    }

    private static String text(Incident incident) {
        Throwable cause = incident.cause();
        while (cause != null && cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause == null ? incident.message() : incident.message() + ": " + cause;
    }
}
