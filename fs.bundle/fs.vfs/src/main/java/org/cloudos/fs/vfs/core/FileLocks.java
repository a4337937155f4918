package org.cloudos.fs.vfs.core;

import java.util.List;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.LockInfo.Kind;
import org.cloudos.fs.vfs.Locks;
import org.cloudos.fs.vfs.OpenFlag;

/** Locks of open files. */
final class FileLocks implements Locks {
    private final Core core;

    FileLocks(Core core) {
        this.core = core;
    }

    private LockInfo wanted(Caller caller, long handle, Kind kind, boolean exclusive, long offset, long length) throws FsException {
        Open open = core.files.get(handle).notPath();
        boolean whole = kind == Kind.FLOCK;
        if (!whole && (offset < 0 || length <= 0 || length != TO_END && offset > Long.MAX_VALUE - length)) {
            throw new Refused(Errno.EINVAL, "lock of " + length + " bytes at " + offset);
        }
        return new LockInfo(kind, open.volume.id, open.node, kind == Kind.PROCESS ? caller.process() : open.first, exclusive, whole ? 0 : offset,
                whole || length == TO_END ? TO_END : length);
    }

    @Override public boolean lock(Caller caller, long handle, Kind kind, boolean exclusive, long offset, long length, long nanos)
            throws FsException {
        LockInfo wanted = wanted(caller, handle, kind, exclusive, offset, length);
        if (kind != Kind.FLOCK) {
            core.files.get(handle).forUse(exclusive ? OpenFlag.WRITE : OpenFlag.READ);
        }
        return core.locks.lock(wanted, Math.min(nanos, SLICE));
    }

    @Override public void unlock(Caller caller, long handle, Kind kind, long offset, long length) throws FsException {
        core.locks.unlock(wanted(caller, handle, kind, false, offset, length));
    }

    @Override public LockInfo conflict(Caller caller, long handle, Kind kind, boolean exclusive, long offset, long length) throws FsException {
        return core.locks.conflict(wanted(caller, handle, kind, exclusive, offset, length));
    }

    @Override public List<LockInfo> locks() {
        return core.locks.list();
    }
}
