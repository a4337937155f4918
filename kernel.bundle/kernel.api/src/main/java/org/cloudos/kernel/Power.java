package org.cloudos.kernel;

import org.osgi.annotation.versioning.ProviderType;

/** Ends the system in order: bundles stop in reverse order of their start, then the machine or the JVM ends. */
@ProviderType
public interface Power {
    /** Powers the machine off; hosted, ends the JVM with status 0. Returns at once. */
    void off();

    /** Restarts the machine; hosted, restarts the framework in a new JVM life. Returns at once. */
    void reboot();
}
