package org.cloudos.fs.cloudfs.mount;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others keep on a device is given up by force alone. */
class ForeignTest {
    private static final Settings SETTINGS = Settings.memory(16 << 20, () -> 1).still();
    private final Memory disk = new Memory();

    private static final class Memory implements BlockDevice {
        private final byte[] bytes = new byte[16 << 20];

        @Override public String name() {
            return "disk";
        }

        @Override public BlockGeometry geometry() {
            return new BlockGeometry(512, 4096, bytes.length / 512, 1 << 20, 1, false, true, true, true, false);
        }

        @Override public void read(long block, MemorySegment into) {
            MemorySegment.copy(bytes, (int) block * 512, into, ValueLayout.JAVA_BYTE, 0, (int) into.byteSize());
        }

        @Override public void write(long block, MemorySegment from) {
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, bytes, (int) block * 512, (int) from.byteSize());
        }

        @Override public void writeThrough(long block, MemorySegment from) {
            write(block, from);
        }

        @Override public void flush() { }

        @Override public void discard(long block, long count) { }

        @Override public void writeZeroes(long block, long count) { }

        @Override public BlockQueue queue(int depth) throws BlockException {
            throw new UnsupportedOperationException("no queue");
        }
    }

    private void format(boolean force) throws FsException {
        Formatting.format(List.of(disk), new FormatOptions("x", null, "none", force, Set.of()), SETTINGS, new Entropy(new Random(1)));
    }

    private void put(int at, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, disk.bytes, at, bytes.length);
    }

    @ParameterizedTest
    @CsvSource({"512, EFI PART, partition table", "4096, EFI PART, partition table", "1080, S\u00ef, ext4", "0, XFSB, XFS", "65600, _BHRfS_M, btrfs",
        "0, LUKS\u00ba\u00be, LUKS", "536, LVM2 001, LVM", "4086, SWAPSPACE2, swap", "510, U\u00aa, boot sector"})
    void isGivenUpByForceAlone(int at, String magic, String what) throws FsException {
        put(at, magic);
        byte[] before = disk.bytes.clone();
        var refused = assertThrows(FsException.Refused.class, () -> format(false));
        assertEquals(Errno.EEXIST, refused.errno());
        assertTrue(refused.getMessage().contains(what) && refused.getMessage().contains("force"), refused.getMessage());
        assertArrayEquals(before, disk.bytes);
        format(true);
        refused = assertThrows(FsException.Refused.class, () -> format(false));
        assertTrue(refused.getMessage().contains("a volume on disk"), refused.getMessage());
    }

    @Test void whatIsEmptyIsFormatted() throws FsException {
        format(false);
    }

    /** As Linux's own program makes it, where there is one. */
    @Test void knowsWhatMkfsMakes() throws Exception {
        Path program = Path.of("/sbin/mkfs.ext4");
        if (Files.isExecutable(program)) {
            Path image = Files.createTempFile("ext4", "");
            try {
                Files.write(image, disk.bytes);
                assertEquals(0, new ProcessBuilder(program.toString(), "-q", "-F", image.toString()).inheritIO().start().waitFor());
                System.arraycopy(Files.readAllBytes(image), 0, disk.bytes, 0, disk.bytes.length);
                assertEquals("an ext2, ext3 or ext4 file system", Foreign.on(disk));
            } finally {
                Files.delete(image);
            }
        }
    }
}
