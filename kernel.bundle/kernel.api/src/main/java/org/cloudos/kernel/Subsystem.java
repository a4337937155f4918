package org.cloudos.kernel;

import java.time.Instant;

/**
 * What is known of one subsystem at one moment.
 *
 * @param name     as declared in the capability {@code cloudos.subsystem}
 * @param version  version of the providing bundle
 * @param bundle   symbolic name of the providing bundle
 * @param bundleId its id in the framework
 * @param restarts how often it was restarted after a failure since boot
 * @param since    when it entered {@code state}
 * @param cause    why it is not {@code ACTIVE} and {@code OK}; empty when it is
 */
public record Subsystem(String name, String version, String bundle, long bundleId, State state, Health health,
        int restarts, Instant since, String cause) {

    /** {@code WAITING}: a requirement is missing. {@code BACKOFF}: failed, and will be restarted. */
    public enum State { STARTING, WAITING, ACTIVE, BACKOFF, FAILED, STOPPED }

    /** The worst result of the bundle's health checks; {@code UNKNOWN} where it offers none and is not active. */
    public enum Health { OK, WARN, CRITICAL, UNKNOWN }
}
