package org.cloudos.fs.cloudfs.volume;

import java.util.UUID;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.medium.Mirror;
import org.cloudos.fs.cloudfs.tree.Tree;

/** Makes volumes, in memory. */
public final class Making {
    private Making() { }

    /** A volume with an empty root folder; its first commit writes it. */
    public static Volume fresh(Medium medium, Superblock superblock, Settings settings, UUID head) throws FsException {
        Volume volume = new Volume(medium, null, superblock, settings, true, false);
        volume.lock.writeLock().lock();
        try {
            Tree tree = Tree.empty(Entry.HEAD, volume.nodes, volume);
            long now = settings.clock().getAsLong();
            Entry entry = new Entry(Entry.HEAD, tree.root(), 256, Entry.WRITABLE, now, 0, head, Entry.NO_ORIGIN, "head");
            InodeData root = new InodeData(FileSystem.ROOT);
            root.mode = NodeType.FOLDER.bits() | 0755;
            root.links = 2;
            root.parent = FileSystem.ROOT;
            root.generation = 1;
            root.accessed = root.modified = root.changed = root.born = now;
            tree.put(FileSystem.ROOT, Key.low(Key.INODE, 0), root.emit());
            volume.open.put(Entry.HEAD, new Subvolume(volume, entry, tree, false));
        } finally {
            volume.lock.writeLock().unlock();
        }
        volume.commit();
        return volume;
    }

    /**
     * A volume as its superblock says.
     *
     * @param tolerant also with damaged bitmaps: for a check
     */
    public static Volume committed(Medium medium, Mirror mirror, Superblock superblock, Settings settings, boolean tolerant) throws FsException {
        return new Volume(medium, mirror, superblock, settings, false, tolerant);
    }

    /** For the superblock of a volume that has no trees yet. */
    public static Pointer nowhere() {
        return new Pointer(0, 0, 0, 0, 0, null);
    }
}
