package org.cloudos.hal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeysTest {
    /** Types bytes of a keyboard. */
    private static String type(int set, String layout, int... bytes) {
        Scancodes codes = new Scancodes(set);
        KeyText keys = new KeyText(Layout.of(layout));
        StringBuilder text = new StringBuilder();
        for (int b : bytes) {
            text.append(keys.next(codes.next(b)));
        }
        return text.toString();
    }

    @Test void bothSetsWriteTheSame() {
        // H with Shift, then i, Enter
        assertEquals("Hi\r", type(1, "us", 0x2a, 0x23, 0xa3, 0xaa, 0x17, 0x97, 0x1c, 0x9c));
        assertEquals("Hi\r", type(2, "us", 0x12, 0x33, 0xf0, 0x33, 0xf0, 0x12, 0x43, 0xf0, 0x43, 0x5a, 0xf0, 0x5a));
        // cursor up, delete, keypad's Enter
        assertEquals("\033[A\033[3~\r", type(1, "us", 0xe0, 0x48, 0xe0, 0xc8, 0xe0, 0x53, 0xe0, 0x1c));
        assertEquals("\033[A\033[3~\r", type(2, "us", 0xe0, 0x75, 0xe0, 0xf0, 0x75, 0xe0, 0x71, 0xe0, 0x5a));
        // pause is one key and writes nothing, what follows is read
        assertEquals("a", type(1, "us", 0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5, 0x1e));
        assertEquals("a", type(2, "us", 0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77, 0x1c));
    }

    @Test void germanHasItsLettersAndDeadKeys() {
        assertEquals("yzü", type(1, "de", 0x2c, 0x15, 0x1a));
        assertEquals("@€|", type(1, "de", 0xe0, 0x38, 0x10, 0x12, 0x56));
        assertEquals("é´x", type(1, "de", 0x0d, 0x12, 0x0d, 0x2d));
        assertEquals("ÄÖ?", type(1, "de", 0x2a, 0x28, 0x27, 0x0c));
        assertEquals(" ", type(1, "us", 0x39));
    }

    @Test void modifiersAndLocks() {
        assertEquals("\003", type(1, "us", 0x1d, 0x2e));
        assertEquals("\033b", type(1, "us", 0x38, 0x30));
        assertEquals("\033[1;5C", type(1, "us", 0x1d, 0xe0, 0x4d));
        assertEquals("A1a", type(1, "us", 0x3a, 0xba, 0x1e, 0x02, 0x2a, 0x1e));
        assertEquals("\033[H7", type(1, "us", 0x47, 0x45, 0xc5, 0x47));
        assertThrows(IllegalArgumentException.class, () -> Layout.of("fr"));
        KeyText keys = new KeyText(Layout.of("us"));
        keys.next(58);
        keys.next(58); // held: the lock is turned once
        assertEquals(4, keys.lights());
    }

    @Test void anyBytesAreNoHarm() {
        Random random = new Random(1);
        for (int set = 1; set <= 2; set++) {
            int[] bytes = random.ints(100_000, 0, 256).toArray();
            assertTrue(type(set, "de", bytes).length() < 1_000_000);
        }
    }

    @Test void aFullQueueLosesWholeKeys() throws Exception {
        ByteQueue queue = new ByteQueue(4);
        queue.add(new byte[] {1, 2, 3});
        queue.add(new byte[] {4, 5});
        assertEquals(2, queue.lost());
        byte[] found = new byte[8];
        assertEquals(3, queue.take(MemorySegment.ofArray(found)));
        assertArrayEquals(new byte[] {1, 2, 3, 0, 0, 0, 0, 0}, found);
        queue.end();
        assertEquals(-1, queue.take(MemorySegment.ofArray(found)));
    }
}
