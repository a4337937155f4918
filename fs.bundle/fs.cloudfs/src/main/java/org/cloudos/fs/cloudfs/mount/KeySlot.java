package org.cloudos.fs.cloudfs.mount;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Superblock;
import org.cloudos.fs.cloudfs.medium.BlockCipher;
import org.cloudos.fs.cloudfs.medium.Xts;

/**
 * The volume's key, sealed with a key from a passphrase: Argon2id (RFC 9106), AES-256-GCM with the volume's identity as associated data.
 *
 * <pre>
 * 0 Argon2id passes(4) · 4 KiB of memory(4) · 8 lanes(4) · 12 zero(4) · 16 salt(32) · 48 nonce(12) · 60 zero(4) · 64 sealed key(64) and tag(16)
 * </pre>
 */
record KeySlot(byte[] sealed, byte[] key) {
    private static final int PASSES = 3, MEMORY = 64 << 10, LANES = 1;
    /** Whoever forges a superblock chooses these before any passphrase is asked for: they bound the time and memory that it can cost. */
    private static final int MOST_PASSES = 32, MOST_MEMORY = 256 << 10, MOST_WORK = 1 << 20;

    static KeySlot create(char[] passphrase, UUID volume, Entropy entropy) throws FsException {
        if (passphrase.length == 0) {
            throw new FsException.Refused(Errno.EINVAL, "empty passphrase");
        }
        return seal(entropy.bytes(64), PASSES, MEMORY, passphrase, volume, entropy);
    }

    /** @param memory of Argon2id, in KiB */
    static KeySlot seal(byte[] key, int passes, int memory, char[] passphrase, UUID volume, Entropy entropy) {
        byte[] slot = new byte[Superblock.SEALED_KEY];
        Le.i32(slot, 0, passes);
        Le.i32(slot, 4, memory);
        Le.i32(slot, 8, LANES);
        System.arraycopy(entropy.bytes(32), 0, slot, 16, 32);
        System.arraycopy(entropy.bytes(12), 0, slot, 48, 12);
        try {
            byte[] sealed = gcm(Cipher.ENCRYPT_MODE, passphrase, slot, volume).doFinal(key);
            System.arraycopy(sealed, 0, slot, 64, sealed.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
        return new KeySlot(slot, key);
    }

    /** {@code EKEYREJECTED} for a wrong passphrase. */
    static KeySlot open(byte[] slot, char[] passphrase, UUID volume) throws FsException {
        if (passphrase == null) {
            throw new FsException.Refused(Errno.EKEYREJECTED, "volume " + volume + " is encrypted, expected a passphrase (passphrase-file), found none");
        }
        affordable(Le.i32(slot, 0), Le.i32(slot, 4), Le.i32(slot, 8), volume);
        try {
            return new KeySlot(slot, gcm(Cipher.DECRYPT_MODE, passphrase, slot, volume).doFinal(slot, 64, 80));
        } catch (AEADBadTagException e) {
            throw new FsException.Refused(Errno.EKEYREJECTED, "volume " + volume);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    private static void affordable(int passes, int memory, int lanes, UUID volume) throws FsException {
        if (passes < 1 || passes > MOST_PASSES || memory < 8 || memory > MOST_MEMORY || (long) passes * memory > MOST_WORK || lanes < 1 || lanes > 16) {
            throw new FsException.Corrupt("sealed key of volume " + volume, "Argon2id", "1 to " + MOST_PASSES + " passes, up to " + (MOST_MEMORY >> 10)
                    + " MiB, together up to 1 GiB; 1 to 16 lanes", passes + " over " + memory + " KiB, " + lanes + " lanes");
        }
        long heap = Runtime.getRuntime().maxMemory() >> 10;
        if (memory > heap / 4 * 3) {
            throw new FsException.Refused(Errno.ENOMEM, "the passphrase of volume " + volume + " takes " + (memory >> 10) + " MiB to try, the heap has "
                    + (heap >> 10));
        }
    }

    BlockCipher cipher() {
        return new Xts(key);
    }

    private static Cipher gcm(int mode, char[] passphrase, byte[] slot, UUID volume) throws GeneralSecurityException {
        Argon2BytesGenerator argon = new Argon2BytesGenerator();
        argon.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id).withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withIterations(Le.i32(slot, 0)).withMemoryAsKB(Le.i32(slot, 4)).withParallelism(Le.i32(slot, 8))
                .withSalt(Arrays.copyOfRange(slot, 16, 48)).build());
        ByteBuffer utf8 = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
        byte[] secret = new byte[utf8.remaining()], wrapping = new byte[32], identity = new byte[16];
        utf8.get(secret);
        argon.generateBytes(secret, wrapping);
        Arrays.fill(secret, (byte) 0);
        Le.uuid(identity, 0, volume);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(wrapping, "AES"), new GCMParameterSpec(128, slot, 48, 12));
        cipher.updateAAD(identity);
        Arrays.fill(wrapping, (byte) 0);
        return cipher;
    }
}
