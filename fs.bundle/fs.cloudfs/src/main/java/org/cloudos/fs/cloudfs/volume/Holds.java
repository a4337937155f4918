package org.cloudos.fs.cloudfs.volume;

import java.util.HashMap;
import java.util.Map;

/**
 * Who is kept though its last name may go: counts by node, two numbers each, since a kernel above may hold millions. Thread-safe; its locks are the
 * last that are taken.
 */
final class Holds {
    private static final int STRIPES = 16, SMALLEST = 16;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private final Stripe[] stripes = new Stripe[STRIPES];

    /** Open addressing with linear probing; node 0 is none. Guarded by itself. */
    private static final class Stripe {
        private long[] nodes = new long[SMALLEST];
        private long[] counts = new long[SMALLEST];
        private int used;

        private static int home(long node, int mask) {
            return (int) (node * SPREAD >>> 20) & mask;
        }

        int find(long node) {
            int mask = nodes.length - 1, i = home(node, mask);
            while (nodes[i] != 0 && nodes[i] != node) {
                i = i + 1 & mask;
            }
            return i;
        }

        void add(long node, long count) {
            int i = find(node);
            if (nodes[i] == 0) {
                nodes[i] = node;
                if (++used * 3L > nodes.length * 2L) {
                    resize(nodes.length * 2);
                    i = find(node);
                }
            }
            counts[i] += count;
        }

        /** Moves up what stood behind it because of it. */
        void remove(int slot) {
            int mask = nodes.length - 1, hole = slot;
            for (int i = slot + 1 & mask; nodes[i] != 0; i = i + 1 & mask) {
                if ((i - home(nodes[i], mask) & mask) >= (i - hole & mask)) {
                    nodes[hole] = nodes[i];
                    counts[hole] = counts[i];
                    hole = i;
                }
            }
            nodes[hole] = 0;
            counts[hole] = 0;
            if (--used * 8L < nodes.length && nodes.length > SMALLEST) {
                resize(nodes.length / 2);
            }
        }

        private void resize(int length) {
            long[] oldNodes = nodes, oldCounts = counts;
            nodes = new long[length];
            counts = new long[length];
            for (int i = 0; i < oldNodes.length; i++) {
                if (oldNodes[i] != 0) {
                    int to = find(oldNodes[i]);
                    nodes[to] = oldNodes[i];
                    counts[to] = oldCounts[i];
                }
            }
        }
    }

    Holds() {
        clear();
    }

    private Stripe stripe(long node) {
        return stripes[(int) (node * SPREAD >>> 60)];
    }

    void add(long node, long count) {
        Stripe stripe = stripe(node);
        synchronized (stripe) {
            stripe.add(node, count);
        }
    }

    /** @return whether these were the last */
    boolean drop(long node, long count) {
        Stripe stripe = stripe(node);
        synchronized (stripe) {
            int i = stripe.find(node);
            if (stripe.nodes[i] == 0) {
                return false;
            }
            stripe.counts[i] -= Math.min(count, stripe.counts[i]);
            boolean last = stripe.counts[i] == 0;
            if (last) {
                stripe.remove(i);
            }
            return last;
        }
    }

    boolean has(long node) {
        Stripe stripe = stripe(node);
        synchronized (stripe) {
            return stripe.nodes[stripe.find(node)] != 0;
        }
    }

    Map<Long, Long> all() {
        Map<Long, Long> all = new HashMap<>();
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                for (int i = 0; i < stripe.nodes.length; i++) {
                    if (stripe.nodes[i] != 0) {
                        all.put(stripe.nodes[i], stripe.counts[i]);
                    }
                }
            }
        }
        return all;
    }

    final void clear() {
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }
}
