package org.cloudos.fs.cloudfs.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Nodes as they are changed in memory are nodes as they are read. */
class PageTest {
    @Test void aValueWithoutBytesIsNotLeftBehindByItsNeighbour() throws Exception {
        byte[] page = Page.empty(0);
        Page.insert(page, 0, 1, 1, new byte[40], 0, 40);
        Page.insert(page, 1, 2, 1, new byte[0], 0, 0);
        Page.remove(page, 0);
        Page.verify(page, "node");
        assertEquals(0, Page.length(page, 0));
    }

    /** As versions before wrote it. */
    @Test void whereAValueWithoutBytesStandsMeansNothing() throws Exception {
        byte[] page = Page.empty(0);
        Page.insert(page, 0, 2, 1, new byte[0], 0, 0);
        Le.u16(page, Page.HEADER + 16, 9000);
        Page.verify(page, "node");
    }

    @Test void anyChangesLeaveAGoodNode() throws Exception {
        Random random = new Random(11);
        for (int turn = 0; turn < 200; turn++) {
            byte[] page = Page.empty(0);
            Map<Long, byte[]> model = new TreeMap<>();
            for (int step = 0; step < 150; step++) {
                long key = random.nextInt(20);
                byte[] value = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(2000)];
                random.nextBytes(value);
                int i = Page.find(page, key, 1);
                if (i >= 0 && random.nextBoolean()) {
                    Page.remove(page, i);
                    model.remove(key);
                } else if (i >= 0 && value.length - Page.length(page, i) <= Page.free(page)) {
                    Page.replace(page, i, value, 0, value.length);
                    model.put(key, value);
                } else if (i < 0 && value.length + Page.SLOT <= Page.free(page)) {
                    Page.insert(page, -i - 1, key, 1, value, 0, value.length);
                    model.put(key, value);
                }
                Page.verify(page, "turn " + turn + ", step " + step);
            }
            assertEquals(model.size(), Page.count(page));
            for (Map.Entry<Long, byte[]> e : model.entrySet()) {
                int i = Page.find(page, e.getKey(), 1), at = Page.at(page, i);
                assertArrayEquals(e.getValue(), Arrays.copyOfRange(page, at, at + Page.length(page, i)));
            }
        }
    }
}
