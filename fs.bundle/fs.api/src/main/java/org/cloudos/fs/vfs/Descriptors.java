package org.cloudos.fs.vfs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/**
 * A process's table of file descriptors: small numbers, the lowest free one first, for numbers of {@link Handles}. Thread-safe.
 * It holds numbers only, so it outlives a swap of the VFS.
 */
public final class Descriptors {
    private final Vfs vfs;
    private final int limit;
    /** Guarded by this; 0 is free. */
    private final List<Long> handles = new ArrayList<>();
    /** Guarded by this. */
    private final BitSet closeOnExec = new BitSet();

    /** @param limit RLIMIT_NOFILE */
    public Descriptors(Vfs vfs, int limit) {
        this.vfs = vfs;
        this.limit = limit;
    }

    /** Opens a file. {@code EMFILE} */
    public int open(Caller caller, long at, String path, OpenHow how, boolean closesOnExec) throws FsException {
        long handle = vfs.open(caller, at, path, how);
        try {
            return add(handle, 0, closesOnExec);
        } catch (FsException e) {
            vfs.close(handle);
            throw e;
        }
    }

    private synchronized int add(long handle, int least, boolean closesOnExec) throws FsException {
        int free = least;
        while (free < handles.size() && handles.get(free) != 0) {
            free++;
        }
        if (free >= limit) {
            throw new FsException.Refused(Errno.EMFILE, "descriptor " + free + " of at most " + limit);
        }
        while (handles.size() <= free) {
            handles.add(0L);
        }
        handles.set(free, handle);
        closeOnExec.set(free, closesOnExec);
        return free;
    }

    /** The open file's number. {@code EBADF} */
    public synchronized long handle(int descriptor) throws FsException {
        if (descriptor < 0 || descriptor >= handles.size() || handles.get(descriptor) == 0) {
            throw new FsException.Refused(Errno.EBADF, "descriptor " + descriptor);
        }
        return handles.get(descriptor);
    }

    /** dup(2), F_DUPFD. */
    public int duplicate(int descriptor, int least, boolean closesOnExec) throws FsException {
        long handle = vfs.duplicate(handle(descriptor));
        try {
            return add(handle, least, closesOnExec);
        } catch (FsException e) {
            vfs.close(handle);
            throw e;
        }
    }

    /** dup2(2). */
    public void duplicateTo(int descriptor, int to) throws FsException {
        long source = handle(descriptor);
        if (descriptor == to) {
            return;
        }
        if (to < 0 || to >= limit) {
            throw new FsException.Refused(Errno.EBADF, "descriptor " + to);
        }
        long handle = vfs.duplicate(source), before;
        synchronized (this) {
            while (handles.size() <= to) {
                handles.add(0L);
            }
            before = handles.set(to, handle);
            closeOnExec.clear(to);
        }
        if (before != 0) {
            vfs.close(before);
        }
    }

    public void close(int descriptor) throws FsException {
        long handle;
        synchronized (this) {
            handle = handle(descriptor);
            handles.set(descriptor, 0L);
        }
        vfs.close(handle);
    }

    /** The table of a child process: the same open files (fork(2)). */
    public Descriptors copy() throws FsException {
        Descriptors child = new Descriptors(vfs, limit);
        synchronized (this) {
            for (long handle : handles) {
                child.handles.add(handle == 0 ? 0 : vfs.duplicate(handle));
            }
            child.closeOnExec.or(closeOnExec);
        }
        return child;
    }

    /** execve(2): closes those that are to be closed. */
    public void executed() throws FsException {
        for (int descriptor : closeOnExec.stream().toArray()) {
            if (handles.get(descriptor) != 0) {
                close(descriptor);
            }
        }
        closeOnExec.clear();
    }

    /** The process ended. */
    public void closeAll() throws FsException {
        for (int descriptor = 0; descriptor < handles.size(); descriptor++) {
            if (handles.get(descriptor) != 0) {
                close(descriptor);
            }
        }
    }
}
