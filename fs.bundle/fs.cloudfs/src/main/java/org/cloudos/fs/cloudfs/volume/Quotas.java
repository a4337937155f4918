package org.cloudos.fs.cloudfs.volume;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.tree.Cursor;

/**
 * Limits for all that a folder holds. A node below carries the folder's number; whenever its item changes, what it uses is counted. The counts
 * are written down by the commit, and made again by the log's replay.
 */
public final class Quotas {
    /** A folder's limits and use. Guarded by its monitor. */
    public static final class Quota {
        public final long folder;
        long blocks;
        long mostBlocks;
        long nodes;
        long mostNodes;
        long pending;
        boolean changed;

        Quota(long folder) {
            this.folder = folder;
        }

        public synchronized long[] figures() {
            return new long[] {blocks * Layout.BLOCK, mostBlocks * Layout.BLOCK, nodes, mostNodes};
        }
    }

    private final Map<Long, Quota> quotas = new ConcurrentHashMap<>();
    private final Subvolume subvolume;

    Quotas(Subvolume subvolume) {
        this.subvolume = subvolume;
    }

    /** Reads them. Preconditions: the tree lock is held. */
    void load() throws FsException {
        quotas.clear();
        Cursor c = subvolume.tree.from(0, Key.low(Key.QUOTA, 0));
        for (; c.valid() && c.high() == 0 && Key.type(c.low()) == Key.QUOTA; c.next()) {
            byte[] v = c.value();
            if (v.length != 32) {
                throw new FsException.Corrupt("quota of folder " + Key.offset(c.low()), "length", 32, v.length);
            }
            Quota q = new Quota(Key.offset(c.low()));
            q.blocks = Le.i64(v, 0);
            q.mostBlocks = Le.i64(v, 8);
            q.nodes = Le.i64(v, 16);
            q.mostNodes = Le.i64(v, 24);
            quotas.put(q.folder, q);
        }
    }

    public java.util.Collection<Quota> all() {
        return quotas.values();
    }

    public Quota of(long folder) {
        return quotas.get(folder);
    }

    /** {@code EDQUOT} when so many more would be too many. */
    public void check(long folder, long blocks, long nodes) throws FsException {
        Quota q = folder == 0 ? null : quotas.get(folder);
        if (q == null) {
            return;
        }
        synchronized (q) {
            if (blocks > 0 && q.mostBlocks > 0 && q.blocks + q.pending + blocks > q.mostBlocks || nodes > 0 && q.mostNodes > 0
                    && q.nodes + nodes > q.mostNodes) {
                throw new FsException.Refused(Errno.EDQUOT, "folder " + folder + " with " + q.blocks * Layout.BLOCK + " of " + q.mostBlocks * Layout.BLOCK
                        + " bytes and " + q.nodes + " of " + q.mostNodes + " nodes");
            }
        }
    }

    /** Blocks in memory that will need space. */
    public void pending(long folder, long blocks) {
        Quota q = folder == 0 ? null : quotas.get(folder);
        if (q != null) {
            synchronized (q) {
                q.pending = Math.max(0, q.pending + blocks);
            }
        }
    }

    /** An inode's item changes. Preconditions: the tree lock is held alone. */
    void changes(long node, byte[] next) throws FsException {
        if (quotas.isEmpty()) {
            return;
        }
        byte[] before = subvolume.tree.get(node, Key.low(Key.INODE, 0));
        count(before, -1);
        count(next, 1);
    }

    private void count(byte[] item, int sign) {
        Quota q = item == null || item.length != InodeData.BYTES ? null : quotas.get(Le.i64(item, 96));
        if (q != null) {
            synchronized (q) {
                q.blocks += sign * Le.i64(item, 16);
                q.nodes += sign;
                q.changed = true;
            }
        }
    }

    /** Limits of a folder: 0 for none. Preconditions: the tree lock is held alone. */
    public void limit(Change change, long folder, long mostBlocks, long mostNodes) throws FsException {
        if (mostBlocks == 0 && mostNodes == 0) {
            quotas.remove(folder);
            change.delete(0, Key.QUOTA, folder);
            return;
        }
        Quota q = quotas.computeIfAbsent(folder, Quota::new);
        synchronized (q) {
            q.mostBlocks = mostBlocks;
            q.mostNodes = mostNodes;
        }
        change.put(0, Key.QUOTA, folder, emit(q));
    }

    private static byte[] emit(Quota q) {
        byte[] v = new byte[32];
        synchronized (q) {
            Le.i64(v, 0, q.blocks);
            Le.i64(v, 8, q.mostBlocks);
            Le.i64(v, 16, q.nodes);
            Le.i64(v, 24, q.mostNodes);
            q.changed = false;
        }
        return v;
    }

    /** Writes down what changed. Preconditions: the tree lock is held alone. */
    void save(Change change) throws FsException {
        for (Quota q : quotas.values()) {
            if (q.changed) {
                change.put(0, Key.QUOTA, q.folder, emit(q));
            }
        }
    }
}
