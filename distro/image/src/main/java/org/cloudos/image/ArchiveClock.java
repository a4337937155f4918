package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Takes the time of dumping out of a CDS archive. With AOT class linking the archived heap holds soft references, and
 * each has {@code java.lang.ref.SoftReference.timestamp}: milliseconds of the monotonic clock when the JVM last set its
 * clock. Nothing else differs between two dumps of the same input. So: dump twice, check that every 8-byte word that
 * differs is a reading of that clock during the dumps, and write 0. A soft reference of time 0 is merely one not used
 * since the machine started. Anything else that differs is an error.
 *
 * <p>Header of the archive (JDK 25, little-endian): 4 crc(4) of the header from byte 16 on · 12 headerSize(4); then
 * records of the regions, each crc(4) ... with fileOffset(8) 24 and used(8) 40 bytes after its crc.
 */
final class ArchiveClock {
    private static final int HEADER_CRC = 4;
    private static final int HEADER_SIZE = 12;
    private static final int CHECKED_FROM = 16;
    private static final int REGION_OFFSET = 24;
    private static final int REGION_USED = 40;

    private final long from = now();

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    /** Makes {@code archive} the same as any other dump. Both were dumped since this was made. */
    void clear(Path archive, Path other) throws IOException {
        try (FileChannel a = FileChannel.open(archive, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel b = FileChannel.open(other, StandardOpenOption.READ)) {
            if (a.size() != b.size()) throw new ImageException("sizes " + a.size() + " and " + b.size());
            clear(a.map(FileChannel.MapMode.READ_WRITE, 0, a.size()), b.map(FileChannel.MapMode.READ_ONLY, 0, b.size()), now());
        }
    }

    private void clear(ByteBuffer a, ByteBuffer b, long until) throws ImageException {
        a.order(ByteOrder.LITTLE_ENDIAN);
        b.order(ByteOrder.LITTLE_ENDIAN);
        int header = a.getInt(HEADER_SIZE);
        List<Integer> regions = new ArrayList<>();
        for (int at = CHECKED_FROM; at < header; at += Integer.BYTES) {
            if (a.getInt(at) == b.getInt(at)) continue;
            if (!isRegion(a, at, header)) throw new ImageException("header byte " + at);
            regions.add(at);
        }
        for (int at = header & -Long.BYTES; at <= a.limit() - Long.BYTES; at += Long.BYTES) {
            if (at < header || a.getLong(at) == b.getLong(at)) continue;
            if (!isTime(a.getLong(at), until) || !isTime(b.getLong(at), until)) {
                throw new ImageException("byte " + at + ", " + Long.toHexString(a.getLong(at)) + " and " + Long.toHexString(b.getLong(at)));
            }
            a.putLong(at, 0);
        }
        for (int region : regions) {
            a.putInt(region, crc(a, a.getLong(region + REGION_OFFSET), a.getLong(region + REGION_USED)));
        }
        a.putInt(HEADER_CRC, crc(a, CHECKED_FROM, header - CHECKED_FROM));
    }

    private boolean isTime(long value, long until) {
        return value >= from && value <= until;
    }

    private static boolean isRegion(ByteBuffer a, int at, int header) {
        if (at + REGION_USED + Long.BYTES > header) return false;
        long offset = a.getLong(at + REGION_OFFSET);
        long used = a.getLong(at + REGION_USED);
        return offset > 0 && used > 0 && offset + used <= a.limit() && crc(a, offset, used) == a.getInt(at);
    }

    private static int crc(ByteBuffer data, long offset, long length) {
        CRC32 crc = new CRC32();
        crc.update(data.slice((int) offset, (int) length));
        return (int) crc.getValue();
    }
}
