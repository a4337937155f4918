package org.cloudos.test.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.Edit;
import org.cloudos.config.StateFiles;
import org.cloudos.config.SystemBackup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives, whole and tampered with. */
@Timeout(300)
class BackupTest {
    private static final Change.Options EDIT = Change.Options.edit("test");
    @TempDir
    private Path folder;
    private TestSystem system;
    private Path archive;

    @BeforeEach
    void start() throws Exception {
        system = new TestSystem(folder);
        archive = folder.resolve("backup.zip");
        system.context().registerService(StateFiles.class, () -> List.of("state/*", "ssh/*"), null);
        Files.writeString(folder.resolve("secret"), "sesame");
        Files.createDirectories(system.data.resolve("state"));
        Files.writeString(system.data.resolve("state/kept"), "as it was");
        Files.createDirectories(system.data.resolve("ssh"));
        Files.writeString(system.data.resolve("ssh/host_key"), "sesame");
        Files.createSymbolicLink(system.data.resolve("state/link"), Path.of("/etc/passwd"));
        system.tree().change(List.of(new Edit.Set(Edit.MACHINE, "test.web.port", "81"),
                new Edit.Set("conf.d/site.yaml", "test.web.token", "${file:" + folder.resolve("secret") + "}")), EDIT);
    }

    @AfterEach
    void stop() throws Exception {
        system.close();
    }

    @Test
    void goesBackToWhatWasSaved() throws Exception {
        SystemBackup.Summary saved = system.backup().write(archive);
        assertEquals(List.of("files/config/conf.d/site.yaml", "files/config/machine.yaml", "files/state/kept"), saved.entries());
        assertFalse(new String(unpacked(), StandardCharsets.ISO_8859_1).contains("sesame"), "no secret is in it");
        system.tree().change(List.of(new Edit.Set(Edit.MACHINE, "test.web.port", "82"), new Edit.Text("conf.d/more.yaml", "test.door: {port: 5}")), EDIT);
        Files.writeString(system.data.resolve("state/kept"), "other");
        system.backup().restore(archive, Optional.empty(), "test");
        assertEquals(81, system.tree().setting("test.web.port").orElseThrow().value());
        assertEquals(22, system.tree().setting("test.door.port").orElseThrow().value());
        assertEquals("as it was", Files.readString(system.data.resolve("state/kept")));
        assertEquals(Change.Kind.RESTORE, system.tree().history().getLast().kind());
    }

    @Test
    void theArchiveOfAnotherSystemNeedsTrust() throws Exception {
        SystemBackup.Summary saved = system.backup().write(archive);
        try (TestSystem other = new TestSystem(folder.resolve("other"))) {
            ConfigException e = assertThrows(ConfigException.Refused.class, () -> other.backup().restore(archive, Optional.empty(), "test"));
            assertTrue(e.getMessage().contains("--trust " + saved.signer()), e.getMessage());
            assertThrows(ConfigException.Refused.class, () -> other.backup().restore(archive, Optional.of("SHA256:other"), "test"));
            assertEquals(8080, other.tree().setting("test.web.port").orElseThrow().value());
            SystemBackup.Summary used = other.backup().restore(archive, Optional.of(saved.signer()), "test");
            assertEquals(81, other.tree().setting("test.web.port").orElseThrow().value());
            assertTrue(used.notes().toString().contains("state/kept is left out"), used.notes().toString());
        }
    }

    @Test
    void tamperedArchivesAreRefused() throws Exception {
        system.backup().write(archive);
        refused("its signature", "manifest.json", t -> t.replace("\"test\"", "\"best\""), null);
        refused("is not what was signed", "files/config/machine.yaml", t -> t.replace("81", "82"), null);
        refused("is not what was signed", "files/config/machine.yaml", t -> t + "#", null);
        refused("is missing", "files/config/machine.yaml", t -> null, null);
        refused("is not in its manifest", null, null, "files/config/evil.yaml");
        refused("is not in its manifest", null, null, "../../evil");
        refused("signature", "signature", t -> "AAAA", null);
        byte[] bytes = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(bytes, bytes.length / 2));
        ConfigException e = assertThrows(ConfigException.Refused.class, () -> system.backup().restore(archive, Optional.empty(), "test"));
        assertTrue(e.getMessage().contains("is no backup, or damaged"), e.getMessage());
    }

    private void refused(String why, String entry, UnaryOperator<String> change, String more) throws IOException {
        Path other = folder.resolve("tampered.zip");
        try (ZipFile from = new ZipFile(archive.toFile()); ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(other))) {
            for (ZipEntry e : from.stream().toList()) {
                String text = text(from, e);
                put(to, e.getName(), e.getName().equals(entry) ? change.apply(text) : text);
            }
            put(to, more, more);
        }
        ConfigException e = assertThrows(ConfigException.Refused.class, () -> system.backup().restore(other, Optional.empty(), "test"));
        assertTrue(e.getMessage().contains(why), e.getMessage());
        assertEquals(1, system.tree().history().size());
    }

    private static void put(ZipOutputStream to, String name, String text) throws IOException {
        if (name != null && text != null) {
            to.putNextEntry(new ZipEntry(name));
            to.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private byte[] unpacked() throws IOException {
        StringBuilder all = new StringBuilder();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry e : zip.stream().toList()) {
                all.append(e.getName()).append(text(zip, e));
            }
        }
        return all.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
