package org.cloudos.fs.cloudfs.mount;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;
import org.cloudos.fs.cloudfs.file.Allocation;
import org.cloudos.fs.cloudfs.file.Contents;
import org.cloudos.fs.cloudfs.file.Copying;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.names.Attribution;
import org.cloudos.fs.cloudfs.names.Names;
import org.cloudos.fs.cloudfs.names.Reaper;
import org.cloudos.fs.cloudfs.names.Renaming;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** The files of a volume or snapshot, as the VFS and FUSE see them. */
public final class CloudFileSystem implements FileSystem {
    private final Volume volume;
    private final Subvolume s;
    private final Contents contents;
    private final Attribution attribution;
    private final Names names;
    private final Renaming renaming;
    private final Reaper reaper;
    private final Allocation allocation;
    private final Copying copying;

    CloudFileSystem(Subvolume subvolume, Contents contents) {
        this.volume = subvolume.volume;
        this.s = subvolume;
        this.contents = contents;
        this.attribution = new Attribution(s);
        this.reaper = new Reaper(s, contents);
        this.names = new Names(s, attribution, reaper);
        this.renaming = new Renaming(s, names, reaper, contents);
        this.allocation = new Allocation(contents);
        this.copying = new Copying(contents);
    }

    public Subvolume subvolume() {
        return s;
    }

    Reaper reaper() {
        return reaper;
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Inode inode) throws FsException;
    }

    private <T> T with(long node, Work<T> work) throws FsException {
        Inode inode = s.inodes.acquire(node);
        try {
            return work.on(inode);
        } finally {
            s.inodes.release(inode);
        }
    }

    @Override public VolumeInfo info() {
        Set<VolumeInfo.Feature> features = EnumSet.of(VolumeInfo.Feature.EXTENDED_ATTRIBUTES, VolumeInfo.Feature.HOLES,
                VolumeInfo.Feature.SHARED_BLOCKS, VolumeInfo.Feature.SNAPSHOTS, VolumeInfo.Feature.COMPRESSION, VolumeInfo.Feature.QUOTAS);
        if (volume.superblock().features().has(Features.ENCRYPTED)) {
            features.add(VolumeInfo.Feature.ENCRYPTION);
        }
        UUID identity = s.number() == Entry.HEAD ? volume.superblock().volume() : s.entry().identity();
        String label = volume.superblock().label() + (s.number() == Entry.HEAD ? "" : "@" + s.entry().name());
        return new VolumeInfo(identity, "cloudfs", label, volume.readOnly() || s.readOnly, Layout.MAX_FILE, features);
    }

    @Override public Space space() {
        long free = volume.space.freeBlocks() + volume.space.pinned() - volume.promised();
        long kept = 4 * (2L * volume.nodes.changed() + volume.leastQuads() + 64);
        return new Space(volume.space.blocks() * Layout.BLOCK, Math.max(0, free) * Layout.BLOCK, Math.max(0, free - kept) * Layout.BLOCK, 0, 0,
                Layout.BLOCK);
    }

    @Override public Attributes attributes(long node) throws FsException {
        return attribution.of(node);
    }

    @Override public Attributes lookup(long folder, String name) throws FsException {
        return names.lookup(folder, name);
    }

    @Override public long parent(long folder) throws FsException {
        return names.parent(folder);
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        if (change.size() != null) {
            with(node, inode -> {
                contents.resize(inode, change.size());
                return null;
            });
        }
        return attribution.set(node, change);
    }

    @Override public Attributes create(long folder, String name, NewNode what) throws FsException {
        return names.create(folder, name, what);
    }

    @Override public Attributes createNameless(long folder, NewNode what) throws FsException {
        return names.createNameless(folder, what);
    }

    @Override public Attributes link(long node, long folder, String name) throws FsException {
        return names.link(node, folder, name);
    }

    @Override public void remove(long folder, String name, boolean folderWanted) throws FsException {
        names.remove(folder, name, folderWanted);
    }

    @Override public void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        renaming.rename(folder, name, toFolder, toName, mode);
    }

    @Override public String target(long link) throws FsException {
        return names.target(link);
    }

    @Override public void list(long folder, long cookie, EntrySink sink) throws FsException {
        names.list(folder, cookie, sink);
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        return with(node, inode -> contents.read(inode, offset, into));
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        return with(node, inode -> contents.write(inode, offset, from));
    }

    @Override public long append(long node, MemorySegment from) throws FsException {
        return with(node, inode -> contents.append(inode, from));
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        with(node, inode -> {
            allocation.run(inode, offset, length, mode);
            return null;
        });
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        return with(node, inode -> contents.seek(inode, offset, mode));
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        return with(node, from -> with(toNode, to -> copying.copy(from, offset, to, toOffset, length)));
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        with(node, from -> with(toNode, to -> {
            copying.share(from, offset, to, toOffset, length);
            return null;
        }));
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        if (volume.readOnly() && volume.failure() == null) {
            attribution.of(node);
            return;
        }
        with(node, inode -> {
            contents.sync(inode);
            return null;
        });
    }

    @Override public void sync() throws FsException {
        contents.syncAll();
    }

    @Override public byte[] extended(long node, String name) throws FsException {
        return attribution.extended(node, name);
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        attribution.setExtended(node, name, value, mode);
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        attribution.removeExtended(node, name);
    }

    @Override public List<String> extendedNames(long node) throws FsException {
        return attribution.extendedNames(node);
    }

    @Override public void hold(long node) throws FsException {
        s.inodes.hold(node);
    }

    @Override public void drop(long node, long count) {
        if (count <= 0 || !s.inodes.drop(node, count) || s.readOnly || volume.readOnly()) {
            return;
        }
        Inode inode = s.inodes.loaded(node);
        if (inode != null && inode.data.links == 0) {
            try {
                reaper.reap(node);
            } catch (FsException e) {
                // It stays an orphan: the next mount frees it. A failure of the device is told by whoever changes something next.
                if (e.errno() == Errno.EUCLEAN) {
                    volume.fail(e);
                }
            }
        }
    }
}
