package org.cloudos.fs.cloudfs.medium;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * AES-256-XTS (IEEE 1619-2018, NIST SP 800-38E) with 4 KiB data units; the tweak is the block's address. The JDK has no XTS: this is its ECB, which
 * the processor does many blocks at a time, between two exclusive-ors with the tweaks.
 */
public final class Xts implements BlockCipher {
    private static final int UNIT = Layout.BLOCK;
    private final byte[] dataKey;
    private final byte[] tweakKey;
    private final ThreadLocal<State> states = ThreadLocal.withInitial(this::state);

    private record State(Cipher encrypt, Cipher decrypt, Cipher tweak, byte[] tweaks, byte[] first) { }

    /** @param key 64 bytes: for data, then for tweaks; the halves must differ */
    public Xts(byte[] key) {
        if (key.length != 64 || Arrays.equals(key, 0, 32, key, 32, 64)) {
            throw new IllegalArgumentException("two keys of 32 bytes that differ");
        }
        dataKey = Arrays.copyOf(key, 32);
        tweakKey = Arrays.copyOfRange(key, 32, 64);
    }

    private State state() {
        return new State(cipher(Cipher.ENCRYPT_MODE, dataKey), cipher(Cipher.DECRYPT_MODE, dataKey), cipher(Cipher.ENCRYPT_MODE, tweakKey),
                new byte[UNIT], new byte[16]);
    }

    private static Cipher cipher(int mode, byte[] key) {
        try {
            Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES", e);
        }
    }

    @Override public void encrypt(byte[] bytes, int at, int length, long address) {
        State state = states.get();
        run(state, state.encrypt, bytes, at, length, address);
    }

    @Override public void decrypt(byte[] bytes, int at, int length, long address) {
        State state = states.get();
        run(state, state.decrypt, bytes, at, length, address);
    }

    private static void run(State state, Cipher cipher, byte[] bytes, int at, int length, long address) {
        try {
            for (int done = 0; done < length; done += UNIT) {
                tweaks(state, address + done / UNIT);
                xor(bytes, at + done, state.tweaks);
                cipher.doFinal(bytes, at + done, UNIT, bytes, at + done);
                xor(bytes, at + done, state.tweaks);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("whole blocks", e);
        }
    }

    /** The unit's number, encrypted, times 2 for each next 16 bytes in GF(2^128) (IEEE 1619 §5.2). */
    private static void tweaks(State state, long unit) throws GeneralSecurityException {
        Le.i64(state.first, 0, unit);
        Le.i64(state.first, 8, 0);
        state.tweak.doFinal(state.first, 0, 16, state.tweaks, 0);
        long low = Le.i64(state.tweaks, 0), high = Le.i64(state.tweaks, 8);
        for (int i = 16; i < UNIT; i += 16) {
            long carry = high >> 63 & 0x87;
            high = high << 1 | low >>> 63;
            low = low << 1 ^ carry;
            Le.i64(state.tweaks, i, low);
            Le.i64(state.tweaks, i + 8, high);
        }
    }

    private static void xor(byte[] bytes, int at, byte[] tweaks) {
        for (int i = 0; i < UNIT; i += 8) {
            Le.i64(bytes, at + i, Le.i64(bytes, at + i) ^ Le.i64(tweaks, i));
        }
    }
}
