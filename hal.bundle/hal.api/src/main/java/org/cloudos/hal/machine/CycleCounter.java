package org.cloudos.hal.machine;

import org.osgi.annotation.versioning.ProviderType;

/** The time stamp counter of x86, or the virtual count of ARM's generic timer. Thread-safe. */
@ProviderType
public interface CycleCounter {
    /** Its name: {@code TSC} or {@code CNTVCT}. */
    String name();

    /** The count; some nanoseconds. What stood before in the program has happened. */
    long read();

    /** Counts at one rate whatever the processor's frequency is, and goes on while it sleeps. */
    boolean isInvariant();

    /** What it was compared with the monotonic clock last: later is better, since the error is shared by a longer time. */
    Calibration calibration();

    /** Compares anew. */
    Calibration calibrate();

    /** What a difference of two reads is in nanoseconds, by the last calibration. */
    long nanos(long cycles);

    /**
     * A comparison.
     *
     * @param hertz    ticks a second
     * @param error    the largest relative error of {@code hertz}: the width of the readings at both ends over the time between them
     * @param stated   ticks a second as the processor says, 0 where it does not
     * @param overNanos time between both ends
     * @param cost     nanoseconds of one read
     */
    record Calibration(double hertz, double error, long stated, long overNanos, double cost) { }
}
