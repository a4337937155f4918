package org.cloudos.config.layers;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in the place of a file is told, and nobody waits for it. */
@Timeout(300)
class FolderTest {
    @TempDir
    private Path path;
    private Path site;

    @BeforeEach
    void make() throws Exception {
        site = Files.createDirectories(path.resolve("conf.d"));
    }

    private Document only() {
        List<Document> documents = new Folder(path, path.resolve("none")).read();
        assertEquals(1, documents.size(), documents.toString());
        return documents.getFirst();
    }

    private void expect(String message) {
        Document document = only();
        assertTrue(document.fault() != null && document.fault().message().contains(message), document.toString());
    }

    @Test
    void filesInTheOrderOfTheirNames() throws Exception {
        for (String name : List.of("20-b.yaml", "10-a.yml", ".hidden.yaml", "10-a.yaml~", "readme.txt", "machine.yaml")) {
            Files.writeString(site.resolve(name), "a: 1");
        }
        Files.writeString(path.resolve("machine.yaml"), "b: 1");
        assertEquals(List.of("machine.yaml", "conf.d/10-a.yml", "conf.d/20-b.yaml", "conf.d/machine.yaml"),
                new Folder(path, path.resolve("none")).read().stream().map(Document::name).toList());
    }

    /** An editor may empty a file before it writes it; between the two nothing is taken back. */
    @Test
    void aFileThatIsWrittenAnewIsNeverEmpty() throws Exception {
        Path file = path.resolve("machine.yaml");
        Files.writeString(file, "a: 1");
        AtomicLong slowest = new AtomicLong();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 300; i++) {
                long begin = System.nanoTime();
                assertDoesNotThrow(() -> Files.writeString(file, "a: 1"));
                slowest.accumulateAndGet(System.nanoTime() - begin, Math::max);
            }
        });
        boolean empty = false;
        try {
            while (writer.isAlive()) {
                String text = only().text();
                empty |= text.isEmpty();
                assertTrue(text.isEmpty() || text.equals("a: 1"), text);
            }
        } finally {
            writer.join();
        }
        // A writer that stops for so long between the two is not waited for.
        assertTrue(!empty || slowest.get() > 200_000_000L, "the longest write took " + slowest + " ns");
    }

    @Test
    void aFolder() throws Exception {
        Files.createDirectory(path.resolve("machine.yaml"));
        expect("expected a file, found a folder");
    }

    @Test
    void invalidUtf8() throws Exception {
        Files.write(path.resolve("machine.yaml"), new byte[] {'a', ':', '\n', ' ', ' ', (byte) 0xC3, (byte) 0x28});
        assertEquals(new Document.Fault(2, 3, "expected UTF-8, found the byte 0xC3"), only().fault());
    }

    @Test
    void aByteOrderMark() throws Exception {
        Files.writeString(path.resolve("machine.yaml"), "\uFEFFa: 1\n");
        assertEquals("a: 1\n", only().text());
    }

    @Test
    void aGigabyte() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(path.resolve("machine.yaml").toFile(), "rw")) {
            file.setLength(1L << 30);
        }
        expect("expected at most 1048576 bytes, found 1073741824");
    }

    @Test
    void aLinkToItself() throws Exception {
        Files.createSymbolicLink(path.resolve("machine.yaml"), Path.of("machine.yaml"));
        expect("Too many levels of symbolic links");
    }

    @Test
    void aLinkToNothing() throws Exception {
        Files.createSymbolicLink(site.resolve("a.yaml"), Path.of("/nonexistent/a.yaml"));
        expect("a link that points to nothing: /nonexistent/a.yaml");
    }

    @Test
    void anEndlessDevice() throws Exception {
        Files.createSymbolicLink(site.resolve("a.yaml"), Path.of("/dev/zero"));
        expect("expected a file, found a device");
    }

    @Test
    void aPipeThatNobodyWritesTo() throws Exception {
        Process process = new ProcessBuilder("mkfifo", site.resolve("a.yaml").toString()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0);
        expect("expected a file, found a device, pipe or socket");
    }

    @Test
    void aFileInPlaceOfTheFolder() throws Exception {
        Files.delete(site);
        Files.writeString(site, "a: 1");
        expect("expected a folder of files");
    }
}
