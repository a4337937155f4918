package org.cloudos.fs.cloudfs.volume;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Features;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.NameHash;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.fs.cloudfs.medium.Mirror;
import org.cloudos.fs.cloudfs.space.Shares;
import org.cloudos.fs.cloudfs.space.Space;
import org.cloudos.fs.cloudfs.tree.Node;
import org.cloudos.fs.cloudfs.tree.NodeStore;
import org.cloudos.fs.cloudfs.tree.Spares;
import org.cloudos.fs.cloudfs.tree.Tree;

/** An open volume. Once something failed that leaves memory and medium apart, it is read-only until it is opened again. */
public final class Volume implements Spares, AutoCloseable {
    static final long CATALOG = 1, SPACE = 2, SHARES = 3;
    /** Quads that one change may need beyond what has changed already. */
    private static final int CHANGE_QUADS = 32;
    private static final int SLOT_NODES = 4;
    public final Medium medium;
    /** What its devices know of each other; null while it is made. */
    public final Mirror mirror;
    public final Settings settings;
    /** The tree lock: all trees and the bitmaps. */
    public final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Commits and the log's flushes, one at a time. */
    public final ReentrantLock commitLock = new ReentrantLock();
    /** Shared by those who place contents before they have the inode's lock; taken first, and alone by who forbids places. */
    public final ReentrantReadWriteLock placing = new ReentrantReadWriteLock();
    public final NodeStore nodes;
    public final Tree catalog;
    public final Tree spaceTree;
    public final Tree sharesTree;
    public final Space space;
    public final Shares shares;
    public final IntentLog log;
    public final NameHash hash;
    public final Slots slots;
    final Map<Long, Subvolume> open = new ConcurrentHashMap<>();
    private final Commit commit;
    private final boolean tolerant;
    /** Changed nodes until a commit is due: half of those in memory. */
    private final int mostChanged;
    /** Blocks that slots will need, and those who are about to take some. */
    private final AtomicLong promised = new AtomicLong();
    private volatile Relief relief = () -> { };
    private volatile Superblock superblock;
    private volatile FsException failure;
    private volatile boolean retaining;
    private final java.util.List<java.util.List<long[]>> retained = new java.util.ArrayList<>(); // guarded by the tree lock
    private volatile boolean readOnly;
    long nextSubvolume; // guarded by the tree lock

    /** @param fresh a new volume: its trees are made, the superblock's pointers are not looked at */
    Volume(Medium medium, Mirror mirror, Superblock superblock, Settings settings, boolean fresh, boolean tolerant) throws FsException {
        this.medium = medium;
        this.mirror = mirror;
        this.tolerant = tolerant;
        this.superblock = superblock;
        this.settings = settings;
        this.readOnly = settings.readOnly();
        this.nextSubvolume = superblock.nextSubvolume();
        this.nodes = new NodeStore(medium, superblock.volume(), (int) Math.max(64, settings.cacheBytes() / Layout.NODE * 15 / 16), !settings.readOnly(),
                superblock.features().has(Features.SHA256));
        this.mostChanged = Math.clamp(settings.cacheBytes() / Layout.NODE / 2, 64, 2048);
        this.catalog = fresh ? Tree.empty(CATALOG, nodes, this) : new Tree(CATALOG, nodes, this, superblock.catalog());
        this.spaceTree = fresh ? Tree.empty(SPACE, nodes, this) : new Tree(SPACE, nodes, this, superblock.space());
        this.sharesTree = fresh ? Tree.empty(SHARES, nodes, this) : new Tree(SHARES, nodes, this, superblock.shares());
        this.space = new Space(spaceTree, superblock.blocks(), superblock.logBlocks(), superblock.goals(), tolerant);
        this.shares = new Shares(sharesTree);
        this.hash = new NameHash(superblock.hashKey0(), superblock.hashKey1());
        this.slots = new Slots((int) Math.max(256, settings.dirtyBytes() / Layout.BLOCK));
        this.log = new IntentLog(medium, superblock.volume(), superblock.logBlocks(), superblock.generation(),
                superblock.features().has(Features.SHA256));
        this.commit = new Commit(this);
    }

    public Superblock superblock() {
        return superblock;
    }

    void superblock(Superblock committed) {
        superblock = committed;
    }

    /** Changes what the next commit writes into the superblock beyond the trees. Preconditions: the commit lock is held. */
    public void amend(java.util.function.UnaryOperator<Superblock> amendment) {
        superblock = amendment.apply(superblock);
        commit.force();
    }

    public boolean readOnly() {
        return readOnly;
    }

    public void readOnly(boolean now) {
        readOnly = now;
    }

    public long now() {
        return settings.clock().getAsLong();
    }

    public Collection<Subvolume> subvolumes() {
        return open.values();
    }

    public Commit commits() {
        return commit;
    }

    /** {@code EROFS}, or why it became read-only. */
    public void writable() throws FsException {
        if (failure != null) {
            throw new FsException.DeviceFailed("volume " + superblock.volume() + " is read-only since a failure", failure);
        }
        if (readOnly) {
            throw new FsException.Refused(Errno.EROFS, "volume " + superblock.label());
        }
    }

    /** From now on nothing is written: what is on the medium is the last commit and its log. */
    public FsException fail(FsException why) {
        if (failure == null) {
            failure = why;
        }
        readOnly = true;
        return why;
    }

    public FsException failure() {
        return failure;
    }

    @Override public boolean replaced(long tree, Node node) throws FsException {
        if (tree > SHARES && shares.extra(node.address) > 0) {
            shares.remove(node.address, Layout.NODE_BLOCKS, (start, count) -> { });
            References.of(node.page, superblock.blocks(), shares::add);
            return false;
        }
        space.free(node.address, Layout.NODE_BLOCKS);
        space.free(node.mirror, Layout.NODE_BLOCKS);
        nodes.forget(node.address);
        return true;
    }

    /** What a change does, under the tree lock. */
    @FunctionalInterface
    public interface Body<T> {
        /** Refuses before it changes anything. */
        T run(Change change) throws FsException;
    }

    /**
     * Makes a change: all of it, or none. When it fails half way the volume becomes read-only.
     *
     * @see #reserve
     */
    public <T> T change(Subvolume subvolume, Body<T> body) throws FsException {
        lock.writeLock().lock();
        try {
            writable();
            if (subvolume.readOnly) {
                throw new FsException.Refused(Errno.EROFS, "snapshot " + subvolume.entry.name());
            }
            Change change = new Change(this, subvolume, true);
            try {
                T result = body.run(change);
                change.end();
                return result;
            } catch (FsException | RuntimeException e) {
                if (change.begun()) {
                    fail(e instanceof FsException f ? f : new FsException.DeviceFailed("change", e));
                }
                throw e;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** What a change may need. @param left quads that it leaves to others. @param held blocks that are promised to others */
    private boolean room(long blocks, long left, long held) {
        long quads = 2 * (nodes.changed() + slotNodes() + CHANGE_QUADS) + left;
        return space.freeQuads() >= quads && space.freeBlocks() - held - blocks >= 4 * quads;
    }

    /**
     * Nodes that change at most when all slots are written back: two leaves of extents for each, or one and its parent, one of shares and one
     * of space. But no more than there can be now, and what new extents need.
     */
    public long slotNodes() {
        long taken = slots.taken() + 1;
        long used = space.blocks() - space.freeBlocks() + promised.get(); // the same before and after what was promised is taken
        return Math.min(SLOT_NODES * taken, used / (2 * Layout.NODE_BLOCKS) + taken / 32);
    }

    /** Quads that are kept for removals and commits: a 256th of the volume, from 384 KiB to 16 MiB. */
    public long leastQuads() {
        return Math.clamp(space.blocks() / 1024, 24, 1024);
    }

    /**
     * Makes sure that a change finds room. Commits where that frees some, or when it is due.
     *
     * @param blocks  of data
     * @param removes what takes something away may use most of what is kept for it
     */
    public void reserve(long blocks, boolean removes) throws FsException {
        make(blocks, removes ? leastQuads() / 4 : leastQuads());
    }

    /** As {@link #reserve} for what frees nodes that nobody can reach: it may use all, so that removals never come to an end of their own list. */
    public void reserveToFree() throws FsException {
        make(0, 0);
    }

    private void make(long blocks, long left) throws FsException {
        writable();
        if (nodes.changed() > mostChanged) {
            commit();
        }
        if (!room(blocks, left, promised.get())) {
            if (nodes.changed() > 0 || space.pinned() > 0) {
                commit();
            }
            if (!room(blocks, left, promised.get()) && retaining) {
                retain(false);
            }
            if (!room(blocks, left, promised.get()) && slots.taken() > 0) {
                relief.run(); // what stands in slots needs less once it is written: nothing is kept for the worst then
                commit();
            }
            if (!room(blocks, left, promised.get())) {
                throw new FsException.Refused(Errno.ENOSPC, "volume " + superblock.label() + " with " + space.freeBlocks() + " free blocks");
            }
        }
    }

    /**
     * As {@link #reserve}, and the blocks are kept for the caller, who gives them back by {@link #release} when he has taken them. Whoever
     * takes blocks of data holds them before: so what is acknowledged in slots has its place, on a full volume too.
     */
    public void hold(long blocks) throws FsException {
        reserve(blocks, false); // which also commits when that is due
        for (long held = promised.get(); ; held = promised.get()) {
            if (!room(blocks, leastQuads(), held)) {
                reserve(blocks, false);
            } else if (promised.compareAndSet(held, held + blocks)) {
                return;
            }
        }
    }

    /** The opposite of {@link #hold}. */
    public void release(long blocks) {
        promised.addAndGet(-blocks);
    }

    /** Writes contents in slots back. */
    public interface Relief {
        /** Those that nobody is at just now. */
        void run() throws FsException;
    }

    /** Who does that. */
    public void relief(Relief by) {
        relief = by;
    }

    public long promised() {
        return promised.get();
    }

    /** Ends the open changes' commit. Contents in slots are not part of it, unless they are in the log. */
    public void commit() throws FsException {
        commitLock.lock();
        try {
            commit.run();
        } finally {
            commitLock.unlock();
        }
    }

    /** All changes until this position of the log survive a cut when this returns. */
    public void sync(long position) throws FsException {
        if (log.durable() >= position) {
            return;
        }
        commitLock.lock();
        try {
            writable();
            if (log.durable() < position && !log.flush()) {
                commit.run();
            }
        } catch (FsException.DeviceFailed e) {
            throw fail(e);
        } finally {
            commitLock.unlock();
        }
    }

    /** Opens a subvolume, or gives it when it is open. Preconditions: the commit lock is held. */
    public Subvolume subvolume(long number, boolean asReadOnly) throws FsException {
        Subvolume there = open.get(number);
        if (there != null) {
            return there;
        }
        lock.readLock().lock();
        try {
            byte[] item = catalog.get(number, Key.low(Key.SUBVOLUME, 0));
            if (item == null) {
                throw new FsException.Refused(Errno.ENOENT, "subvolume " + number);
            }
            Entry entry = Entry.parse(number, item);
            Subvolume subvolume = new Subvolume(this, entry, new Tree(number, nodes, this, entry.root()), asReadOnly || !entry.writable());
            try {
                subvolume.quotas.load();
            } catch (FsException.Corrupt e) {
                if (!tolerant) {
                    throw e;
                }
            }
            open.put(number, subvolume);
            return subvolume;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** What commits free is not taken by others while this is on; for readers of the last commit. */
    public void retain(boolean on) throws FsException {
        lock.writeLock().lock();
        try {
            retaining = on;
            if (!on) {
                for (java.util.List<long[]> freed : retained) {
                    space.unpin(freed);
                }
                retained.clear();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    public boolean retaining() {
        return retaining;
    }

    /** Preconditions: the tree lock is held alone. */
    void freed(java.util.List<long[]> ranges) throws FsException {
        if (retaining) {
            retained.add(ranges);
        } else {
            space.unpin(ranges);
        }
    }

    /** Without any node. Preconditions: the commit lock is held, and the tree lock alone. */
    public Subvolume emptySubvolume(String name, java.util.UUID identity) {
        Tree tree = Tree.empty(nextSubvolume++, nodes, this);
        Entry entry = new Entry(tree.number(), tree.root(), 1, Entry.WRITABLE, now(), 0, identity, Entry.NO_ORIGIN, name);
        Subvolume subvolume = new Subvolume(this, entry, tree, false);
        open.put(tree.number(), subvolume);
        return subvolume;
    }

    /** A number for a new subvolume. Preconditions: the tree lock is held alone. */
    public long takeSubvolume() {
        return nextSubvolume++;
    }

    /** Preconditions: nothing in it is unsaved, or the volume is gone. */
    public void forget(Subvolume subvolume) {
        open.remove(subvolume.number());
    }

    @Override public void close() {
        slots.close();
        medium.close();
    }
}
