package org.cloudos.fs.vfs.core;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.HandleInfo;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Propagation;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.fs.vfs.WatchEvent;

/** The service's face: each call goes to the part that does it, once the system's own mounts are made. */
abstract class Facade implements Vfs {
    final Core core;
    final MountControl mounts;
    private final FileTree tree;
    private final FileHandles handles;
    private final FileLocks locks;
    private final FileWatches watches;

    Facade(long pageBytes) {
        core = new Core(pageBytes, 1);
        mounts = new MountControl(core);
        Changes changes = new Changes(core);
        tree = new FileTree(core, changes);
        handles = new FileHandles(core, changes, tree);
        locks = new FileLocks(core);
        watches = new FileWatches(core);
    }

    /** Called first by each call. */
    abstract void ready();

    @Override public Attributes attributes(Caller caller, long at, String path, boolean follow) throws FsException {
        ready();
        return tree.attributes(caller, at, path, follow);
    }

    @Override public Attributes change(Caller caller, long at, String path, boolean follow, AttributeChange change) throws FsException {
        ready();
        return tree.change(caller, at, path, follow, change);
    }

    @Override public void access(Caller caller, long at, String path, int wanted) throws FsException {
        ready();
        tree.access(caller, at, path, wanted);
    }

    @Override public Attributes makeFolder(Caller caller, long at, String path, int mode) throws FsException {
        ready();
        return tree.makeFolder(caller, at, path, mode);
    }

    @Override public Attributes makeNode(Caller caller, long at, String path, NodeType type, int mode, int device) throws FsException {
        ready();
        return tree.makeNode(caller, at, path, type, mode, device);
    }

    @Override public Attributes makeLink(Caller caller, String target, long at, String path) throws FsException {
        ready();
        return tree.makeLink(caller, target, at, path);
    }

    @Override public void link(Caller caller, long at, String path, boolean follow, long toAt, String toPath) throws FsException {
        ready();
        tree.link(caller, at, path, follow, toAt, toPath);
    }

    @Override public void remove(Caller caller, long at, String path, boolean folder) throws FsException {
        ready();
        tree.remove(caller, at, path, folder);
    }

    @Override public void rename(Caller caller, long at, String path, long toAt, String toPath, RenameMode mode) throws FsException {
        ready();
        tree.rename(caller, at, path, toAt, toPath, mode);
    }

    @Override public String target(Caller caller, long at, String path) throws FsException {
        ready();
        return tree.target(caller, at, path);
    }

    @Override public String real(Caller caller, long at, String path) throws FsException {
        ready();
        return tree.real(caller, at, path);
    }

    @Override public byte[] extended(Caller caller, long at, String path, boolean follow, String name) throws FsException {
        ready();
        return tree.extended(caller, at, path, follow, name);
    }

    @Override public void setExtended(Caller caller, long at, String path, boolean follow, String name, byte[] value,
            ExtendedMode mode) throws FsException {
        ready();
        tree.setExtended(caller, at, path, follow, name, value, mode);
    }

    @Override public void removeExtended(Caller caller, long at, String path, boolean follow, String name) throws FsException {
        ready();
        tree.removeExtended(caller, at, path, follow, name);
    }

    @Override public List<String> extendedNames(Caller caller, long at, String path, boolean follow) throws FsException {
        ready();
        return tree.extendedNames(caller, at, path, follow);
    }

    @Override public long open(Caller caller, long at, String path, OpenHow how) throws FsException {
        ready();
        return handles.open(caller, at, path, how);
    }

    @Override public long duplicate(long handle) throws FsException {
        ready();
        return handles.duplicate(handle);
    }

    @Override public void close(long handle) throws FsException {
        ready();
        handles.close(handle);
    }

    @Override public HandleInfo handle(long handle) throws FsException {
        ready();
        return handles.handle(handle);
    }

    @Override public List<HandleInfo> handles() {
        ready();
        return handles.handles();
    }

    @Override public long read(long handle, long offset, MemorySegment into) throws FsException {
        ready();
        return handles.read(handle, offset, into);
    }

    @Override public long write(long handle, long offset, MemorySegment from) throws FsException {
        ready();
        return handles.write(handle, offset, from);
    }

    @Override public long position(long handle) throws FsException {
        ready();
        return handles.position(handle);
    }

    @Override public void position(long handle, long position) throws FsException {
        ready();
        handles.position(handle, position);
    }

    @Override public long seek(long handle, long offset, SeekMode mode) throws FsException {
        ready();
        return handles.seek(handle, offset, mode);
    }

    @Override public void allocate(long handle, long offset, long length, AllocateMode mode) throws FsException {
        ready();
        handles.allocate(handle, offset, length, mode);
    }

    @Override public long copy(long handle, long offset, long toHandle, long toOffset, long length) throws FsException {
        ready();
        return handles.copy(handle, offset, toHandle, toOffset, length);
    }

    @Override public void share(long handle, long offset, long toHandle, long toOffset, long length) throws FsException {
        ready();
        handles.share(handle, offset, toHandle, toOffset, length);
    }

    @Override public void sync(long handle, boolean dataOnly) throws FsException {
        ready();
        handles.sync(handle, dataOnly);
    }

    @Override public void list(long handle, long cookie, EntrySink sink) throws FsException {
        ready();
        handles.list(handle, cookie, sink);
    }

    @Override public Attributes attributes(long handle) throws FsException {
        ready();
        return handles.attributes(handle);
    }

    @Override public Attributes change(Caller caller, long handle, AttributeChange change) throws FsException {
        ready();
        return handles.change(caller, handle, change);
    }

    @Override public byte[] extended(Caller caller, long handle, String name) throws FsException {
        ready();
        return handles.extended(caller, handle, name);
    }

    @Override public void setExtended(Caller caller, long handle, String name, byte[] value, ExtendedMode mode) throws FsException {
        ready();
        handles.setExtended(caller, handle, name, value, mode);
    }

    @Override public void removeExtended(Caller caller, long handle, String name) throws FsException {
        ready();
        handles.removeExtended(caller, handle, name);
    }

    @Override public List<String> extendedNames(Caller caller, long handle) throws FsException {
        ready();
        return handles.extendedNames(caller, handle);
    }

    @Override public void link(Caller caller, long handle, long at, String path) throws FsException {
        ready();
        handles.link(caller, handle, at, path);
    }

    @Override public MountInfo mount(Caller caller, String source, String path, String type, Map<String, String> options) throws FsException {
        ready();
        return mounts.mount(caller, source, path, type, options);
    }

    @Override public MountInfo bind(Caller caller, String from, String to, boolean recursive) throws FsException {
        ready();
        return mounts.bind(caller, from, to, recursive);
    }

    @Override public void move(Caller caller, String from, String to) throws FsException {
        ready();
        mounts.move(caller, from, to);
    }

    @Override public MountInfo remount(Caller caller, String path, Map<String, String> options) throws FsException {
        ready();
        return mounts.remount(caller, path, options);
    }

    @Override public MountInfo propagate(Caller caller, String path, Propagation propagation, boolean recursive) throws FsException {
        ready();
        return mounts.propagate(caller, path, propagation, recursive);
    }

    @Override public void unmount(Caller caller, String path, boolean force) throws FsException {
        ready();
        mounts.unmount(caller, path, force);
    }

    @Override public List<MountInfo> mounts(long namespace) throws FsException {
        ready();
        return mounts.mounts(namespace);
    }

    @Override public long newNamespace(Caller caller, long from) throws FsException {
        ready();
        return mounts.newNamespace(caller, from);
    }

    @Override public void endNamespace(Caller caller, long namespace) throws FsException {
        ready();
        mounts.endNamespace(caller, namespace);
    }

    @Override public List<Long> namespaces() {
        ready();
        return mounts.namespaces();
    }

    @Override public Space space(Caller caller, String path) throws FsException {
        ready();
        return mounts.space(caller, path);
    }

    @Override public MountInfo mountOf(Caller caller, long at, String path) throws FsException {
        ready();
        return mounts.mountOf(caller, at, path);
    }

    @Override public void syncAll() throws FsException {
        ready();
        mounts.syncAll();
    }

    @Override public boolean lock(Caller caller, long handle, LockInfo.Kind kind, boolean exclusive, long offset, long length,
            long nanos) throws FsException {
        ready();
        return locks.lock(caller, handle, kind, exclusive, offset, length, nanos);
    }

    @Override public void unlock(Caller caller, long handle, LockInfo.Kind kind, long offset, long length) throws FsException {
        ready();
        locks.unlock(caller, handle, kind, offset, length);
    }

    @Override public LockInfo conflict(Caller caller, long handle, LockInfo.Kind kind, boolean exclusive, long offset,
            long length) throws FsException {
        ready();
        return locks.conflict(caller, handle, kind, exclusive, offset, length);
    }

    @Override public List<LockInfo> locks() {
        ready();
        return locks.locks();
    }

    @Override public long watch(Caller caller, long at, String path) throws FsException {
        ready();
        return watches.watch(caller, at, path);
    }

    @Override public List<WatchEvent> poll(long watch, int most, long nanos) throws FsException {
        ready();
        return watches.poll(watch, most, nanos);
    }

    @Override public void unwatch(long watch) {
        ready();
        watches.unwatch(watch);
    }
}
