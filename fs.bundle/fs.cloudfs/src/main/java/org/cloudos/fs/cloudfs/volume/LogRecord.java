package org.cloudos.fs.cloudfs.volume;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Le;

/**
 * A change in the log: 0 length with this header(4) · 4 subvolume(8) · 12 operations. An operation: 0 code(1) · 1 a(8) · 9 b(8), then
 *
 * <pre>
 * 1 PUT       a, b: the key          length(2) · value
 * 2 DELETE    a, b: the key
 * 3 USE       a: start, b: count     blocks that were free
 * 4 SHARE     a: start, b: count     one reference more
 * 5 RELEASE   a: start, b: count     one reference less
 * 6 WRITTEN   a: inode, b: block     its CONTENTS until here that stand before that block of the file are in extents
 * 7 CONTENTS  a: inode, b: offset    length(4) · bytes of the file
 * </pre>
 */
final class LogRecord {
    static final int HEADER = 12;
    static final int PUT = 1, DELETE = 2, USE = 3, SHARE = 4, RELEASE = 5, WRITTEN = 6, CONTENTS = 7;

    /** Gets what a record says. */
    interface Visitor {
        void put(long high, long low, byte[] value) throws FsException;

        void blocks(int code, long start, long count) throws FsException;

        void other(int code, long a, long b, byte[] bytes) throws FsException;
    }

    private LogRecord() { }

    static void header(byte[] record, int length, long subvolume) {
        Le.i32(record, 0, length);
        Le.i64(record, 4, subvolume);
    }

    /** Untrusted bytes whose batch's checksum is good. */
    static void parse(byte[] b, int start, int end, Visitor visitor) throws FsException {
        int at = start + HEADER;
        while (at < end) {
            need(at, 17, end);
            int code = b[at];
            long x = Le.i64(b, at + 1), y = Le.i64(b, at + 9);
            at += 17;
            switch (code) {
                case PUT -> {
                    need(at, 2, end);
                    int length = Le.u16(b, at);
                    need(at + 2, length, end);
                    visitor.put(x, y, java.util.Arrays.copyOfRange(b, at + 2, at + 2 + length));
                    at += 2 + length;
                }
                case CONTENTS -> {
                    need(at, 4, end);
                    int length = Le.i32(b, at);
                    need(at + 4, length, end);
                    visitor.other(code, x, y, java.util.Arrays.copyOfRange(b, at + 4, at + 4 + length));
                    at += 4 + length;
                }
                case USE, SHARE, RELEASE -> visitor.blocks(code, x, y);
                case DELETE, WRITTEN -> visitor.other(code, x, y, null);
                default -> throw new FsException.Corrupt("log record", "operation", "1 to 7", code);
            }
        }
    }

    private static void need(int at, int bytes, int end) throws FsException {
        if (bytes < 0 || bytes > end - at) {
            throw new FsException.Corrupt("log record", "length", "inside the record", bytes + " of " + (end - at));
        }
    }
}
