package org.cloudos.fs.vfs.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Tells whether something that was read is still so, without locks: a stamp for each of many stripes. Its low bits count those who
 * change something of the stripe just now, the others how often it was changed.
 *
 * <p>A reader takes the stamp, reads, and keeps what it read with the stamp if that is the same still. What is kept is good as long as
 * the stamp is. While somebody changes, nothing that is kept is good and nothing is kept.
 */
final class Stamps {
    private static final int CHANGERS = 0xFFFF;
    private static final long CHANGED = 1L << 16;
    private final AtomicLongArray stripes;

    /** @param count a power of 2 */
    Stamps(int count) {
        stripes = new AtomicLongArray(count);
    }

    private int stripe(int hash) {
        return hash & stripes.length() - 1;
    }

    long get(int hash) {
        return stripes.get(stripe(hash));
    }

    static boolean isQuiet(long stamp) {
        return (stamp & CHANGERS) == 0;
    }

    void begin(int hash) {
        stripes.getAndIncrement(stripe(hash));
    }

    void end(int hash) {
        stripes.getAndAdd(stripe(hash), CHANGED - 1);
    }

    void changed(int hash) {
        stripes.getAndAdd(stripe(hash), CHANGED);
    }

    /** Nothing that was kept is good. */
    void allChanged() {
        for (int i = 0; i < stripes.length(); i++) {
            stripes.getAndAdd(i, CHANGED);
        }
    }
}
