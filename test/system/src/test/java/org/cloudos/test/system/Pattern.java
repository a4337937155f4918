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
        Path image = folder.resolve(name + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return "if=none,format=raw,id=" + name + ",file=" + image;
    }

    /** As bench:pattern is documented: little-endian words, MurmurHash3's finalizer over seed and offset. */
    static void compare(Path image, long seed, long from, int bytes) throws IOException {
        byte[] found = new byte[bytes];
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            file.seek(from);
            file.readFully(found);
        }
        ByteBuffer expected = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = from; at < from + bytes; at += 8) {
            long z = seed * 0x9e3779b97f4a7c15L + at;
            z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
            z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
            expected.putLong(z ^ z >>> 33);
        }
        assertArrayEquals(expected.array(), found, image.toString());
    }
}
