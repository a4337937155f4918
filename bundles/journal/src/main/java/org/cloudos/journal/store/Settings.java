package org.cloudos.journal.store;

import java.time.Duration;

/**
 * Bounds of a journal.
 *
 * @param fileBytes   after which a file is closed, before compression
 * @param fileAge     after which a file is closed
 * @param maxBytes    of all files; the oldest go
 * @param maxAge      of records; files with nothing younger go
 * @param keepFree    bytes of the file system that are to stay free; the oldest files go for it
 * @param bufferBytes in memory and not written yet; what comes beyond waits a little, then is lost
 * @param flush       after which a record is written at the latest
 * @param sync        after which what was written is forced onto the medium at the latest
 * @param compression Zstandard's level for closed files, 1 to 19; 0 for none
 */
public record Settings(long fileBytes, Duration fileAge, long maxBytes, Duration maxAge, long keepFree, int bufferBytes,
        Duration flush, Duration sync, int compression) {
    /** For a small machine. */
    public static final Settings DEFAULT = new Settings(16L << 20, Duration.ofDays(1), 256L << 20, Duration.ofDays(30), 64L << 20,
            4 << 20, Duration.ofMillis(100), Duration.ofSeconds(1), 3);

    /** Checks ranges. */
    public Settings {
        atLeast("fileBytes", fileBytes, 1 << 10);
        atLeast("maxBytes", maxBytes, 1 << 10);
        atLeast("keepFree", keepFree, 0);
        atLeast("bufferBytes", bufferBytes, 1 << 10);
        atLeast("fileAge in ms", fileAge.toMillis(), 1);
        atLeast("maxAge in ms", maxAge.toMillis(), 1);
        atLeast("flush in ms", flush.toMillis(), 1);
        atLeast("sync in ms", sync.toMillis(), 1);
        if (compression < 0 || compression > 19) {
            throw new IllegalArgumentException("compression: expected 0 to 19, found " + compression);
        }
    }

    private static void atLeast(String what, long found, long least) {
        if (found < least) {
            throw new IllegalArgumentException(what + ": expected at least " + least + ", found " + found);
        }
    }
}
