package org.cloudos.fs.cloudfs.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecentItemsTest {
    private static final int KEYS = 40, STEPS = 20_000;

    /** What it gives is what was added last, or nothing; and never what was taken out. */
    @Test void neverGivesWhatIsNotTheTreesAnyMore() {
        RecentItems items = new RecentItems(16);
        Map<Integer, byte[]> tree = new HashMap<>();
        Random random = new Random(1);
        for (int i = 0; i < STEPS; i++) {
            int key = random.nextInt(KEYS);
            long high = key / 7, low = (long) (key % 7) << 56;
            switch (random.nextInt(3)) {
                case 0 -> {
                    items.remove(high, low); // as each change does
                    tree.put(key, new byte[] {(byte) i, (byte) (i >> 8)});
                }
                case 1 -> {
                    if (tree.containsKey(key)) {
                        items.add(high, low, tree.get(key));
                        assertArrayEquals(tree.get(key), items.get(high, low));
                    }
                }
                default -> {
                    byte[] found = items.get(high, low);
                    if (found != null) {
                        assertArrayEquals(tree.get(key), found);
                    }
                }
            }
        }
    }

    @Test void leavesOutWhatIsLarge() {
        RecentItems items = new RecentItems(16);
        items.add(1, 2, new byte[RecentItems.LARGEST + 1]);
        assertNull(items.get(1, 2));
    }
}
