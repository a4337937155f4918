package org.cloudos.fs.vfs;

import java.util.List;
import org.cloudos.fs.FsException;
import org.osgi.annotation.versioning.ProviderType;

/** Notice of changes that are made through the VFS, and of those that others tell of by {@link ChangeListener}. */
@ProviderType
public interface Watches {
    /** Watches a file, or a folder and the entries in it. @return number for the other methods */
    long watch(Caller caller, long at, String path) throws FsException;

    /**
     * The next events.
     *
     * @param nanos waits so long for the first, at most {@link Locks#SLICE}
     * @return up to {@code most}, in their order; empty when there is none
     * @throws FsException {@code EBADF} for a number that is not watching
     */
    List<WatchEvent> poll(long watch, int most, long nanos) throws FsException;

    /** Ends a watch. */
    void unwatch(long watch);
}
