package org.cloudos.fs.fuse.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;

/**
 * What was removed gives its space back when the kernel forgets it, and its FORGET comes behind the reply to the removal, maybe to another
 * worker. Who finds no room meanwhile is tried again here: to a program, {@code rm} has freed the space when it returns. Thread-safe.
 */
final class Removals {
    /** A FORGET waits for a worker only; one that takes longer is of a file that somebody has open. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /** A request that needs room. */
    interface Attempt {
        void run() throws FsException, LinuxException;
    }

    private final int most;
    private final Set<Long> nameless = ConcurrentHashMap.newKeySet(); // and known to the kernel
    private volatile long last; // removal, in nanoseconds of System.nanoTime
    private volatile boolean waitedInVain; // since then
    private volatile int waiting; // changed under this
    private long forgotten; // while somebody waits; guarded by this

    /** @param threads that serve the mount: one of them stays to hear the FORGET */
    Removals(int threads) {
        most = threads - 1;
    }

    /** The last name of a node that the kernel knows is gone; told before the kernel hears of it. */
    void expect(long node) {
        nameless.add(node);
        last = System.nanoTime();
        waitedInVain = false;
    }

    /** The kernel has forgotten a node, and the volume has its space. */
    void forgotten(long node) {
        if (!nameless.isEmpty() && nameless.remove(node) && waiting > 0) {
            synchronized (this) {
                forgotten++;
                notifyAll();
            }
        }
    }

    /**
     * Repeats what found no room as long as a removal may be about to give some.
     *
     * @param full   how it failed
     * @throws FsException as {@code full} when nothing came, or when it was not enough
     */
    void retry(Attempt attempt, FsException.Refused full) throws FsException, LinuxException {
        if (full.errno() != Errno.ENOSPC && full.errno() != Errno.EDQUOT || !begin()) {
            throw full;
        }
        try {
            FsException.Refused failed = full;
            long before, now = count();
            do {
                before = now;
                try {
                    attempt.run();
                    return;
                } catch (FsException.Refused e) {
                    failed = e;
                }
                now = await(before);
            } while (now != before);
            throw failed;
        } finally {
            end();
        }
    }

    private boolean expected() {
        return !nameless.isEmpty() && !waitedInVain && System.nanoTime() - last < PATIENCE;
    }

    private synchronized boolean begin() {
        if (!expected() || waiting >= most) {
            return false;
        }
        waiting++;
        return true;
    }

    private synchronized void end() {
        waiting--;
    }

    private synchronized long count() {
        return forgotten;
    }

    /** @return the count, which is {@code before} when nothing came */
    private synchronized long await(long before) {
        try {
            while (forgotten == before && expected()) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, PATIENCE - (System.nanoTime() - last)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (forgotten == before) {
            waitedInVain = true; // the next is told at once
        }
        return forgotten;
    }
}
