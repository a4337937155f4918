package org.cloudos.fs.cloudfs.upkeep;

import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;

/** Tells the device what is free, group by group; nobody takes blocks of a group meanwhile. */
public final class Trimming {
    private static final int LEAST_RUN = 16;

    private Trimming() { }

    /** @return bytes told */
    public static long run(Volume volume, Progress progress) throws FsException {
        volume.writable();
        volume.commit();
        long told = 0;
        for (int g = 0; g < volume.space.groups(); g++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new FsException.Refused(Errno.EINTR, "trim");
            }
            volume.lock.writeLock().lock();
            try {
                for (long[] run : volume.space.freeRuns(g, LEAST_RUN)) {
                    volume.medium.discard(run[0], run[1]);
                    told += run[1];
                }
            } finally {
                volume.lock.writeLock().unlock();
            }
            progress.at("groups", g + 1, volume.space.groups());
        }
        return told * Layout.BLOCK;
    }
}
