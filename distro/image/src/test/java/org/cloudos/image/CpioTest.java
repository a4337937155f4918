package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpioTest {
    private static final String TIME = "6955B900"; // 2026-01-01T00:00:00Z

    @Test void goldenBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Cpio cpio = new Cpio(bytes)) {
            cpio.folder("dev");
            cpio.device("dev/console", 5, 1);
            cpio.file("init", 0755, "hello".getBytes(StandardCharsets.US_ASCII));
        }
        String expected = "070701" + "00000001" + "000041ED" + "00000000" + "00000000" + "00000002" + TIME + "00000000"
                + "00000000" + "00000000" + "00000000" + "00000000" + "00000004" + "00000000" + "dev\0" + "\0\0"
                + "070701" + "00000002" + "00002180" + "00000000" + "00000000" + "00000001" + TIME + "00000000"
                + "00000000" + "00000000" + "00000005" + "00000001" + "0000000C" + "00000000" + "dev/console\0" + "\0\0"
                + "070701" + "00000003" + "000081ED" + "00000000" + "00000000" + "00000001" + TIME + "00000005"
                + "00000000" + "00000000" + "00000000" + "00000000" + "00000005" + "00000000" + "init\0" + "\0" + "hello\0\0\0"
                + "070701" + "00000000" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000" + "00000000"
                + "00000000" + "00000000" + "00000000" + "00000000" + "0000000B" + "00000000" + "TRAILER!!!\0" + "\0\0\0";
        assertEquals(expected, bytes.toString(StandardCharsets.US_ASCII));
    }

    @Test void headerIsAsLongAsTheFormatSays() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Cpio cpio = new Cpio(bytes)) {
            cpio.folder("");
        }
        assertEquals(0, bytes.size() % 4);
        assertEquals('0', bytes.toByteArray()[Cpio.HEADER + 2]); // an empty name, its 0, one byte of padding, the next header
    }

    @Test void fileFromDiskIsTheSameAsFromMemory(@TempDir Path folder) throws IOException {
        byte[] data = new byte[70_001];
        for (int i = 0; i < data.length; i++) data[i] = (byte) (i * 31);
        Path file = Files.write(folder.resolve("data"), data);
        ByteArrayOutputStream a = new ByteArrayOutputStream();
        ByteArrayOutputStream b = new ByteArrayOutputStream();
        try (Cpio cpio = new Cpio(a)) {
            cpio.file("x", 0644, data);
        }
        try (Cpio cpio = new Cpio(b)) {
            cpio.file("x", 0644, file);
        }
        assertArrayEquals(a.toByteArray(), b.toByteArray());
    }

    @Test void tooLargeIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("huge");
        Trees.createSparse(file, 5L << 30);
        assertThrows(ImageException.class, () -> new Cpio(new ByteArrayOutputStream()).file("x", 0644, file));
    }
}
