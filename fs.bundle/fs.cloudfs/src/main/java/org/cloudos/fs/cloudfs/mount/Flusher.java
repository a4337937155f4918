package org.cloudos.fs.cloudfs.mount;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.snapshot.Drops;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Brings to the medium what was written some seconds ago and nobody asked for. */
final class Flusher implements Runnable {
    private final Volume volume;
    private final Contents contents;
    private final Drops drops;
    private final long interval;
    private Thread thread;
    private boolean stopped; // guarded by this
    private boolean due; // guarded by this

    Flusher(Volume volume, Contents contents, Drops drops) {
        this.drops = drops;
        this.volume = volume;
        this.contents = contents;
        this.interval = volume.settings.commitNanos();
    }

    /** @param now whether something is to be done at once */
    synchronized void start(boolean now) {
        due = now;
        if (interval > 0 && !volume.readOnly()) {
            thread = Thread.ofVirtual().name("cloudfs flusher").start(this);
        }
    }

    @Override public void run() {
        while (pause()) {
            try {
                contents.writeBackAll(interval);
                volume.commit();
                drop();
            } catch (FsException e) {
                // Volume.fail keeps it: the next change says why the volume is read-only. A full volume goes on.
                if (volume.readOnly()) {
                    return;
                }
            }
        }
    }

    private void drop() throws FsException {
        boolean more = true;
        while (more && !stopping()) {
            more = drops.step();
            Thread.yield(); // others may have the lock
        }
    }

    private synchronized boolean stopping() {
        return stopped;
    }

    synchronized void wake() {
        notifyAll();
    }

    private synchronized boolean pause() {
        try {
            if (!stopped && !due) {
                wait(Math.max(1, interval / 1_000_000));
            }
        } catch (InterruptedException e) {
            stopped = true;
        }
        due = false;
        return !stopped;
    }

    void stop() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
