package org.cloudos.fs.cloudfs.format;

/** SipHash-2-4 (Aumasson, Bernstein 2012) with the volume's key: nobody can prepare names that collide. */
public record NameHash(long key0, long key1) {
    /** @return 48 bits, never 0 */
    public long of(byte[] name) {
        long h = sip(name) >>> 16;
        return h == 0 ? 1 : h;
    }

    /** The whole hash. */
    public long sip(byte[] data) {
        long v0 = key0 ^ 0x736f6d6570736575L, v1 = key1 ^ 0x646f72616e646f6dL;
        long v2 = key0 ^ 0x6c7967656e657261L, v3 = key1 ^ 0x7465646279746573L;
        int whole = data.length & ~7;
        for (int i = 0; i <= whole; i += 8) {
            long m = i < whole ? Le.i64(data, i) : last(data, whole);
            v3 ^= m;
            for (int r = 0; r < 2; r++) {
                v0 += v1; v1 = Long.rotateLeft(v1, 13) ^ v0; v0 = Long.rotateLeft(v0, 32);
                v2 += v3; v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3; v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1; v1 = Long.rotateLeft(v1, 17) ^ v2; v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xff;
        for (int r = 0; r < 4; r++) {
            v0 += v1; v1 = Long.rotateLeft(v1, 13) ^ v0; v0 = Long.rotateLeft(v0, 32);
            v2 += v3; v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3; v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1; v1 = Long.rotateLeft(v1, 17) ^ v2; v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long last(byte[] data, int whole) {
        long m = (long) data.length << 56;
        for (int i = whole; i < data.length; i++) {
            m |= (data[i] & 0xFFL) << 8 * (i - whole);
        }
        return m;
    }
}
