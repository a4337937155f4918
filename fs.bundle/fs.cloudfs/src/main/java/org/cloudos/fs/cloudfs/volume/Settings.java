package org.cloudos.fs.cloudfs.volume;

import java.util.function.LongSupplier;

/**
 * How a volume is opened.
 *
 * @param cacheBytes   for nodes of trees, those that changed too
 * @param dirtyBytes   for contents that are not on the medium yet
 * @param commitNanos  what is written is on the medium after so long, fsync or not; 0: nothing runs by itself, for simulations
 * @param clock        nanoseconds since the epoch
 * @param discard      tells the device at once what became free
 * @param degraded     a mirror may go on with one device that does not know the other to be left out
 */
public record Settings(boolean readOnly, long cacheBytes, long dirtyBytes, long commitNanos, LongSupplier clock, boolean discard, boolean degraded) {
    public static final long MEMORY = 64L << 20;

    /** Of so much memory, half for nodes, three eighths for writes, the rest for what is under way to the device. */
    public static Settings memory(long bytes, LongSupplier clock) {
        return new Settings(false, bytes / 2, bytes * 3 / 8, 5_000_000_000L, clock, false, false);
    }

    public Settings asReadOnly() {
        return new Settings(true, cacheBytes, dirtyBytes, commitNanos, clock, discard, degraded);
    }

    /** Without work by itself. */
    public Settings still() {
        return new Settings(readOnly, cacheBytes, dirtyBytes, 0, clock, discard, degraded);
    }

    /** Of a mirror, with one device too. */
    public Settings alone() {
        return new Settings(readOnly, cacheBytes, dirtyBytes, commitNanos, clock, discard, true);
    }
}
