package org.cloudos.kernel;

import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The boot in progress or done: phases, and readiness as the profile defines it. The profile's property
 * {@code cloudos.ready} lists LDAP filters, separated by commas; the system is ready when each matches a
 * service. Then the OSGi Condition {@code osgi.condition.id=cloudos.ready} is registered (OSGi Core 8,
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
