package org.cloudos.kernel;

import java.time.Instant;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What went wrong with nobody there to handle it: errors that no thread caught, bundles that did not start, a
 * damaged store. Kept in memory (the newest ones) and passed on to the log. Thread-safe.
 */
@ProviderType
public interface Incidents {
    /**
     * One of them.
     *
     * @param bundle symbolic name of the bundle it came from
     * @param cause  null where the message says all
     */
    record Incident(Instant at, String bundle, String message, Throwable cause) { }

    /**
     * Takes one down. Never throws.
     *
     * @param bundleId of the bundle it came from; 0 is the system itself
     * @param cause    may be null
     */
    void report(long bundleId, String message, Throwable cause);

    /** The newest ones, oldest first. */
    List<Incident> list();
}
