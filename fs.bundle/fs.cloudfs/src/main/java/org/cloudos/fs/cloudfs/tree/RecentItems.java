package org.cloudos.fs.cloudfs.tree;

/**
 * Small values of a tree that were asked for lately, by key: many times more than fit into memory with the nodes around them. Each key has two
 * places; a newer item takes the first and moves what stood there to the second.
 *
 * <p>Readers add and look up side by side, under the shared tree lock: items never change, and a lost one is read from its node again.
 * Who changes the tree takes out what he changes, with the lock held alone.
 */
final class RecentItems {
    /** With its headers an item takes some 200 bytes at most. */
    static final int LARGEST = 136;

    private record Item(long high, long low, byte[] value) {
        boolean is(long otherHigh, long otherLow) {
            return low == otherLow && high == otherHigh;
        }
    }

    private final Item[] items;

    /** @param places a power of two */
    RecentItems(int places) {
        items = new Item[places];
    }

    private int place(long high, long low) {
        long h = (high * 0x9E3779B97F4A7C15L + low) * 0xD6E8FEB86659FD93L;
        return (int) (h >>> 32) & items.length - 1;
    }

    /** @return the value, which nobody may change; null when it is not here */
    byte[] get(long high, long low) {
        int i = place(high, low);
        Item first = items[i];
        if (first != null && first.is(high, low)) {
            return first.value;
        }
        Item second = items[i ^ 1];
        return second != null && second.is(high, low) ? second.value : null;
    }

    void add(long high, long low, byte[] value) {
        if (value.length <= LARGEST) {
            int i = place(high, low);
            items[i ^ 1] = items[i];
            items[i] = new Item(high, low, value);
        }
    }

    void remove(long high, long low) {
        int i = place(high, low);
        drop(i, high, low);
        drop(i ^ 1, high, low);
    }

    private void drop(int i, long high, long low) {
        if (items[i] != null && items[i].is(high, low)) {
            items[i] = null;
        }
    }
}
