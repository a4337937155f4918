package org.cloudos.fs.cloudfs.format;

import org.cloudos.fs.FsException;

/**
 * A piece of a file: the value of an {@link Key#EXTENT} item.
 *
 * <pre>
 * 0 kind(1) · 1 zero(3) · 4 blocks of the file(4) · 8 address(8) · 16 blocks on the medium(4) · 20 first block in the unpacked(4)
 * · 24 bytes packed, or bytes inline(4) · 28 zero(4) · 32 sums of each block on the medium({@link Sums}), or the bytes inline
 * </pre>
 *
 * @param kind     {@link #INLINE} and the like
 * @param from     its first block in the file: the key's
 * @param blocks   of the file
 * @param address  of its first block on the medium; of a packed piece, that of the whole pack
 * @param stored   blocks on the medium
 * @param skip     of a packed piece: blocks of the unpacked that come before it
 * @param bytes    of the pack, or inline
 * @param value    the item's bytes, sums or inline data behind 32
 */
public record Extent(int kind, long from, int blocks, long address, int stored, int skip, int bytes, byte[] value) {
    public static final int INLINE = 0, PLAIN = 1, RESERVED = 2, LZ4 = 3, ZSTD = 4;
    public static final int HEADER = 32;
    private static final int MOST_RESERVED = 1 << 20;

    public static Extent inline(byte[] data, int length) {
        byte[] v = new byte[HEADER + length];
        System.arraycopy(data, 0, v, HEADER, length);
        return new Extent(INLINE, 0, 1, 0, 0, 0, length, v).emit();
    }

    /** @param sums of the blocks from number {@code first} on */
    public static Extent plain(long from, int blocks, long address, Sums kind, byte[] sums, int first) {
        byte[] v = new byte[HEADER + kind.bytes * blocks];
        System.arraycopy(sums, kind.bytes * first, v, HEADER, kind.bytes * blocks);
        return new Extent(PLAIN, from, blocks, address, blocks, 0, 0, v).emit();
    }

    public static Extent packed(int kind, long from, int blocks, long address, int stored, int bytes, byte[] sums) {
        byte[] v = new byte[HEADER + sums.length];
        System.arraycopy(sums, 0, v, HEADER, sums.length);
        return new Extent(kind, from, blocks, address, stored, 0, bytes, v).emit();
    }

    public static Extent reserved(long from, int blocks, long address) {
        return new Extent(RESERVED, from, blocks, address, blocks, 0, 0, new byte[HEADER]).emit();
    }

    private Extent emit() {
        value[0] = (byte) kind;
        Le.i32(value, 4, blocks);
        Le.i64(value, 8, address);
        Le.i32(value, 16, stored);
        Le.i32(value, 20, skip);
        Le.i32(value, 24, bytes);
        return this;
    }

    public boolean packed() {
        return kind == LZ4 || kind == ZSTD;
    }

    /** Whether these are the bytes of its block {@code b} on the medium. */
    public boolean holds(int b, byte[] bytes, int at) {
        return sums().holds(bytes, at, value, sumAt(b));
    }

    /** What its sums are. */
    public Sums sums() {
        return value.length == HEADER + Sums.CRC32C.bytes * stored ? Sums.CRC32C : Sums.SHA256;
    }

    /** Where that of its block {@code b} on the medium stands in {@link #value}. */
    public int sumAt(int b) {
        return HEADER + sums().bytes * b;
    }

    public long end() {
        return from + blocks;
    }

    /** Whether it has blocks of its own on the medium. */
    public boolean placed() {
        return kind != INLINE;
    }

    /** The part of it that stands in this range of the file, moved to another place in a file. */
    public Extent part(long start, long end, long newFrom) {
        int cut = (int) (start - from), n = (int) (end - start);
        return switch (kind) {
            case PLAIN -> part(newFrom, n, cut);
            case RESERVED -> reserved(newFrom, n, address + cut);
            case INLINE -> this;
            default -> new Extent(kind, newFrom, n, address, stored, skip + cut, bytes, value.clone()).emit();
        };
    }

    private Extent part(long newFrom, int n, int cut) {
        byte[] v = new byte[HEADER + sums().bytes * n];
        System.arraycopy(value, sumAt(cut), v, HEADER, v.length - HEADER);
        return new Extent(PLAIN, newFrom, n, address + cut, n, 0, 0, v).emit();
    }

    private static boolean summed(int length, int stored) {
        return length == HEADER + Sums.CRC32C.bytes * stored || length == HEADER + Sums.SHA256.bytes * stored;
    }

    /** Untrusted bytes whose node's checksum is good. */
    public static Extent parse(byte[] page, int at, int length, long from, long volumeBlocks) throws FsException {
        if (length < HEADER) {
            throw bad(from, "length", "at least " + HEADER, length);
        }
        int kind = page[at], blocks = Le.i32(page, at + 4), stored = Le.i32(page, at + 16), skip = Le.i32(page, at + 20);
        int bytes = Le.i32(page, at + 24);
        long address = Le.i64(page, at + 8);
        boolean shape = switch (kind) {
            case INLINE -> from == 0 && blocks == 1 && bytes >= 0 && bytes <= Layout.INLINE && length == HEADER + bytes;
            case PLAIN -> blocks > 0 && blocks <= Layout.EXTENT_BLOCKS && stored == blocks && summed(length, blocks);
            case RESERVED -> blocks > 0 && blocks <= MOST_RESERVED && stored == blocks && length == HEADER;
            case LZ4, ZSTD -> blocks > 0 && stored > 0 && stored < Layout.UNIT_BLOCKS && skip >= 0 && skip <= Layout.UNIT_BLOCKS - blocks
                    && blocks <= Layout.UNIT_BLOCKS && bytes > 0 && bytes <= stored * Layout.BLOCK && summed(length, stored);
            default -> false;
        };
        if (!shape) {
            throw bad(from, "shape", "of a kind that is known", "kind " + kind + ", " + blocks + " blocks, " + length + " bytes");
        }
        if (kind != INLINE && (address <= 0 || address > volumeBlocks - stored)) {
            throw bad(from, "address", "inside the volume", address);
        }
        byte[] value = new byte[length];
        System.arraycopy(page, at, value, 0, length);
        return new Extent(kind, from, blocks, address, stored, skip, bytes, value);
    }

    private static FsException bad(long from, String field, Object expected, Object found) {
        return new FsException.Corrupt("extent at block " + from, field, expected, found);
    }
}
