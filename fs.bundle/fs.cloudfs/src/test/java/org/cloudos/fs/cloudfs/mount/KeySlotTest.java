package org.cloudos.fs.cloudfs.mount;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Le;
import org.junit.jupiter.api.Test;

class KeySlotTest {
    private static final UUID VOLUME = new UUID(1, 2);
    private static final char[] PASSPHRASE = "pässword".toCharArray();
    private static final int PASSES = 0, MEMORY = 4, LANES = 8;
    private final byte[] key = new Entropy(new Random(1)).bytes(64);
    private final KeySlot light = KeySlot.seal(key, 1, 8, PASSPHRASE, VOLUME, new Entropy(new Random(2)));

    @Test void opensWithItsPassphraseAlone() throws FsException {
        assertArrayEquals(key, KeySlot.open(light.sealed(), PASSPHRASE, VOLUME).key());
        for (var other : new Object[][] {{"password".toCharArray(), VOLUME}, {PASSPHRASE, new UUID(1, 3)}, {null, VOLUME}}) {
            var refused = assertThrows(FsException.Refused.class, () -> KeySlot.open(light.sealed(), (char[]) other[0], (UUID) other[1]));
            assertEquals(Errno.EKEYREJECTED, refused.errno());
        }
    }

    /** A superblock can be forged by anybody: what it asks for is not tried before it is known to be bearable. */
    @Test void whatItMayCostIsBounded() {
        int[][] asked = {{0, 8, 1}, {-1, 8, 1}, {33, 8, 1}, {1, 7, 1}, {1, (256 << 10) + 1, 1}, {1, 1 << 20, 1}, {1, Integer.MAX_VALUE, 1}, {1, -8, 1},
            {32, 256 << 10, 1}, {1, 8, 0}, {1, 8, 17}, {1, 8, Integer.MIN_VALUE}};
        for (int[] one : asked) {
            byte[] forged = light.sealed().clone();
            Le.i32(forged, PASSES, one[0]);
            Le.i32(forged, MEMORY, one[1]);
            Le.i32(forged, LANES, one[2]);
            assertThrows(FsException.Corrupt.class, () -> KeySlot.open(forged, PASSPHRASE, VOLUME), () -> java.util.Arrays.toString(one));
        }
    }
}
