package org.cloudos.fs.cloudfs.format;

/**
 * Where a node stands and how it is known: 0 address(8) · 8 mirror(8) · 16 generation(8) · 24 crc32c(4) · 28 level(1) · 29 1 where a digest belongs to it(1)
 * · 30 zero(2); in a node, its digest stands behind it(32).
 *
 * @param address    of the first copy; in memory, below 0 for a node that has no place yet
 * @param mirror     of the second copy
 * @param generation of the commit that wrote it
 * @param crc        of its bytes from 8
 * @param digest     of its bytes from 8; null in a volume without {@link Features#SHA256}
 */
public record Pointer(long address, long mirror, long generation, int crc, int level, Digest digest) {
    /** Without a digest, and with one. */
    public static final int BYTES = 32, LONG = BYTES + Digest.BYTES;

    /** With its digest behind it. */
    public static Pointer read(byte[] b, int at) {
        return read(b, at, at + BYTES);
    }

    /** @param digestAt where its digest is, if it has one */
    public static Pointer read(byte[] b, int at, int digestAt) {
        return new Pointer(Le.i64(b, at), Le.i64(b, at + 8), Le.i64(b, at + 16), Le.i32(b, at + 24), Le.u8(b, at + 28),
                digested(b, at) ? digest(b, digestAt) : null);
    }

    /** Untrusted bytes may say that there is one where they end: no node has the one that stands for that. */
    private static Digest digest(byte[] b, int at) {
        return at <= b.length - Digest.BYTES ? Digest.read(b, at) : Digest.NONE;
    }

    /** Whether a digest belongs to the pointer that stands here. */
    static boolean digested(byte[] b, int at) {
        return b[at + 29] == 1;
    }

    /** Of a node that is in memory alone. */
    public static Pointer fresh(long address, int level, boolean digested) {
        return new Pointer(address, 0, 0, 0, level, digested ? Digest.NONE : null);
    }

    /** With its digest behind it. */
    public void write(byte[] b, int at) {
        write(b, at, at + BYTES);
    }

    public void write(byte[] b, int at, int digestAt) {
        Le.i64(b, at, address);
        Le.i64(b, at + 8, mirror);
        Le.i64(b, at + 16, generation);
        Le.i32(b, at + 24, crc);
        Le.i32(b, at + 28, level | (digest == null ? 0 : 1 << 8));
        if (digest != null) {
            digest.write(b, digestAt);
        }
    }

    /** With its digest, if it has one. */
    public byte[] bytes() {
        byte[] b = new byte[digest == null ? BYTES : LONG];
        write(b, 0);
        return b;
    }
}
