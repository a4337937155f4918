package org.cloudos.fs.fuse.server;

import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FileSystem;

/**
 * How often the kernel was told of each node, and so how often it will forget it. A node that it knows is held once in the volume. Two
 * numbers a node in open-addressed tables: the kernel may know millions.
 */
final class KnownNodes {
    private static final int STRIPES = 16, SMALLEST = 64;
    private final Table[] stripes = new Table[STRIPES];
    private final AtomicLong size = new AtomicLong();

    /** Numbers of nodes, 0 where there is none, and their counts; linear probing. Guarded by itself. */
    private static final class Table {
        private long[] keys = new long[SMALLEST];
        private long[] counts = new long[SMALLEST];
        private int used;

        int find(long key) {
            int mask = keys.length - 1, i = hash(key) & mask;
            while (keys[i] != 0 && keys[i] != key) {
                i = i + 1 & mask;
            }
            return i;
        }

        void put(int slot, long key, long count) {
            keys[slot] = key;
            counts[slot] = count;
            if (++used * 3L > keys.length * 2L) {
                resize(keys.length * 2);
            }
        }

        /** Takes a slot out, and moves up what stood behind it because of it. */
        void remove(int slot) {
            int mask = keys.length - 1, hole = slot;
            for (int i = slot + 1 & mask; keys[i] != 0; i = i + 1 & mask) {
                int home = hash(keys[i]) & mask;
                if ((i - home & mask) >= (i - hole & mask)) {
                    keys[hole] = keys[i];
                    counts[hole] = counts[i];
                    hole = i;
                }
            }
            keys[hole] = 0;
            if (--used * 8L < keys.length && keys.length > SMALLEST) {
                resize(keys.length / 2);
            }
        }

        private void resize(int length) {
            long[] oldKeys = keys, oldCounts = counts;
            keys = new long[length];
            counts = new long[length];
            for (int i = 0; i < oldKeys.length; i++) {
                if (oldKeys[i] != 0) {
                    int slot = find(oldKeys[i]);
                    keys[slot] = oldKeys[i];
                    counts[slot] = oldCounts[i];
                }
            }
        }
    }

    KnownNodes() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Table();
        }
    }

    private static int hash(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 32);
    }

    private Table table(long node) {
        return stripes[(int) (node * 0x9E3779B97F4A7C15L >>> 60)];
    }

    /** The kernel is about to be told of a node. @throws FsException when it is gone meanwhile */
    void tell(FileSystem volume, long node) throws FsException {
        tell(volume, node, false);
    }

    /** @param held whether the volume counts a hold already, as that of a new nameless file */
    void tell(FileSystem volume, long node, boolean held) throws FsException {
        if (node == FileSystem.ROOT) {
            return;
        }
        Table table = table(node);
        synchronized (table) {
            int slot = table.find(node);
            if (table.keys[slot] == node) {
                table.counts[slot]++;
                if (held) {
                    volume.drop(node, 1);
                }
                return;
            }
            if (!held) {
                volume.hold(node);
            }
            table.put(slot, node, 1);
            size.incrementAndGet();
        }
    }

    /** Whether the kernel was told of a node, and has not forgotten it. */
    boolean knows(long node) {
        Table table = table(node);
        synchronized (table) {
            return table.keys[table.find(node)] == node;
        }
    }

    /** The kernel forgets {@code count} times. @return whether that was all it knew */
    boolean forget(FileSystem volume, long node, long count) {
        if (node == FileSystem.ROOT) {
            return false;
        }
        Table table = table(node);
        synchronized (table) {
            int slot = table.find(node);
            if (table.keys[slot] != node) {
                return false;
            }
            table.counts[slot] -= count;
            if (table.counts[slot] > 0) {
                return false;
            }
            table.remove(slot);
            size.decrementAndGet();
            if (volume != null) {
                volume.drop(node, 1);
            }
            return true;
        }
    }

    long size() {
        return size.get();
    }

    /** Numbers and counts in turn. */
    long[] all() {
        long[] all = new long[Math.toIntExact(size.get() * 2)];
        int n = 0;
        for (Table table : stripes) {
            synchronized (table) {
                for (int i = 0; i < table.keys.length && n < all.length; i++) {
                    if (table.keys[i] != 0) {
                        all[n++] = table.keys[i];
                        all[n++] = table.counts[i];
                    }
                }
            }
        }
        return all;
    }

    /** Takes over what another had: the holds in the volume stay. */
    void restore(long[] all) {
        for (int i = 0; i + 1 < all.length; i += 2) {
            Table table = table(all[i]);
            synchronized (table) {
                table.put(table.find(all[i]), all[i], all[i + 1]);
                size.incrementAndGet();
            }
        }
    }

    /** Forgets all: nobody will say it. */
    void clear(FileSystem volume) {
        long[] all = all();
        for (int i = 0; i < all.length; i += 2) {
            forget(volume, all[i], Long.MAX_VALUE);
        }
    }
}
