package org.cloudos.fs.cloudfs.volume;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.space.Space;
import org.cloudos.fs.cloudfs.tree.Node;

/**
 * Brings all trees to the medium.
 *
 * <pre>
 *  tree lock:  save inodes · find places for changed nodes and write the bitmaps down until nothing changes · seal the nodes, root by root
 *  no lock:    write the nodes twice ──► flush ──► superblock, through the device's cache
 *  tree lock:  what was freed before can be taken
 * </pre>
 * Changes go on while the nodes are written: sealed nodes don't change, they are copied.
 */
public final class Commit {
    private static final int RUN = 64;
    private final Volume volume;
    private final LongAdder commits = new LongAdder();
    private volatile boolean forced;
    private MemorySegment buffer; // guarded by the commit lock

    Commit(Volume volume) {
        this.volume = volume;
    }

    public long count() {
        return commits.sum();
    }

    /** The next one takes place also when no tree changed. */
    void force() {
        forced = true;
    }

    /** Preconditions: the commit lock is held. */
    void run() throws FsException {
        volume.writable();
        List<Node> sealed = new ArrayList<>();
        Superblock next;
        List<long[]> freed;
        byte[] carried;
        volume.lock.writeLock().lock();
        try {
            saveInodes();
            long generation = volume.superblock().generation() + 1;
            if (volume.nodes.changed() == 0 && !forced && volume.log.idle()) {
                return;
            }
            forced = false;
            next = seal(generation, sealed);
            freed = volume.space.freed();
            carried = volume.log.rotate(volume.open.values(), generation);
            volume.nodes.writing(sealed);
        } catch (FsException e) {
            throw volume.fail(e);
        } finally {
            volume.lock.writeLock().unlock();
        }
        try {
            write(sealed);
            if (carried != null) {
                volume.log.carry(carried, next.generation());
            }
            volume.medium.flush();
            superblock(next);
        } catch (FsException e) {
            throw volume.fail(e);
        }
        finish(next, freed, carried);
    }

    private void finish(Superblock next, List<long[]> freed, byte[] carried) throws FsException {
        volume.lock.writeLock().lock();
        try {
            volume.superblock(next);
            volume.freed(freed);
            volume.nodes.written();
            volume.log.restart(next.generation(), carried);
            commits.increment();
        } catch (FsException e) {
            throw volume.fail(e);
        } finally {
            volume.lock.writeLock().unlock();
        }
        if (volume.settings.discard() && !volume.retaining()) {
            for (long[] range : freed) {
                volume.medium.discard(range[0], range[1]);
            }
        }
    }

    private void saveInodes() throws FsException {
        for (Subvolume subvolume : volume.open.values()) {
            if (subvolume.readOnly) {
                continue;
            }
            Change change = new Change(volume, subvolume, false);
            for (Inode inode : subvolume.inodes.all()) {
                if (inode.unsaved && !inode.gone) {
                    change.put(inode.data);
                }
            }
            subvolume.quotas.save(change);
        }
    }

    private Superblock seal(long generation, List<Node> sealed) throws FsException {
        for (Subvolume s : volume.open.values()) {
            if (s.tree.changed() || !s.tree.root().equals(s.entry.root()) || s.nextInode != s.entry.nextInode()) {
                enter(s); // the value changes once more below, in a leaf that is changed by then
            }
        }
        do {
            plan();
        } while (volume.space.save() | unplanned());
        for (Subvolume s : volume.open.values()) {
            if (s.tree.changed()) {
                s.tree.seal(generation, sealed);
                enter(s);
            }
        }
        var catalog = volume.catalog.seal(generation, sealed);
        var shares = volume.sharesTree.seal(generation, sealed);
        var space = volume.spaceTree.seal(generation, sealed);
        Superblock s = volume.superblock();
        Features features = s.features().with(Features.MIRROR, volume.medium.copies() > 1).with(Features.DEGRADED, !volume.medium.whole());
        return new Superblock(s.volume(), generation, volume.space.blocks(), s.logBlocks(), volume.medium.copies(), 0, features, catalog, space, shares,
                s.hashKey0(), s.hashKey1(), volume.space.freeBlocks() + volume.space.pinned(), volume.nextSubvolume, volume.space.goals(), s.codec(),
                s.label(), s.made(), s.sealedKey());
    }

    private void enter(Subvolume s) throws FsException {
        Entry entry = s.entry.at(s.tree.root(), s.nextInode);
        s.entry(entry);
        volume.catalog.put(entry.number(), Key.low(Key.SUBVOLUME, 0), entry.emit());
    }

    private boolean unplanned() {
        for (Node node : volume.nodes.allChanged()) {
            if (node.planned == 0) {
                return true;
            }
        }
        return false;
    }

    private void plan() throws FsException {
        List<Node> nodes = new ArrayList<>();
        for (Node node : volume.nodes.allChanged()) {
            if (node.planned == 0) {
                nodes.add(node);
            }
        }
        nodes.sort(Comparator.comparingLong((Node n) -> -n.address));
        for (Node node : nodes) {
            node.planned = place(Space.Kind.NODE);
        }
        for (Node node : nodes) {
            node.plannedMirror = place(Space.Kind.MIRROR);
        }
    }

    private long place(Space.Kind kind) throws FsException {
        long at = volume.space.take(Layout.NODE_BLOCKS, kind, 0);
        if (at < 0) {
            throw new FsException.Refused(org.cloudos.fs.Errno.ENOSPC, "commit of volume " + volume.superblock().label());
        }
        volume.space.use(at, Layout.NODE_BLOCKS);
        return at;
    }

    private void write(List<Node> sealed) throws FsException {
        if (buffer == null) {
            buffer = Arena.ofAuto().allocate((long) RUN * Layout.NODE, Layout.BLOCK);
        }
        sealed.sort(Comparator.comparingLong((Node n) -> n.address));
        write(sealed, false);
        sealed.sort(Comparator.comparingLong((Node n) -> n.mirror));
        write(sealed, true);
    }

    private void write(List<Node> nodes, boolean mirror) throws FsException {
        Node[] run = new Node[RUN];
        int n = 0;
        for (Node node : nodes) {
            if (n == RUN || n > 0 && at(node, mirror) != at(run[n - 1], mirror) + Layout.NODE_BLOCKS) {
                volume.nodes.write(run, n, mirror, buffer);
                n = 0;
            }
            run[n++] = node;
        }
        if (n > 0) {
            volume.nodes.write(run, n, mirror, buffer);
        }
    }

    private static long at(Node node, boolean mirror) {
        return mirror ? node.mirror : node.address;
    }

    private void superblock(Superblock next) throws FsException {
        for (int group = 0; group < Layout.SUPERBLOCK_GROUPS.length; group++) {
            long block = (Layout.SUPERBLOCK_GROUPS[group] << Layout.GROUP_SHIFT) + Layout.SUPERBLOCK + (next.generation() & 1);
            if (block < next.blocks()) {
                for (int device = 0; device < volume.medium.copies(); device++) {
                    // The commit is done with the first place; the others are for a medium that loses it.
                    volume.medium.writeClear(device, block, next.emit(block, device), group == 0);
                }
            }
        }
    }
}
