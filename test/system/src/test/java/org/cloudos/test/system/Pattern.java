package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Disk images outside, and what {@code bench:pattern} left on them. */
final class Pattern {
    private Pattern() { }

    /** An empty image NAME.img in the folder, as the value of QEMU's -drive. */
    static String drive(Path folder, String name, long bytes) throws IOException {
        return "if=none,format=raw,id=" + name + ",file=" + image(folder, name, bytes);
    }

    /** Its image alone. */
    static Path image(Path folder, String name, long bytes) throws IOException {
        Path image = folder.resolve(name + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return image;
    }

    /** The same of a disk that can't be read at one place nor written at another, and whose first flush fails, as the value of QEMU's -blockdev. */
    static String bad(Path folder, String name, long bytes, long read, long write) throws IOException {
        return "{\"driver\":\"blkdebug\",\"node-name\":\"" + name + "\",\"image\":{\"driver\":\"file\",\"filename\":\"" + image(folder, name, bytes)
                + "\"},\"inject-error\":[{\"event\":\"none\",\"iotype\":\"read\",\"errno\":5,\"sector\":" + read / 512
                + "},{\"event\":\"none\",\"iotype\":\"write\",\"errno\":5,\"sector\":" + write / 512
                + "},{\"event\":\"none\",\"iotype\":\"flush\",\"errno\":5,\"once\":true}]}";
    }

    static void compare(Path image, long seed, long from, int bytes) throws IOException {
        byte[] found = new byte[bytes];
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            file.seek(from);
            file.readFully(found);
        }
        assertArrayEquals(bytes(seed, from, bytes), found, image.toString());
    }

    /** As bench:pattern is documented: little-endian words, MurmurHash3's finalizer over seed and offset. */
    static byte[] bytes(long seed, long from, int bytes) {
        ByteBuffer expected = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = from; at < from + bytes; at += 8) {
            long z = seed * 0x9e3779b97f4a7c15L + at;
            z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
            z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
            expected.putLong(z ^ z >>> 33);
        }
        return expected.array();
    }
}
