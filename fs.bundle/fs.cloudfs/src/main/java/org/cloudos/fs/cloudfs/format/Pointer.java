package org.cloudos.fs.cloudfs.format;

/**
 * Where a node stands and how it is known: 0 address(8) · 8 mirror(8) · 16 generation(8) · 24 crc32c(4) · 28 level(1) · 29 zero(3).
 *
 * @param address    of the first copy; in memory, below 0 for a node that has no place yet
 * @param mirror     of the second copy
 * @param generation of the commit that wrote it
 * @param crc        of its bytes from 8
 */
public record Pointer(long address, long mirror, long generation, int crc, int level) {
    public static final int BYTES = 32;

    public static Pointer read(byte[] b, int at) {
        return new Pointer(Le.i64(b, at), Le.i64(b, at + 8), Le.i64(b, at + 16), Le.i32(b, at + 24), Le.u8(b, at + 28));
    }

    public void write(byte[] b, int at) {
        Le.i64(b, at, address);
        Le.i64(b, at + 8, mirror);
        Le.i64(b, at + 16, generation);
        Le.i32(b, at + 24, crc);
        Le.i32(b, at + 28, level);
    }

    public byte[] bytes() {
        byte[] b = new byte[BYTES];
        write(b, 0);
        return b;
    }
}
