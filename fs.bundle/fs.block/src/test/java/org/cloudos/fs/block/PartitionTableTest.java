package org.cloudos.fs.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.cloudos.drv.ram.RamDisk;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockLayer.Partition;
import org.cloudos.hal.block.BlockLayer.Partitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** sfdisk is the peer: what it writes is read here. */
class PartitionTableTest {
    private static final int SIZE = 64 << 20;
    @TempDir Path folder;

    private RamDisk written(String script) throws Exception {
        Path tool = Path.of("/usr/sbin/sfdisk");
        assumeTrue(Files.isExecutable(tool), "needs the package fdisk");
        Path image = folder.resolve("image");
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE);
        }
        Process p = new ProcessBuilder(tool.toString(), "-q", image.toString()).redirectErrorStream(true).start();
        try (OutputStream in = p.getOutputStream()) {
            in.write(script.getBytes());
        }
        String said = new String(p.getInputStream().readAllBytes());
        assertEquals(0, p.waitFor(), said);
        RamDisk disk = new RamDisk("d0", 512, SIZE / 512);
        disk.write(0, MemorySegment.ofArray(Files.readAllBytes(image)));
        return disk;
    }

    private static final String GPT = "label: gpt\nlabel-id: 11223344-5566-7788-99AA-BBCCDDEEFF00\n"
            + "start=2048, size=4096, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=\"boot\"\nstart=8192, size=65536, name=\"data é\"\n";

    @Test void gptIsRead() throws Exception {
        try (RamDisk disk = written(GPT)) {
            Partitions p = PartitionTable.read(disk);
            assertEquals("gpt", p.kind());
            assertEquals(List.of(), p.problems());
            Partition boot = p.partitions().getFirst(), data = p.partitions().get(1);
            assertEquals("d0p1 2048 4096 c12a7328-f81f-11d2-ba4b-00a0c93ec93b boot",
                    boot.device() + " " + boot.first() + " " + boot.blocks() + " " + boot.type() + " " + boot.label());
            assertEquals("data é", data.label());
            assertEquals(65536, new PartDevice("d0p2", disk, data.first(), data.blocks()).geometry().blocks());
        }
    }

    @Test void theSecondTableStandsIn() throws Exception {
        try (RamDisk disk = written(GPT)) {
            disk.writeZeroes(1, 1);
            Partitions p = PartitionTable.read(disk);
            assertEquals(2, p.partitions().size());
            assertTrue(p.problems().getFirst().startsWith("the first GPT: signature: expected"), p.problems().toString());
            disk.writeZeroes(SIZE / 512 - 1, 1);
            p = PartitionTable.read(disk);
            assertEquals("none", p.kind());
            assertEquals(2, p.problems().size());
        }
    }

    @Test void mbrWithLogicalPartitionsIsRead() throws Exception {
        try (RamDisk disk = written("label: dos\nstart=2048,size=2048,type=83\nstart=4096,size=65536,type=f\nstart=6144,size=2048,type=82\n"
                + "start=10240,size=4096,type=83\n")) {
            Partitions p = PartitionTable.read(disk);
            assertEquals("mbr", p.kind());
            assertEquals("[1 2048 2048 83, 5 6144 2048 82, 6 10240 4096 83]",
                    p.partitions().stream().map(x -> x.number() + " " + x.first() + " " + x.blocks() + " " + x.type()).toList().toString());
        }
    }

    /** Whatever stands there: an answer, and no part outside the device or over another. */
    @Test void hostileTablesAreHarmless() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (String script : new String[] {GPT, "label: dos\nstart=2048,size=2048\nstart=4096,size=65536,type=f\nstart=6144,size=2048\n"}) {
            try (RamDisk good = written(script)) {
                for (int round = 0; round < 300; round++) {
                    try (RamDisk disk = new RamDisk("d", 512, SIZE / 512)) {
                        MemorySegment all = MemorySegment.ofArray(new byte[40 * 512]);
                        good.read(0, all);
                        for (int i = 0; i < 1 + random.nextInt(8); i++) {
                            all.set(ValueLayout.JAVA_BYTE, random.nextInt(40 * 512), (byte) random.nextInt());
                            all.set(ValueLayout.JAVA_BYTE, 440 + random.nextInt(72), (byte) random.nextInt());
                        }
                        disk.write(0, all);
                        check(PartitionTable.read(disk), seed);
                    }
                }
            }
        }
    }

    private static void check(Partitions p, long seed) {
        long end = 0;
        for (Partition x : p.partitions().stream().sorted(Comparator.comparingLong(Partition::first)).toList()) {
            assertTrue(x.first() >= end && x.blocks() > 0 && x.first() + x.blocks() <= SIZE / 512, "seed " + seed + ": " + x);
            end = x.first() + x.blocks();
        }
    }

    @Test void aChainOfTablesThatEndsInItselfIsRefused() throws Exception {
        try (RamDisk disk = written("label: dos\nstart=4096,size=65536,type=f\nstart=6144,size=2048\nstart=10240,size=2048\n")) {
            MemorySegment table = MemorySegment.ofArray(new byte[512]);
            disk.read(4096, table);
            int next = table.get(ValueLayout.JAVA_INT_UNALIGNED, 446 + 16 + 8);
            MemorySegment second = MemorySegment.ofArray(new byte[512]);
            disk.read(4096 + next, second);
            MemorySegment.copy(table, 446 + 16, second, 446 + 16, 16); // its next is itself
            disk.write(4096 + next, second);
            Partitions p = PartitionTable.read(disk);
            assertEquals("none", p.kind());
            assertTrue(p.problems().getFirst().contains("again"), p.problems().toString());
        }
    }

    @Test void nothingGetsOutOfAPart() throws BlockException {
        try (RamDisk disk = new RamDisk("d", 512, 100)) {
            PartDevice part = new PartDevice("d1", disk, 10, 20);
            part.write(19, MemorySegment.ofArray(new byte[512]));
            for (long at : new long[] {20, -1, Long.MAX_VALUE}) {
                assertThrows(BlockException.class, () -> part.write(at, MemorySegment.ofArray(new byte[512])));
            }
        }
    }
}
