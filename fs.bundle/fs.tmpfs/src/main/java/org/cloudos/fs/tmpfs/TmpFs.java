package org.cloudos.fs.tmpfs;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;

/** A volume in memory. What has to do with names is in {@link Tree}, with contents in {@link Contents}. */
final class TmpFs implements FileSystem {
    private static final int MAX_VALUE = 65_536;
    private static final String NAME = "tmpfs";

    private final Volume volume;
    private final Tree tree;
    private final Contents contents;

    TmpFs(Volume volume) {
        this.volume = volume;
        this.tree = new Tree(volume);
        this.contents = new Contents(volume);
    }

    Volume volume() {
        return volume;
    }

    @Override public VolumeInfo info() {
        return new VolumeInfo(volume.id, NAME, volume.label, volume.readOnly(), Pages.MAX,
                Set.of(VolumeInfo.Feature.EXTENDED_ATTRIBUTES, VolumeInfo.Feature.HOLES, VolumeInfo.Feature.IN_MEMORY));
    }

    @Override public Space space() {
        long limit = volume.pool.limit(), free = Math.max(0, limit - volume.pool.used());
        return new Space(limit, free, free, volume.nodeLimit(), Math.max(0, volume.nodeLimit() - volume.nodeCount()), PagePool.PAGE);
    }

    @Override public Attributes attributes(long number) throws FsException {
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().readLock())) {
            return node.attributes();
        }
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        return tree.lookup(folder, name);
    }

    @Override public long parent(long folder) throws FsException {
        return tree.parent(folder);
    }

    @Override public Attributes set(long number, AttributeChange change) throws FsException {
        volume.checkWritable();
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            long now = volume.clock.getAsLong();
            if (change.size() != null) {
                contents.resize(node, change.size(), now);
            }
            node.change(change, now);
            return node.attributes();
        }
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        return tree.create(folder, name, what);
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        return tree.createNameless(folder, what);
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        return tree.link(node, folder, name);
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        tree.remove(folder, name, folderWanted);
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        tree.rename(folder, name, toFolder, toName, mode);
    }

    @Override public String target(long link) throws FsException {
        Node node = volume.node(link);
        if (node.type() != NodeType.LINK) {
            throw new Refused(Errno.EINVAL, "target of node " + link + ", which is no link");
        }
        return (String) node.content();
    }

    @Override public void list(long folder, long cookie, EntrySink sink) throws FsException {
        tree.list(folder, cookie, sink);
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        return contents.read(node, offset, into);
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        return contents.write(node, offset, from);
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        return contents.append(node, from);
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        contents.allocate(node, offset, length, mode);
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        return contents.seek(node, offset, mode);
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        return contents.copy(node, offset, toNode, toOffset, length);
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        throw new Refused(Errno.EOPNOTSUPP, "blocks shared in memory");
    }

    /** Nothing survives a cut, and nothing is said to. */
    @Override public void sync(long node, boolean dataOnly) throws FsException {
        volume.node(node);
    }

    @Override public void sync() { } // as above

    @Override public byte[] extended(long number, String name) throws FsException {
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().readLock())) {
            byte[] value = node.extended().get(name);
            if (value == null) {
                throw missing(number, name);
            }
            return value.clone();
        }
    }

    @Override public void setExtended(long number, String name, byte[] value, ExtendedMode mode) throws FsException {
        volume.checkWritable();
        if (name.isEmpty() || name.length() > 255) {
            throw new Refused(Errno.ERANGE, "attribute's name of " + name.length() + " characters");
        }
        if (value.length > MAX_VALUE) {
            throw new Refused(Errno.E2BIG, "attribute \"" + name + "\" of " + value.length + " bytes, at most " + MAX_VALUE);
        }
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            byte[] before = node.extended().get(name);
            if (before == null && mode == ExtendedMode.REPLACE) {
                throw missing(number, name);
            }
            if (before != null && mode == ExtendedMode.CREATE) {
                throw new Refused(Errno.EEXIST, "attribute \"" + name + "\" of node " + number);
            }
            if (!volume.pool.charge(value.length - (before == null ? 0 : before.length))) {
                throw new Refused(Errno.ENOSPC, "attribute \"" + name + "\"");
            }
            node.extended().put(name, value.clone());
            node.f()[Node.CHANGED] = volume.clock.getAsLong();
        }
    }

    private static Refused missing(long number, String name) {
        return new Refused(Errno.ENODATA, "attribute \"" + name + "\" of node " + number);
    }

    @Override public void removeExtended(long number, String name) throws FsException {
        volume.checkWritable();
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            byte[] before = node.extended().remove(name);
            if (before == null) {
                throw missing(number, name);
            }
            volume.pool.charge(-before.length);
            node.f()[Node.CHANGED] = volume.clock.getAsLong();
        }
    }

    @Override public List<String> extendedNames(long number) throws FsException {
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().readLock())) {
            return List.copyOf(node.extended().keySet());
        }
    }

    @Override public void hold(long number) throws FsException {
        Node node = volume.node(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            volume.node(number); // it may have gone while this waited
            node.f()[Node.HOLDS]++;
        }
    }

    @Override public void drop(long number, long count) {
        try {
            Node node = volume.node(number);
            try (var _ = Held.of(node.lock().writeLock())) {
                node.f()[Node.HOLDS] = Math.max(0, node.f()[Node.HOLDS] - count);
                volume.forget(node);
            }
        } catch (FsException e) {
            // Who drops may outlive the node and the volume.
        }
    }

    /** A lock for try-with-resources. */
    record Held(Lock lock) implements AutoCloseable {
        static Held of(Lock lock) {
            lock.lock();
            return new Held(lock);
        }

        @Override public void close() {
            lock.unlock();
        }
    }
}
