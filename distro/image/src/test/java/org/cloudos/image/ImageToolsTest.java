package org.cloudos.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small parts that the steps share. */
class ImageToolsTest {
    @TempDir Path folder;

    @Test void unknownArchitectureNamesTheKnown() {
        assertEquals("architecture 'vax' is unknown; there are: x86_64, aarch64", assertThrows(ImageException.class, () -> Arch.of("vax")).getMessage());
    }

    @Test void unknownFormatNamesTheKnown() {
        assertTrue(assertThrows(ImageException.class, () -> ImageFormat.of("iso")).getMessage().endsWith("kernel, disk"));
    }

    @Test void failingToolSaysWhatItSaid() {
        String message = assertThrows(ImageException.class, () -> new Tool("sh", "-c", "echo why >&2; exit 3").run()).getMessage();
        assertTrue(message.contains("code 3") && message.contains("why"), message);
        String full = assertThrows(ImageException.class, () -> new Tool("sh", "-c", "echo 'No space left on device'; exit 1").run()).getMessage();
        assertTrue(full.contains("the disk is full"), full);
        assertThrows(ImageException.class, () -> new Tool("no-such-program").run());
    }

    @Test void failedStepLeavesNothing() throws IOException {
        StepCache cache = new StepCache(folder);
        assertThrows(IOException.class, () -> cache.get("step", "0".repeat(64), into -> {
            Files.writeString(into.resolve("half"), "x");
            throw new IOException("disk full");
        }));
        try (Stream<Path> left = Files.list(folder.resolve("step"))) {
            assertEquals(List.of(), left.toList());
        }
        Path made = cache.get("step", "0".repeat(64), into -> Files.writeString(into.resolve("whole"), "x"));
        assertEquals(made, cache.get("step", "0".repeat(64), into -> {
            throw new IOException("made already");
        }));
    }

    @Test void onlyTheLatestResultsAreKept() throws IOException {
        StepCache cache = new StepCache(folder);
        for (int i = 0; i < 9; i++) cache.get("step", String.valueOf(i).repeat(64), into -> Files.writeString(into.resolve("x"), "x"));
        try (Stream<Path> left = Files.list(folder.resolve("step"))) {
            assertEquals(4, left.count());
        }
    }

    @Test void holesStayHoles() throws IOException {
        Path from = folder.resolve("from");
        Trees.createSparse(from, 3 << 20);
        Path to = folder.resolve("to");
        Trees.createSparse(to, 8 << 20);
        Trees.copySparse(from, to, 1 << 20);
        assertEquals(8 << 20, Files.size(to));
        byte[] data = new byte[100_000];
        data[99_999] = 7;
        Path small = Files.write(folder.resolve("small"), data);
        Trees.copySparse(small, to, 4096);
        assertEquals(7, Files.readAllBytes(to)[4096 + 99_999]);
    }

    @Test void onlyDataDisksAreTaken() throws IOException {
        Path other = folder.resolve("other");
        Trees.createSparse(other, 1 << 20);
        assertTrue(assertThrows(ImageException.class, () -> DataDisk.check(other)).getMessage().contains("expected an ext4"));
        Files.write(other, new byte[10]);
        assertThrows(ImageException.class, () -> DataDisk.check(other));
        assumeTrue(HostTools.find("mkfs.ext4") != null, "mkfs.ext4 is not installed");
        DataDisk.create(folder.resolve("a"), 8 << 20);
        DataDisk.check(folder.resolve("a"));
        DataDisk.create(folder.resolve("b"), 8 << 20);
        assertEquals(-1, Files.mismatch(folder.resolve("a"), folder.resolve("b")));
    }

    @Test void digestTellsNamesFromContents() throws IOException {
        assertFalse(new Digest().text("ab").text("c").hex().equals(new Digest().text("a").text("bc").hex()));
        Path tree = Files.createDirectories(folder.resolve("t"));
        Files.writeString(tree.resolve("cds.jsa"), "1");
        String before = new Digest().tree(tree, List.of("cds.jsa")).hex();
        Files.writeString(tree.resolve("cds.jsa"), "2");
        assertEquals(before, new Digest().tree(tree, List.of("cds.jsa")).hex());
    }

    @Test void sumsOfTwoFormatsShareAFile() throws IOException {
        Path first = Files.createDirectories(folder.resolve("first"));
        Path second = Files.createDirectories(folder.resolve("second"));
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(first.resolve("a"), "a");
        Files.writeString(second.resolve("b"), "b");
        Sums.write(first);
        Sums.write(second);
        Files.copy(first.resolve("a"), out.resolve("a"));
        Files.writeString(out.resolve(Sums.FILE), Sums.merge(first, out) + "0000  gone\n");
        String merged = Sums.merge(second, out);
        assertEquals(List.of("a", "b"), merged.lines().map(l -> l.split("  ")[1]).toList());
    }

    @Test void clauses() {
        List<Clauses.Clause> found = Clauses.parse("a.b;version=\"[1,2)\";resolution:=optional,c;d;x=\"1,2\"");
        assertEquals(List.of(new Clauses.Clause(List.of("a.b"), Map.of("version", "[1,2)", "resolution:", "optional")),
                new Clauses.Clause(List.of("c", "d"), Map.of("x", "1,2"))), found);
        assertEquals(List.of(), Clauses.parse(null));
    }

    @Test void driversOfAWholeClassNeedNoListOfChips() {
        assertEquals(List.of("pci:v*d*sv*sd*bc01sc06i01*"), KernelModules.patterns(List.of("pci:v00008086d00002652sv*sd*bc*sc*i*",
                "pci:v*d*sv*sd*bc01sc06i01*")));
        assertEquals(List.of("virtio:d00000002v*"), KernelModules.patterns(List.of("virtio:d00000002v*", "fs-erofs")));
    }

    @Test
    void aModuleThatIsPartOfTheKernelIsNotLookedFor(@TempDir Path tree) throws Exception {
        Files.writeString(tree.resolve("modules.builtin"), "kernel/fs/fuse/fuse.ko\n");
        assertEquals("", new KernelModules(Arch.X86_64, tree, tree, List.of("fuse")).order());
        assertThrows(ImageException.class, () -> new KernelModules(Arch.X86_64, tree, tree, List.of("vfio_pci")));
    }
}
