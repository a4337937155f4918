package org.cloudos.journal.store;

/**
 * The first bytes of every file:
 * <pre>
 *    0  magic           "CLOUDJNL"
 *    8  version         u16  1
 *   10  kind            u8   1 open: blocks are appended · 2 closed: ends with an index
 *   11  zero            u8, u32
 *   16  made            i64  nanoseconds since 1970
 *   24  first sequence  u64
 *   32  zero            28 bytes
 *   60  crc             u32  CRC32C of bytes 0 to 59
 * </pre>
 * A file whose header is damaged is read all the same: blocks tell of themselves.
 */
record FileHeader(int kind, long made, long first) {
    static final int SIZE = 64, OPEN = 1, CLOSED = 2;
    private static final int VERSION = 1, CRC = 60;
    private static final long MAGIC = 0x4c4e4a44554f4c43L; // "CLOUDJNL"

    byte[] emit() {
        byte[] bytes = new byte[SIZE];
        Out.LONG.set(bytes, 0, MAGIC);
        Out.SHORT.set(bytes, 8, (short) VERSION);
        bytes[10] = (byte) kind;
        Out.LONG.set(bytes, 16, made);
        Out.LONG.set(bytes, 24, first);
        Out.INT.set(bytes, CRC, BlockHeader.crc(bytes, 0, CRC));
        return bytes;
    }

    static FileHeader parse(byte[] from) throws CorruptException {
        if ((long) Out.LONG.get(from, 0) != MAGIC) {
            throw new CorruptException("file magic", "CLOUDJNL", Long.toHexString((long) Out.LONG.get(from, 0)));
        }
        BlockHeader.expect("file header crc", BlockHeader.crc(from, 0, CRC), (int) Out.INT.get(from, CRC));
        BlockHeader.expect("format version", VERSION, (short) Out.SHORT.get(from, 8));
        if (from[10] != OPEN && from[10] != CLOSED) {
            throw new CorruptException("kind of file", "1 or 2", from[10]);
        }
        return new FileHeader(from[10], (long) Out.LONG.get(from, 16), (long) Out.LONG.get(from, 24));
    }
}
