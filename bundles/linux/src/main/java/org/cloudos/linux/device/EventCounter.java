package org.cloudos.linux.device;

import org.cloudos.linux.LinuxException;
import org.osgi.annotation.versioning.ProviderType;

/** {@code eventfd(2)}. */
@ProviderType
public interface EventCounter extends AutoCloseable {
    /** For the kernel. */
    int descriptor();

    /**
     * Takes the count, waiting until it is over 0. Blocks the carrier.
     *
     * @param nanos at most so long, in whole milliseconds from 1 on
     * @return 0 when the time was over
     */
    long take(long nanos) throws LinuxException;

    /** Adds 1. */
    void add() throws LinuxException;

    @Override void close();
}
