package org.cloudos.fs.vfs.core;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.HandleInfo;
import org.cloudos.fs.vfs.Handles;
import org.cloudos.fs.vfs.LockInfo.Kind;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;

/** Operations on open files. */
final class FileHandles implements Handles {
    private static final int COPY = 1 << 20, STAGE = 256 << 10;
    private static final long DAY = 86_400_000_000_000L;

    private final Core core;
    private final Changes changes;
    private final FileTree tree;
    private final Opener opener;

    FileHandles(Core core, Changes changes, FileTree tree) {
        this.core = core;
        this.changes = changes;
        this.tree = tree;
        this.opener = new Opener(core, tree);
    }

    @Override public long open(Caller caller, long at, String path, OpenHow how) throws FsException {
        return opener.open(caller, at, path, how);
    }

    @Override public long duplicate(long handle) throws FsException {
        return core.files.duplicate(handle);
    }

    @Override public void close(long handle) throws FsException {
        Open open = core.files.remove(handle);
        if (open == null) {
            throw new Refused(Errno.EBADF, "handle " + handle);
        }
        core.locks.closed(open.volume.id, open.node, Kind.PROCESS, open.process);
        if (open.shares.decrementAndGet() > 0) {
            return;
        }
        core.locks.closed(open.volume.id, open.node, Kind.FLOCK, open.first);
        core.locks.closed(open.volume.id, open.node, Kind.OPEN_FILE, open.first);
        if (open.mount.ended) {
            return;
        }
        try {
            if (open.has(OpenFlag.WRITE) && open.volume.pages() != null && open.volume.isThere()) {
                open.volume.pages().flush(open.node);
            }
        } finally {
            open.volume.fs().drop(open.node, 1);
        }
    }

    @Override public HandleInfo handle(long handle) throws FsException {
        return core.files.get(handle).info(handle);
    }

    @Override public List<HandleInfo> handles() {
        return core.files.list();
    }

    // ---- reading and writing

    @Override public long read(long handle, long offset, MemorySegment into) throws FsException {
        Open open = core.files.get(handle).forUse(OpenFlag.READ);
        if (offset < POSITION) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        long read;
        if (offset == POSITION) {
            synchronized (open) {
                read = readAt(open, open.position, into);
                open.position += read;
            }
        } else {
            read = readAt(open, offset, into);
        }
        if (open.mount.has(MountFlag.RELATIVE_ACCESS_TIME)) {
            touch(open);
        }
        return read;
    }

    private static long readAt(Open open, long offset, MemorySegment into) throws FsException {
        if (!into.isNative()) {
            return readStaged(open, offset, into);
        }
        return open.has(OpenFlag.DIRECT) ? open.volume.readDirect(open.node, offset, into) : open.volume.fs().read(open.node, offset, into);
    }

    /** A device takes native memory only. */
    private static long readStaged(Open open, long offset, MemorySegment into) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            long length = into.byteSize(), done = 0;
            MemorySegment stage = arena.allocate(Math.max(1, Math.min(STAGE, length)));
            while (done < length) {
                long read = readAt(open, offset + done, stage.asSlice(0, Math.min(stage.byteSize(), length - done)));
                MemorySegment.copy(stage, 0, into, done, read);
                done += read;
                if (read < stage.byteSize()) {
                    break;
                }
            }
            return done;
        }
    }

    private long writeStaged(Open open, long offset, MemorySegment from) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            long length = from.byteSize(), done = 0;
            MemorySegment stage = arena.allocate(Math.max(1, Math.min(STAGE, length)));
            while (done < length) {
                long part = Math.min(stage.byteSize(), length - done);
                MemorySegment.copy(from, done, stage, 0, part);
                long written = writeAt(open, offset + done, stage.asSlice(0, part));
                done += written;
                if (written < part) {
                    break;
                }
            }
            return done;
        }
    }

    private static void touch(Open open) throws FsException {
        if (open.has(OpenFlag.NO_ACCESS_TIME) || !open.mount.isWritable()) {
            return;
        }
        Attributes a = open.attributes();
        if (a.accessed() <= a.modified() || a.accessed() < System.currentTimeMillis() * 1_000_000 - DAY) {
            open.volume.fs().set(open.node, AttributeChange.times(AttributeChange.NOW, null));
        }
    }

    @Override public long write(long handle, long offset, MemorySegment from) throws FsException {
        Open open = core.files.get(handle).forUse(OpenFlag.WRITE);
        if (offset < POSITION) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        long written;
        if (offset == POSITION) {
            synchronized (open) {
                long at = open.has(OpenFlag.APPEND) ? append(open, from) : open.position;
                written = open.has(OpenFlag.APPEND) ? from.byteSize() : writeAt(open, at, from);
                open.position = at + written;
            }
        } else if (open.has(OpenFlag.APPEND)) {
            append(open, from);
            written = from.byteSize();
        } else {
            written = writeAt(open, offset, from);
        }
        if (open.has(OpenFlag.SYNC) || open.has(OpenFlag.DATA_SYNC)) {
            open.volume.fs().sync(open.node, !open.has(OpenFlag.SYNC));
        }
        return written;
    }

    private long append(Open open, MemorySegment from) throws FsException {
        before(open, Long.MAX_VALUE, from.byteSize());
        long at;
        if (from.isNative()) {
            at = open.volume.fs().append(open.node, from);
        } else {
            try (Arena arena = Arena.ofConfined()) { // as a whole, since others append too
                MemorySegment stage = arena.allocate(Math.max(1, from.byteSize())).asSlice(0, from.byteSize());
                at = open.volume.fs().append(open.node, stage.copyFrom(from));
            }
        }
        core.nodeChanged(open, true);
        return at;
    }

    private long writeAt(Open open, long offset, MemorySegment from) throws FsException {
        if (!from.isNative()) {
            return writeStaged(open, offset, from);
        }
        before(open, offset, from.byteSize());
        long done = open.has(OpenFlag.DIRECT) ? open.volume.writeDirect(open.node, offset, from)
                : open.volume.fs().write(open.node, offset, from);
        core.nodeChanged(open, true);
        return done;
    }

    /** Quotas and set-ID bits, where there are any. */
    private void before(Open open, long offset, long length) throws FsException {
        if (!core.quotas.isEmpty() && !open.passesQuotas) {
            Attributes a = open.attributes();
            long growth = offset == Long.MAX_VALUE ? length : Math.max(0, offset + length - a.size());
            if (growth > 0) {
                core.grow(open.passesQuotas, open.volume, a.uid(), a.gid(), growth, 0);
            }
        }
        if (!open.keepsSetId && open.volume.setId.contains(open.node)) {
            Attributes a = open.attributes();
            if (Permissions.hasSetId(a)) {
                open.volume.fs().set(open.node, AttributeChange.mode(Permissions.withoutSetId(a.mode())));
            }
            open.volume.setId.remove(open.node);
        }
    }

    @Override public long position(long handle) throws FsException {
        Open open = core.files.get(handle);
        synchronized (open) {
            return open.position;
        }
    }

    @Override public void position(long handle, long position) throws FsException {
        if (position < 0) {
            throw new Refused(Errno.EINVAL, "position " + position);
        }
        Open open = core.files.get(handle).notPath();
        synchronized (open) {
            open.position = position;
        }
    }

    @Override public long seek(long handle, long offset, SeekMode mode) throws FsException {
        Open open = core.files.get(handle).notPath();
        return open.volume.fs().seek(open.node, offset, mode);
    }

    @Override public void allocate(long handle, long offset, long length, AllocateMode mode) throws FsException {
        Open open = core.files.get(handle).forUse(OpenFlag.WRITE);
        if (open.has(OpenFlag.APPEND) && (mode == AllocateMode.PUNCH_HOLE || mode == AllocateMode.COLLAPSE || mode == AllocateMode.INSERT)
                && (open.attributes().flags() & Attributes.APPEND_ONLY) != 0) {
            throw new Refused(Errno.EPERM, open.path + ", which only grows");
        }
        before(open, offset, length);
        open.volume.fs().allocate(open.node, offset, length, mode);
        core.nodeChanged(open, true);
    }

    @Override public long copy(long handle, long offset, long toHandle, long toOffset, long length) throws FsException {
        Open from = core.files.get(handle).forUse(OpenFlag.READ), to = core.files.get(toHandle).forUse(OpenFlag.WRITE);
        if (to.has(OpenFlag.APPEND)) {
            throw new Refused(Errno.EBADF, to.path + ", which is open to append");
        }
        if (offset < 0 || toOffset < 0 || length < 0) {
            throw new Refused(Errno.EINVAL, "copy of " + length + " bytes from " + offset + " to " + toOffset);
        }
        before(to, toOffset, length);
        long done;
        if (from.volume == to.volume) {
            done = from.volume.fs().copy(from.node, offset, to.node, toOffset, length);
        } else {
            done = pass(from, offset, to, toOffset, length);
        }
        core.nodeChanged(to, true);
        return done;
    }

    private static long pass(Open from, long offset, Open to, long toOffset, long length) throws FsException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.max(1, Math.min(COPY, length)));
            long done = 0;
            while (done < length) {
                long read = from.volume.fs().read(from.node, offset + done, buffer.asSlice(0, Math.min(buffer.byteSize(), length - done)));
                if (read == 0) {
                    break;
                }
                long written = to.volume.fs().write(to.node, toOffset + done, buffer.asSlice(0, read));
                done += written;
                if (written < read) {
                    break;
                }
            }
            return done;
        }
    }

    @Override public void share(long handle, long offset, long toHandle, long toOffset, long length) throws FsException {
        Open from = core.files.get(handle).forUse(OpenFlag.READ), to = core.files.get(toHandle).forUse(OpenFlag.WRITE);
        if (from.volume != to.volume) {
            throw new Refused(Errno.EXDEV, "blocks of " + from.path + " shared with " + to.path);
        }
        before(to, toOffset, length);
        from.volume.fs().share(from.node, offset, to.node, toOffset, length);
        core.nodeChanged(to, true);
    }

    @Override public void sync(long handle, boolean dataOnly) throws FsException {
        Open open = core.files.get(handle).notPath();
        open.volume.fs().sync(open.node, dataOnly);
    }

    @Override public void list(long handle, long cookie, EntrySink sink) throws FsException {
        Open open = core.files.get(handle).forUse(OpenFlag.READ);
        open.volume.fs().list(open.node, cookie, sink);
    }

    // ---- attributes

    @Override public Attributes attributes(long handle) throws FsException {
        return core.files.get(handle).attributes();
    }

    @Override public Attributes change(Caller caller, long handle, AttributeChange change) throws FsException {
        Open open = core.files.get(handle).notPath();
        if (change.size() != null) {
            if (!open.has(OpenFlag.WRITE)) {
                throw new Refused(Errno.EINVAL, open.path + ", which is not open to write");
            }
        }
        Attributes done = changes.change(caller, open.mount, open.attributes(), change, true, open.path);
        core.nodeChanged(open, change.size() != null);
        return done;
    }

    @Override public byte[] extended(Caller caller, long handle, String name) throws FsException {
        Open open = core.files.get(handle).notPath();
        return changes.extended(caller, open.mount, open.attributes(), name, open.path);
    }

    @Override public void setExtended(Caller caller, long handle, String name, byte[] value, ExtendedMode mode) throws FsException {
        Open open = core.files.get(handle).notPath();
        changes.setExtended(caller, open.mount, open.attributes(), name, value, mode, open.path);
        core.nodeChanged(open, false);
    }

    @Override public void removeExtended(Caller caller, long handle, String name) throws FsException {
        Open open = core.files.get(handle).notPath();
        changes.removeExtended(caller, open.mount, open.attributes(), name, open.path);
        core.nodeChanged(open, false);
    }

    @Override public List<String> extendedNames(Caller caller, long handle) throws FsException {
        Open open = core.files.get(handle).notPath();
        return changes.extendedNames(caller, open.mount, open.attributes());
    }

    @Override public void link(Caller caller, long handle, long at, String path) throws FsException {
        Open open = core.files.get(handle);
        Attributes node = open.attributes();
        if (node.links() == 0 && (!open.has(OpenFlag.NAMELESS) || open.has(OpenFlag.EXCLUSIVE))) {
            throw new Refused(Errno.ENOENT, open.path + ", which was removed");
        }
        tree.link(caller, open.mount, node, at, path);
    }
}
