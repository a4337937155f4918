package org.cloudos.fs.cloudfs.tree;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Digest;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.medium.Medium;

/**
 * Nodes in memory: those that changed since the last commit, those that it is writing, and a bounded cache of others. A node is checked when
 * it is read: checksum, address, generation and volume against what its pointer says; a bad copy is replaced by a good one.
 */
public final class NodeStore {
    /** So many nodes are changed between looks at the cache, less one. */
    private static final int STEP = 63;
    private final Medium medium;
    private final UUID volume;
    private final int limit;
    private final ConcurrentHashMap<Long, Node> cache = new ConcurrentHashMap<>();
    private final AtomicInteger cached = new AtomicInteger();
    private final Map<Long, Node> changed = new HashMap<>(); // guarded by the tree lock
    private Map<Long, Node> writing = Map.of(); // guarded by the tree lock
    private long nextNumber = -1;
    private Iterator<Node> hand = cache.values().iterator();
    private final LongAdder loads = new LongAdder();
    private final LongAdder repairs = new LongAdder();
    /** Whether bad copies may be written again. */
    private final boolean repair;
    /** Whether pointers have digests. */
    private final boolean digests;

    /** @param limit nodes in memory; a quarter of it is for the cache also when more have changed */
    public NodeStore(Medium medium, UUID volume, int limit, boolean repair, boolean digests) {
        this.digests = digests;
        this.medium = medium;
        this.volume = volume;
        this.limit = limit;
        this.repair = repair;
    }

    /** For a node that has no place yet. */
    Pointer fresh(Node node) {
        return Pointer.fresh(node.address, node.level(), digests);
    }

    int branchBytes() {
        return digests ? Pointer.LONG : Pointer.BYTES;
    }

    public long loads() {
        return loads.sum();
    }

    public long repairs() {
        return repairs.sum();
    }

    /** Places for {@link RecentItems} of a tree: two for each node, which take a fiftieth of what nodes do. */
    int items() {
        return Integer.highestOneBit(2 * limit);
    }

    public int cached() {
        return cached.get();
    }

    public int changed() {
        return changed.size();
    }

    public Collection<Node> allChanged() {
        return changed.values();
    }

    Node child(Node parent, int i) throws FsException {
        return at(parent.page, Page.at(parent.page, i), parent.level() - 1);
    }

    Node at(byte[] b, int at, int level) throws FsException {
        long address = Le.i64(b, at);
        if (address < 0) {
            Node node = changed.get(address);
            if (node == null) {
                throw new FsException.Corrupt("pointer to a node", "address", "a place on the medium", address);
            }
            return node;
        }
        Node node = cache.get(address);
        if (node == null) {
            node = writing.get(address);
        }
        if (node == null) {
            node = load(Pointer.read(b, at), level);
        }
        if (!node.used) {
            node.used = true;
        }
        return node;
    }

    Node at(Pointer pointer) throws FsException {
        return at(pointer.bytes(), 0, pointer.level());
    }

    private Node load(Pointer pointer, int level) throws FsException {
        loads.increment();
        Node node = new Node(read(pointer, level), pointer.address(), pointer.mirror());
        Node other = cache.putIfAbsent(pointer.address(), node);
        if (other != null) {
            return other;
        }
        if (cached.incrementAndGet() > room()) {
            evict();
        }
        return node;
    }

    /** A node's bytes, from memory where they are there. Preconditions: the tree lock is held; nobody changes them. */
    public byte[] page(Pointer pointer) throws FsException {
        return at(pointer).page;
    }

    /** Reads a node from the first copy that is good, and repairs the others. */
    public byte[] read(Pointer pointer, int level) throws FsException {
        FsException first = null;
        for (int copy = 0; copy < 2; copy++) {
            long address = copy == 0 ? pointer.address() : pointer.mirror();
            for (int device : medium.readers()) {
                try {
                    byte[] page = medium.read(device, address, Layout.NODE);
                    verify(page, pointer, level, volume);
                    if (first != null && repair) {
                        repairOthers(page, pointer, level);
                    }
                    return page;
                } catch (FsException e) {
                    first = first == null ? e : first;
                }
            }
        }
        throw first;
    }

    /** Writes a good page over copies that are not. @return how many */
    public int repairOthers(byte[] page, Pointer pointer, int level) {
        int count = 0;
        for (int copy = 0; copy < 2; copy++) {
            long address = copy == 0 ? pointer.address() : pointer.mirror();
            for (int device : medium.readers()) {
                try {
                    verify(medium.read(device, address, Layout.NODE), pointer, level, volume);
                } catch (FsException bad) {
                    try {
                        medium.repair(device, address, page);
                        repairs.increment();
                        count++;
                    } catch (FsException still) {
                        // A device that can't take it keeps its bad copy; the good one serves.
                    }
                }
            }
        }
        return count;
    }

    /** Both copies have the first one's address in their header. */
    public static void verify(byte[] page, Pointer pointer, int level, UUID volume) throws FsException {
        String where = "node " + pointer.address();
        expect(where, "magic", Page.MAGIC, Le.i32(page, 0));
        expect(where, "crc32c", pointer.crc(), Crc.of(page, 8, Layout.NODE - 8));
        if (pointer.digest() != null) {
            expect(where, "sha256", pointer.digest(), Digest.of(page, 8, Layout.NODE - 8));
        }
        expect(where, "volume", volume, Le.uuid(page, 8));
        expect(where, "own address", pointer.address(), Le.i64(page, 24));
        expect(where, "generation", pointer.generation(), Le.i64(page, 32));
        expect(where, "level", level, Page.level(page));
        Page.verify(page, where);
    }

    private static void expect(String where, String field, Object expected, Object found) throws FsException {
        if (!expected.equals(found)) {
            throw new FsException.Corrupt(where, field, expected, found);
        }
    }

    /** What the cache may have beside those that changed or are being written. */
    private int room() {
        return Math.max(limit / 4, limit - changed.size() - writing.size());
    }

    private synchronized void evict() {
        int tries = 2 * limit + 16, room = room();
        while (cached.get() > room - room / 16 && tries-- > 0) {
            if (!hand.hasNext()) {
                hand = cache.values().iterator();
                continue;
            }
            Node node = hand.next();
            if (node.used) {
                node.used = false;
            } else if (cache.remove(node.address, node)) {
                cached.decrementAndGet();
            }
        }
    }

    /** Preconditions: the tree lock is held alone; also for all that follow. */
    Node create(byte[] page) {
        Node node = new Node(page, nextNumber--, 0);
        changed.put(node.address, node);
        if ((node.address & STEP) == 0 && cached.get() > room()) {
            evict();
        }
        return node;
    }

    /**
     * A node whose blocks its tree gave up is changed from now on, without a copy.
     *
     * @return false when a commit is writing it: its page must stay as it is
     */
    boolean renew(Node node) {
        if (writing.containsKey(node.address)) {
            return false;
        }
        node.address = nextNumber--;
        node.mirror = node.planned = node.plannedMirror = 0;
        changed.put(node.address, node);
        return true;
    }

    /** Forgets a node that a tree dropped. */
    void drop(long tree, Node node, Spares spares) throws FsException {
        if (node.address < 0) {
            changed.remove(node.address);
        } else {
            spares.replaced(tree, node);
        }
    }

    /** Forgets a node whose blocks are free. */
    public void forget(long address) {
        if (cache.remove(address) != null) {
            cached.decrementAndGet();
        }
    }

    /** Gives a changed node its place and its header; from now on it does not change. @return its pointer */
    public Pointer seal(Node node, long tree, long generation) {
        byte[] p = node.page;
        changed.remove(node.address);
        node.address = node.planned;
        node.mirror = node.plannedMirror;
        Le.i32(p, 0, Page.MAGIC);
        Le.uuid(p, 8, volume);
        Le.i64(p, 24, node.address);
        Le.i64(p, 32, generation);
        Le.i64(p, 40, tree);
        int crc = Crc.of(p, 8, Layout.NODE - 8);
        Le.i32(p, 4, crc);
        return new Pointer(node.address, node.mirror, generation, crc, node.level(), digests ? Digest.of(p, 8, Layout.NODE - 8) : null);
    }

    /** The commit writes these: they can't leave memory until {@link #written}. */
    public void writing(Collection<Node> nodes) {
        Map<Long, Node> map = new HashMap<>(nodes.size() * 2);
        for (Node node : nodes) {
            map.put(node.address, node);
            forget(node.address); // what stood there before
        }
        writing = map;
    }

    public void written() {
        for (Node node : writing.values()) {
            if (cache.put(node.address, node) == null) {
                cached.incrementAndGet();
            }
        }
        writing = Map.of();
        if (cached.get() > room()) {
            evict();
        }
    }

    /** Writes one copy of nodes that stand one behind another. */
    public void write(Node[] run, int count, boolean mirror, MemorySegment buffer) throws FsException {
        for (int i = 0; i < count; i++) {
            MemorySegment.copy(run[i].page, 0, buffer, java.lang.foreign.ValueLayout.JAVA_BYTE, (long) i * Layout.NODE, Layout.NODE);
        }
        medium.write(mirror ? run[0].mirror : run[0].address, buffer.asSlice(0, (long) count * Layout.NODE));
    }
}
