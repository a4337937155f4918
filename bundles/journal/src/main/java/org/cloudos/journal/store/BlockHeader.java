package org.cloudos.journal.store;

import java.util.zip.CRC32C;

/**
 * What stands before each block:
 * <pre>
 *    0  magic           u32  "CBLK"
 *    4  flags           u8   1 the payload is compressed with Zstandard · 2 the journal was closed in order after this block
 *    5  levels          u8   bit n is set if a record of level n is in it, TRACE is 0
 *    6  zero            u16
 *    8  stored length   u32  of the payload as it follows
 *   12  raw length      u32  of the payload when decompressed; the same if it is not
 *   16  count           u32  records
 *   20  payload crc     u32  CRC32C of the payload as it follows
 *   24  first sequence  u64  the others follow without gaps
 *   32  least time      i64  nanoseconds since 1970
 *   40  greatest time   i64
 *   48  names length    u32  of the names at the raw payload's end
 *   52  zero            u64
 *   60  header crc      u32  CRC32C of bytes 0 to 59
 * </pre>
 */
record BlockHeader(int flags, int levels, int stored, int raw, int count, int payloadCrc, long first, long least, long greatest,
        int names) {
    static final int SIZE = 64, COMPRESSED = 1, END = 2;
    static final int MAGIC = 'C' | 'B' << 8 | 'L' << 16 | 'K' << 24;
    /** More than the largest record. */
    static final int MAX_PAYLOAD = 16 << 20;
    private static final int CRC = 60;

    long last() {
        return first + count - 1;
    }

    boolean compressed() {
        return (flags & COMPRESSED) != 0;
    }

    boolean end() {
        return (flags & END) != 0;
    }

    void emit(byte[] to, int at) {
        Out.INT.set(to, at, MAGIC);
        to[at + 4] = (byte) flags;
        to[at + 5] = (byte) levels;
        Out.SHORT.set(to, at + 6, (short) 0);
        Out.INT.set(to, at + 8, stored);
        Out.INT.set(to, at + 12, raw);
        Out.INT.set(to, at + 16, count);
        Out.INT.set(to, at + 20, payloadCrc);
        Out.LONG.set(to, at + 24, first);
        Out.LONG.set(to, at + 32, least);
        Out.LONG.set(to, at + 40, greatest);
        Out.INT.set(to, at + 48, names);
        Out.LONG.set(to, at + 52, 0L);
        Out.INT.set(to, at + CRC, crc(to, at, CRC));
    }

    /** Whether a header could begin here: a cheap test before {@link #parse}. */
    static boolean begins(byte[] from, int at) {
        return (int) Out.INT.get(from, at) == MAGIC;
    }

    /** Untrusted bytes: magic, checksum, then ranges. */
    static BlockHeader parse(byte[] from, int at) throws CorruptException {
        expect("block magic", MAGIC, (int) Out.INT.get(from, at));
        expect("block header crc", crc(from, at, CRC), (int) Out.INT.get(from, at + CRC));
        BlockHeader header = new BlockHeader(from[at + 4], from[at + 5], (int) Out.INT.get(from, at + 8), (int) Out.INT.get(from, at + 12),
                (int) Out.INT.get(from, at + 16), (int) Out.INT.get(from, at + 20), (long) Out.LONG.get(from, at + 24),
                (long) Out.LONG.get(from, at + 32), (long) Out.LONG.get(from, at + 40), (int) Out.INT.get(from, at + 48));
        header.check();
        return header;
    }

    private void check() throws CorruptException {
        range("flags", flags, 0, COMPRESSED | END);
        range("stored length", stored, 0, MAX_PAYLOAD);
        range("raw length", raw, compressed() ? 0 : stored, compressed() ? MAX_PAYLOAD : stored);
        range("names length", names, 0, raw);
        range("count", count, 0, raw);
        if (first < 0 || first > Long.MAX_VALUE - count) {
            throw new CorruptException("first sequence", "0 to 2^63", first);
        }
    }

    private static void range(String what, int found, int least, int most) throws CorruptException {
        if (found < least || found > most) {
            throw new CorruptException(what, least + " to " + most, found);
        }
    }

    static void expect(String what, int expected, int found) throws CorruptException {
        if (expected != found) {
            throw new CorruptException(what, Integer.toHexString(expected), Integer.toHexString(found));
        }
    }

    static int crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return (int) crc.getValue();
    }
}
