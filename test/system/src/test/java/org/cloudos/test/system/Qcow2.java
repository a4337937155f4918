package org.cloudos.test.system;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An image whose tables QEMU keeps in its own memory until the guest flushes: after a cut, what was written and not flushed is not in it. Made
 * empty and read here, by QEMU's docs/interop/qcow2, version 2, clusters of 4 KiB. Header, big-endian: 0 magic(4) · 4 version(4) · 20 cluster bits(4) ·
 * 24 size(8) · 36 entries of the first table(4) · 40 its place(8) · 48 place of the table of reference counts(8) · 56 its clusters(4).
 */
final class Qcow2 {
    private static final int BITS = 12, CLUSTER = 1 << BITS, ENTRIES = CLUSTER / 8, TABLE = 3 * CLUSTER;
    private static final long PLACE = 0x00ff_ffff_ffff_fe00L;

    private Qcow2() { }

    /** @param bytes at most 1 GiB */
    static void create(Path file, long bytes) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(4 * CLUSTER); // header, counts' table, counts, first table
        b.putInt(0x514649fb).putInt(2).putInt(20, BITS).putLong(24, bytes).putInt(36, tables(bytes)).putLong(40, TABLE)
                .putLong(48, CLUSTER).putInt(56, 1);
        b.putLong(CLUSTER, 2 * CLUSTER);
        for (int i = 0; i < 4; i++) {
            b.putShort(2 * CLUSTER + 2 * i, (short) 1);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(b.rewind());
        }
    }

    private static int tables(long bytes) {
        long each = (long) ENTRIES * CLUSTER;
        return Math.toIntExact((bytes + each - 1) / each);
    }

    /** The first bytes of the disk, as one that starts now finds them. */
    static byte[] read(Path file, int bytes) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(bytes + CLUSTER);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer first = cluster(channel, TABLE);
            for (int at = 0; at < bytes; at += CLUSTER) {
                int index = at / CLUSTER;
                long second = first.getLong(index / ENTRIES * 8) & PLACE;
                long data = second == 0 ? 0 : cluster(channel, second).getLong(index % ENTRIES * 8) & PLACE;
                found.position(at);
                if (data != 0) {
                    found.put(cluster(channel, data));
                }
            }
        }
        byte[] content = new byte[bytes];
        found.get(0, content);
        return content;
    }

    private static ByteBuffer cluster(FileChannel channel, long at) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(CLUSTER);
        for (int n = 0; n >= 0 && b.hasRemaining();) {
            n = channel.read(b, at + b.position());
        }
        return b.rewind();
    }
}
