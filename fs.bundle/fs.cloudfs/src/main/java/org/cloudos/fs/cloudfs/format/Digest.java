package org.cloudos.fs.cloudfs.format;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4 §6.2): what volumes with the feature {@link Features#SHA256} have beside each CRC-32C of metadata, and in place of those of data. */
public record Digest(long a, long b, long c, long d) {
    public static final int BYTES = 32;
    /** Of what has no place on the medium yet. */
    public static final Digest NONE = new Digest(0, 0, 0, 0);
    private static final ThreadLocal<MessageDigest> SHA = ThreadLocal.withInitial(Digest::sha);

    private static MessageDigest sha() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public static Digest of(byte[] bytes, int from, int length) {
        MessageDigest sha = SHA.get();
        sha.update(bytes, from, length);
        return read(sha.digest(), 0);
    }

    static byte[] of(ByteBuffer bytes) {
        MessageDigest sha = SHA.get();
        sha.update(bytes);
        return sha.digest();
    }

    public static Digest read(byte[] b, int at) {
        return new Digest(Le.i64(b, at), Le.i64(b, at + 8), Le.i64(b, at + 16), Le.i64(b, at + 24));
    }

    public void write(byte[] to, int at) {
        Le.i64(to, at, a);
        Le.i64(to, at + 8, b);
        Le.i64(to, at + 16, c);
        Le.i64(to, at + 24, d);
    }
}
