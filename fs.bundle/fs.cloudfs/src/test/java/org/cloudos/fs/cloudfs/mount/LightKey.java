package org.cloudos.fs.cloudfs.mount;

import java.util.List;
import java.util.Random;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.BlockCipher;
import org.cloudos.fs.cloudfs.medium.Medium;
import org.cloudos.hal.block.BlockDevice;

/**
 * The key of an encrypted volume, and the same key sealed so that opening it costs next to nothing: thousands of images are opened with it.
 *
 * @param sealed for the superblock
 */
public record LightKey(BlockCipher cipher, byte[] sealed) {
    private static final int PASSES = 1, KIBIBYTES = 8;

    public static LightKey of(BlockDevice device, char[] passphrase) throws FsException {
        try (Medium medium = new Medium(List.of(device), null)) {
            Superblock superblock = Superblocks.newest(medium);
            KeySlot slot = KeySlot.open(superblock.sealedKey(), passphrase, superblock.volume());
            KeySlot light = KeySlot.seal(slot.key(), PASSES, KIBIBYTES, passphrase, superblock.volume(), new Entropy(new Random(7)));
            return new LightKey(slot.cipher(), light.sealed());
        }
    }
}
