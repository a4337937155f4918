package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveClockTest {
    private static final int HEADER = 128;
    private static final int REGION = 24;
    private static final int SIZE = 256;

    @TempDir Path folder;

    /** An archive with one region from byte 128 on, and a value in it. */
    private Path archive(String name, long value) throws IOException {
        ByteBuffer b = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, 0xf00baba2).putInt(12, HEADER);
        b.putLong(REGION + 24, HEADER).putLong(REGION + 40, SIZE - HEADER);
        b.putLong(HEADER + 64, value).putLong(HEADER + 72, 4711);
        b.putInt(REGION, crc(b, HEADER, SIZE - HEADER)).putInt(4, crc(b, 16, HEADER - 16));
        return Files.write(folder.resolve(name), b.array());
    }

    private static int crc(ByteBuffer b, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(b.array(), from, length);
        return (int) crc.getValue();
    }

    @Test void timesBecomeZeroAndChecksumsFollow() throws IOException {
        ArchiveClock clock = new ArchiveClock();
        long now = System.nanoTime() / 1_000_000;
        Path a = archive("a", now);
        sleep();
        clock.clear(a, archive("b", now + 1));
        assertEquals(-1, Files.mismatch(a, archive("expected", 0)));
    }

    @Test void sameArchivesStayAsTheyAre() throws IOException {
        Path a = archive("a", 42);
        new ArchiveClock().clear(a, archive("b", 42));
        assertEquals(-1, Files.mismatch(a, archive("expected", 42)));
    }

    @Test void otherDifferencesAreErrors() throws IOException {
        Path a = archive("a", 1);
        Path b = archive("b", 2);
        assertTrue(assertThrows(ImageException.class, () -> new ArchiveClock().clear(a, b)).getMessage().contains("byte 192"));
        Path header = archive("header", 1);
        byte[] bytes = Files.readAllBytes(header);
        bytes[100] = 1;
        Files.write(header, bytes);
        assertTrue(assertThrows(ImageException.class, () -> new ArchiveClock().clear(a, header)).getMessage().contains("header byte 100"));
    }

    private static void sleep() {
        long until = System.nanoTime() + 3_000_000;
        while (System.nanoTime() < until) Thread.onSpinWait();
    }
}
