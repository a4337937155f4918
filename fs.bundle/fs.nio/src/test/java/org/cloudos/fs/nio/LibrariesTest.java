package org.cloudos.fs.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.io.file.PathUtils;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.fs.vfs.core.MountedVfs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Others' libraries, unchanged. */
class LibrariesTest {
    private final Vfs vfs = MountedVfs.make();
    private final FileSystem files = new CloudProvider(() -> vfs, Caller.SYSTEM).fileSystem();

    @BeforeEach void bind() {
        Binding.vfs = vfs;
    }

    @AfterEach void nothingStaysOpen() {
        assertEquals(List.of(), vfs.handles());
    }

    @Test void theJdkFindsTheProvider() throws Exception {
        Path path = Path.of(java.net.URI.create("cloudos:///f"));
        Files.writeString(path, "found");
        assertEquals("found", Files.readString(files.getPath("/f")));
        assertEquals("cloudos:///f", path.toUri().toString().replace("cloudos:/f", "cloudos:///f"));
    }

    @Test void luceneIndexes() throws Exception {
        for (FSDirectory directory : List.of(new NIOFSDirectory(files.getPath("/nio")))) {
            try (directory) {
                try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig().setMaxBufferedDocs(50))) {
                    for (int i = 0; i < 1000; i++) {
                        Document document = new Document();
                        document.add(new StringField("id", "id" + i, Field.Store.YES));
                        document.add(new TextField("text", "word" + i % 10 + " and more", Field.Store.YES));
                        writer.addDocument(document);
                    }
                    writer.commit();
                    writer.forceMerge(1);
                }
                try (DirectoryReader reader = DirectoryReader.open(directory)) {
                    IndexSearcher searcher = new IndexSearcher(reader);
                    assertEquals(100, searcher.count(new TermQuery(new Term("text", "word3"))));
                    assertEquals(1, searcher.search(new TermQuery(new Term("id", "id77")), 10).totalHits.value());
                }
            }
        }
    }

    /** A log of records with checksums, as databases keep: written, cut, read again. */
    @Test void zipFilesAreMadeAndRead() throws Exception {
        Path zip = files.getPath("/a.zip");
        byte[] data = new byte[300_000];
        new Random(5).nextBytes(data);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (int i = 0; i < 20; i++) {
                out.putNextEntry(new ZipEntry("folder/e" + i));
                out.write(data, 0, data.length / (i + 1));
            }
        }
        try (FileSystem inside = java.nio.file.FileSystems.newFileSystem(zip)) {
            assertArrayEquals(data, Files.readAllBytes(inside.getPath("/folder/e0")));
            Files.writeString(inside.getPath("/added"), "by the zip provider");
        }
        try (FileSystem inside = java.nio.file.FileSystems.newFileSystem(zip)) {
            assertEquals("by the zip provider", Files.readString(inside.getPath("/added")));
        }
    }

    @Test void commonsIoCopiesAndDeletes() throws Exception {
        Path tree = Files.createDirectories(files.getPath("/tree/a/b"));
        for (int i = 0; i < 50; i++) {
            Files.writeString(tree.resolve("f" + i), "content " + i);
        }
        PathUtils.copyDirectory(files.getPath("/tree"), files.getPath("/copy"));
        assertTrue(PathUtils.directoryAndFileContentEquals(files.getPath("/tree"), files.getPath("/copy")));
        assertEquals(50, PathUtils.countDirectory(files.getPath("/copy")).getFileCounter().get());
        PathUtils.deleteDirectory(files.getPath("/copy"));
        assertTrue(Files.notExists(files.getPath("/copy")));
    }

    @Test void volumesAreApart() throws Exception {
        Path f = Files.writeString(files.getPath("/f"), "text");
        assertThrows(AtomicMoveNotSupportedException.class, () -> Files.move(f, files.getPath("/other/f"), StandardCopyOption.ATOMIC_MOVE));
        Files.move(f, files.getPath("/other/f"));
        assertEquals("text", Files.readString(files.getPath("/other/f")));
        assertTrue(Files.notExists(f));
        assertEquals("tmpfs", Files.getFileStore(files.getPath("/other/f")).type());
        assertEquals(512L << 20, Files.getFileStore(files.getPath("/")).getTotalSpace());
    }

    @Test void attributesOfUsersAreKept() throws Exception {
        Path f = Files.writeString(files.getPath("/f"), "");
        var view = Files.getFileAttributeView(f, UserDefinedFileAttributeView.class);
        view.write("author", java.nio.charset.StandardCharsets.UTF_8.encode("Ann"));
        assertEquals(List.of("author"), view.list());
        assertArrayEquals("Ann".getBytes(), (byte[]) Files.getAttribute(f, "user:author"));
        view.delete("author");
        assertEquals(List.of(), view.list());
        Files.setOwner(f, files.getUserPrincipalLookupService().lookupPrincipalByName("1000"));
        assertEquals("1000", Files.getOwner(f).getName());
    }

    @Test void changesAreWatched() throws Exception {
        Path folder = Files.createDirectory(files.getPath("/watched"));
        try (WatchService watches = files.newWatchService()) {
            folder.register(watches, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE, StandardWatchEventKinds.ENTRY_MODIFY);
            Files.writeString(folder.resolve("f"), "text");
            Files.delete(folder.resolve("f"));
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("ENTRY_DELETE f")) {
                WatchKey key = watches.poll(60, TimeUnit.SECONDS);
                assertTrue(key != null, "after " + seen);
                key.pollEvents().forEach(e -> seen.append(e.kind()).append(' ').append(e.context()).append('\n'));
                assertTrue(key.reset());
            }
            assertTrue(seen.toString().startsWith("ENTRY_CREATE f\n"), seen.toString());
            assertTrue(seen.toString().contains("ENTRY_MODIFY f\n"), seen.toString());
        }
    }
}
