package org.cloudos.kernel;

/**
 * The capability by which a bundle says that it provides a subsystem:
 * {@code Provide-Capability: cloudos.subsystem;cloudos.subsystem=ssh;restart=backoff}.
 */
public final class SubsystemNamespace {
    /** Name of the capability and of its attribute that holds the subsystem's name. */
    public static final String SUBSYSTEM_NAMESPACE = "cloudos.subsystem";

    /** Attribute: {@link #RESTART_BACKOFF} has a failed subsystem restarted; without it, it stays failed. */
    public static final String RESTART_ATTRIBUTE = "restart";

    /** Value of {@link #RESTART_ATTRIBUTE}: restart after 1 s, 2 s, 4 s ... at most 60 s. */
    public static final String RESTART_BACKOFF = "backoff";

    private SubsystemNamespace() { }
}
