package org.cloudos.linux;

import org.osgi.annotation.versioning.ProviderType;

/** Sends signals to processes. */
@ProviderType
public interface Signals {
    /**
     * {@code kill(2)}: sends a signal to one process.
     *
     * @param pid    a process, over 0: no groups, and not all processes at once
     * @param signal number of the signal, 0 to 64; 0 only checks that the process is there
     * @throws IllegalArgumentException when {@code pid} or {@code signal} is out of range
     * @throws LinuxException {@code ESRCH}: no such process; {@code EPERM}: it is not ours
     */
    void send(long pid, int signal) throws LinuxException;
}
