package org.cloudos.fs.vfs;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;

/** An open file or folder: a number of {@link Handles}, closed once. Thread-safe. */
public final class OpenFile implements AutoCloseable {
    private final Vfs vfs;
    private final Caller caller;
    private final long handle;
    private final AtomicBoolean closed = new AtomicBoolean();

    private OpenFile(Vfs vfs, Caller caller, long handle) {
        this.vfs = vfs;
        this.caller = caller;
        this.handle = handle;
    }

    public static OpenFile open(Vfs vfs, Caller caller, String path, OpenHow how) throws FsException {
        return open(vfs, caller, 0, path, how);
    }

    /** @param at an open folder that a relative path begins at, or 0 */
    public static OpenFile open(Vfs vfs, Caller caller, long at, String path, OpenHow how) throws FsException {
        return new OpenFile(vfs, caller, vfs.open(caller, at, path, how));
    }

    /** The number. */
    public long handle() {
        return handle;
    }

    public long read(long offset, MemorySegment into) throws FsException {
        return vfs.read(handle, offset, into);
    }

    /** Writes all of it. {@code ENOSPC} when only a part found space. */
    public void write(long offset, MemorySegment from) throws FsException {
        for (long done = 0; done < from.byteSize();) {
            done += vfs.write(handle, offset == Handles.POSITION ? offset : offset + done, done == 0 ? from : from.asSlice(done));
        }
    }

    public Attributes attributes() throws FsException {
        return vfs.attributes(handle);
    }

    public void size(long size) throws FsException {
        vfs.change(caller, handle, AttributeChange.size(size));
    }

    public void sync(boolean dataOnly) throws FsException {
        vfs.sync(handle, dataOnly);
    }

    public void list(long cookie, EntrySink sink) throws FsException {
        vfs.list(handle, cookie, sink);
    }

    /** Waits for a lock. {@code EINTR} when the thread is interrupted. */
    public void lock(LockInfo.Kind kind, boolean exclusive, long offset, long length) throws FsException {
        while (!vfs.lock(caller, handle, kind, exclusive, offset, length, Locks.SLICE)) {
            if (Thread.currentThread().isInterrupted()) {
                throw new FsException.Refused(Errno.EINTR, "lock of " + length + " bytes at " + offset);
            }
        }
    }

    /** @return false when somebody else has it */
    public boolean tryLock(LockInfo.Kind kind, boolean exclusive, long offset, long length) throws FsException {
        return vfs.lock(caller, handle, kind, exclusive, offset, length, 0);
    }

    public void unlock(LockInfo.Kind kind, long offset, long length) throws FsException {
        vfs.unlock(caller, handle, kind, offset, length);
    }

    @Override public void close() throws FsException {
        if (closed.compareAndSet(false, true)) {
            vfs.close(handle);
        }
    }
}
