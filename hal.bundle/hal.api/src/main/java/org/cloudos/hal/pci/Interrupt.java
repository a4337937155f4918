package org.cloudos.hal.pci;

import org.osgi.annotation.versioning.ProviderType;

/** An interrupt as something that a thread waits for. One thread waits at a time. */
@ProviderType
public interface Interrupt {
    /**
     * Waits until it came since the last call, or is woken. Blocks the carrier: for a platform thread.
     *
     * @param nanos at most so long
     * @return how often it came, 0 when the time was over or {@link #wake} was called
     */
    long await(long nanos) throws InterruptedException;

    /** Lets a waiting thread go, now or the next. */
    void wake();

    /** How often it came in all. */
    long count();
}
