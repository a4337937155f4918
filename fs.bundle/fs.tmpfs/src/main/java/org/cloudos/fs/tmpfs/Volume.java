package org.cloudos.fs.tmpfs;

import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongSupplier;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;

/**
 * A volume's nodes and memory. Lock order: {@link #tree}, then nodes' locks by number, then the pool's. The tree lock guards names and
 * parents, a node's lock its attributes and contents.
 */
final class Volume {
    /** Bytes that are charged for a node besides its pages. */
    private static final int NODE_COST = 512;
    static final int NEXT = 0, LIMIT = 1, COUNT = 2, READ_ONLY = 3;

    final UUID id;
    final String label;
    final ReentrantReadWriteLock tree;
    final PagePool pool;
    final LongSupplier clock;
    private final ConcurrentHashMap<Long, Object[]> nodes;
    /** Guarded by itself. */
    private final long[] numbers;
    private volatile boolean closed;

    Volume(UUID id, String label, long bytes, long nodeLimit, boolean readOnly, NewNode root, LongSupplier clock) {
        this(id, label, new ReentrantReadWriteLock(), new PagePool(bytes), clock, new ConcurrentHashMap<>(),
                new long[] {FileSystem.ROOT + 1, nodeLimit, 1, readOnly ? 1 : 0});
        nodes.put(FileSystem.ROOT, Node.make(FileSystem.ROOT, FileSystem.ROOT, root, clock.getAsLong()).raw());
    }

    private Volume(UUID id, String label, ReentrantReadWriteLock tree, PagePool pool, LongSupplier clock,
            ConcurrentHashMap<Long, Object[]> nodes, long[] numbers) {
        this.id = id;
        this.label = label;
        this.tree = tree;
        this.pool = pool;
        this.clock = clock;
        this.nodes = nodes;
        this.numbers = numbers;
    }

    /** All of it, alive, in types of the JDK. */
    Object[] raw() {
        return new Object[] {id, label, tree, pool.raw(), nodes, numbers};
    }

    @SuppressWarnings("unchecked")
    static Volume of(Object[] raw, LongSupplier clock) {
        return new Volume((UUID) raw[0], (String) raw[1], (ReentrantReadWriteLock) raw[2], PagePool.of((Object[]) raw[3]), clock,
                (ConcurrentHashMap<Long, Object[]>) raw[4], (long[]) raw[5]);
    }

    boolean readOnly() {
        return numbers[READ_ONLY] != 0;
    }

    void checkWritable() throws FsException {
        if (readOnly()) {
            throw new FsException.Refused(Errno.EROFS, "volume " + label);
        }
    }

    long nodeLimit() {
        return numbers[LIMIT];
    }

    long nodeCount() {
        synchronized (numbers) {
            return numbers[COUNT];
        }
    }

    Node node(long number) throws FsException {
        Object[] raw = nodes.get(number);
        if (closed) {
            throw new FsException.Refused(Errno.ENODEV, "volume " + label + ", which was unmounted");
        }
        if (raw == null) {
            throw new FsException.Refused(Errno.ENOENT, "node " + number);
        }
        return Node.of(raw);
    }

    Node folder(long number) throws FsException {
        Node node = node(number);
        if (!node.isFolder()) {
            throw new FsException.Refused(Errno.ENOTDIR, "node " + number);
        }
        return node;
    }

    /** A folder that still has a name, so that something can be made in it. */
    Node liveFolder(long number) throws FsException {
        Node node = folder(number);
        if (node.f()[Node.LINKS] == 0) {
            throw new FsException.Refused(Errno.ENOENT, "folder " + number + ", which was removed");
        }
        return node;
    }

    /** Makes a node without a name. */
    Node add(long parent, NewNode what) throws FsException {
        long number;
        long cost = cost(what);
        synchronized (numbers) {
            if (numbers[COUNT] >= numbers[LIMIT]) {
                throw new FsException.Refused(Errno.ENOSPC, "node " + (numbers[COUNT] + 1) + " of at most " + numbers[LIMIT]);
            }
            if (!pool.charge(cost)) {
                throw new FsException.Refused(Errno.ENOSPC, "a new node");
            }
            number = numbers[NEXT]++;
            numbers[COUNT]++;
        }
        Node node = Node.make(number, parent, what, clock.getAsLong());
        nodes.put(number, node.raw());
        return node;
    }

    private static long cost(NewNode what) {
        long cost = NODE_COST + (what.target() == null ? 0 : what.target().length());
        for (byte[] value : what.extended().values()) {
            cost += value.length;
        }
        return cost;
    }

    /** The node goes if nobody knows it any more. Preconditions: its lock is held for writing. */
    void forget(Node node) {
        if (node.f()[Node.LINKS] > 0 || node.f()[Node.HOLDS] > 0 || nodes.remove(node.number()) == null) {
            return;
        }
        long cost = NODE_COST + (node.content() instanceof String target ? target.length() : 0);
        for (byte[] value : node.extended().values()) {
            cost += value.length;
        }
        switch (node.type()) {
            case FILE -> Pages.of(node, pool).punch(0, Pages.MAX);
            default -> { } // no pages
        }
        pool.charge(-cost);
        synchronized (numbers) {
            numbers[COUNT]--;
        }
    }

    /** Whether anybody holds a node. */
    boolean held() {
        return nodes.values().stream().map(Node::of).anyMatch(n -> n.f()[Node.HOLDS] > 0);
    }

    void close() {
        closed = true;
        pool.close();
        nodes.clear();
    }
}
