package org.cloudos.linux.machine;

import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The processor's cycle counter and I/O ports, by a few instructions of our own: neither has a function in the C library that could
 * be called.
 */
@ProviderType
public interface MachineRegisters {
    /** Reads the counter; some nanoseconds. */
    @FunctionalInterface
    interface Counter {
        long read();
    }

    /**
     * The counter of this processor: the time stamp counter ({@code RDTSC}), or the generic timer's virtual count ({@code CNTVCT_EL0}). What
     * stood before in the program has happened when it is read.
     *
     * @throws LinuxException {@code EOPNOTSUPP} on other processors and where the counter is switched off for us; {@code EACCES} and {@code EPERM}
     *                        where memory of ours must not be executed
     */
    Counter counter() throws LinuxException;

    /** Ticks a second as the processor says, or 0 where it does not (x86). As {@link #counter}. */
    long counterHertz() throws LinuxException;

    /**
     * {@code IN}.
     *
     * @param port  0 to 65535, a multiple of the width
     * @param width bytes: 1, 2 or 4
     * @throws LinuxException {@code EPERM} without {@code CAP_SYS_RAWIO}; {@code EOPNOTSUPP} on processors without ports
     */
    int in(int port, int width) throws LinuxException;

    /** {@code OUT}. As {@link #in}. */
    void out(int port, int width, int value) throws LinuxException;
}
