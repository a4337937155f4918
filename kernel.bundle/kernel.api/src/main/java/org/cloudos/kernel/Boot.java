package org.cloudos.kernel;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The boot in progress or done: phases, and readiness as the profile defines it. The profile's property
 * {@code cloudos.ready} lists LDAP filters, separated by commas; the system is ready when all bundles have been
 * started and each filter matches a service. Then the OSGi Condition {@code osgi.condition.id=cloudos.ready} is registered (OSGi Core 8,
 * chapter 151).
 */
@ProviderType
public interface Boot {
    /** Value of {@code osgi.condition.id} of the readiness Condition. */
    String READY = "cloudos.ready";

    /**
     * One step of the boot.
     *
     * @param at from power-on (booted) or process start (hosted) to the step's end
     */
    record Phase(String name, Duration at) { }

    /** Told of each phase as it ends; a service that is there before the boot begins. Must return at once. */
    @ConsumerType
    interface Observer {
        void ended(Phase phase);
    }

    /** Name of the phase in which the first prompt appears; the shell records it. */
    String PROMPT = "prompt";

    /** Name of the phase in which all bundles of the profile have been started; the launcher records it. */
    String STARTED = "started";

    /** The phases so far, oldest first. */
    List<Phase> phases();

    /** Records that a phase ends now. A name that is there already is ignored. */
    void phase(String name);

    /** Whether the readiness Condition is registered. */
    boolean ready();

    /** The filters of {@code cloudos.ready} that no service matches yet, each with what is known of why. */
    List<String> missing();

    /**
     * Waits for readiness.
     *
     * @return false when the time ran out
     */
    boolean awaitReady(Duration limit) throws InterruptedException;
}
