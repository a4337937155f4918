package org.cloudos.units;

/**
 * A socket that a unit's process listens on. Registered as a service with the properties {@link #UNIT}, {@link #PROTOCOL},
 * {@link #ADDRESS}, {@link #PORT} and {@link #HEALTH} while it is there.
 *
 * @param protocol {@code tcp}, {@code tcp6}, {@code udp}, {@code udp6} or {@code unix}
 * @param address  an IP address, or the path of a Unix socket ({@code @name}: abstract)
 * @param port     0 for Unix sockets
 * @param pid      of the process that holds it
 * @param health   {@code OK}, {@code WARN} while the unit starts, stops or reloads, {@code CRITICAL} when it failed
 */
public record Endpoint(String unit, String protocol, String address, int port, long pid, String health) {
    /** Service property: the unit's name. */
    public static final String UNIT = "unit";
    /** Service property. */
    public static final String PROTOCOL = "protocol";
    /** Service property. */
    public static final String ADDRESS = "address";
    /** Service property: an {@code Integer}. */
    public static final String PORT = "port";
    /** Service property. */
    public static final String HEALTH = "health";
}
