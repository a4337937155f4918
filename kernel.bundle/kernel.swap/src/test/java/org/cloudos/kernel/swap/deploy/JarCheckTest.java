package org.cloudos.kernel.swap.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.spi.ToolProvider;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.cloudos.kernel.swap.Deployment.Jar;
import org.cloudos.kernel.swap.DeploymentException.BadJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarCheckTest {
    private static final String MANIFEST = """
            Manifest-Version: 1.0
            Bundle-ManifestVersion: 2
            Bundle-SymbolicName: one;singleton:=true
            Bundle-Version: 1.2.3.x
            """;

    @TempDir Path folder;
    private final JarCheck check = new JarCheck(100, 1 << 20);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Entries are stored, not deflated, so that a test can find their bytes. */
    private static byte[] zip(String manifest, Object... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            put(zip, "META-INF/MANIFEST.MF", bytes(manifest));
            for (int i = 0; i < entries.length; i += 2) put(zip, (String) entries[i], (byte[]) entries[i + 1]);
        }
        return out.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
    }

    private CheckedJar check(byte[] jar) throws IOException, BadJar {
        return check.check(new Jar("it.jar", Files.write(folder.resolve("it.jar"), jar), Optional.empty()));
    }

    private String refused(byte[] jar) {
        return assertThrows(BadJar.class, () -> check(jar)).getMessage();
    }

    @Test
    void aBundle() throws Exception {
        CheckedJar jar = check(zip(MANIFEST, "a/B.class", bytes("content")));
        assertEquals("one", jar.symbolicName());
        assertEquals("1.2.3.x", jar.version().toString());
        assertEquals("one;singleton:=true", jar.headers().get("bundle-symbolicname"));
        assertEquals(64, jar.sha256().length());
    }

    @Test
    void noBundle() throws Exception {
        assertEquals("it.jar is no bundle: its manifest has no Bundle-SymbolicName",
                refused(zip("Manifest-Version: 1.0\n")));
        assertEquals("it.jar: expected Bundle-ManifestVersion 2, found none",
                refused(zip("Manifest-Version: 1.0\nBundle-SymbolicName: a\n")));
        assertEquals("it.jar: its Bundle-Version is no version: one",
                refused(zip(MANIFEST.replace("1.2.3.x", "one"))));
        assertTrue(refused(bytes("no jar at all")).startsWith("it.jar is no jar, or truncated: "));
    }

    /** A flipped bit anywhere in the content is found by the checksum of its entry. */
    @Test
    void aFlippedBit() throws Exception {
        byte[] jar = zip(MANIFEST, "a/B.class", bytes("some long enough content"));
        int at = new String(jar, StandardCharsets.ISO_8859_1).indexOf("some long");
        jar[at + 3] ^= 1;
        assertEquals("it.jar is damaged: the checksum of its entry a/B.class is wrong", refused(jar));
    }

    @Test
    void eachTruncation() throws Exception {
        byte[] jar = zip(MANIFEST, "a/B.class", new byte[300]);
        for (int length = 0; length < jar.length; length++) refused(Arrays.copyOf(jar, length));
    }

    /** Never anything but a clear refusal, or a bundle. */
    @Test
    void noise() throws Exception {
        Random random = new Random(42);
        byte[] whole = zip(MANIFEST, "a/B.class", new byte[300]);
        for (int i = 0; i < 500; i++) {
            byte[] jar = whole.clone();
            for (int n = random.nextInt(1, 8); n > 0; n--) jar[random.nextInt(jar.length)] = (byte) random.nextInt();
            try {
                check(jar);
            } catch (BadJar e) {
                assertTrue(e.getMessage().startsWith("it.jar"), e.getMessage());
            }
        }
    }

    @Test
    void anEntryThatLeadsOut() throws Exception {
        for (String name : new String[] {"../x", "/etc/passwd", "a/../../x", "a\\b", "C:x"}) {
            assertEquals("it.jar has an entry that leads out of it: " + name, refused(zip(MANIFEST, name, bytes(""))));
        }
    }

    @Test
    void tooMuch() throws Exception {
        assertEquals("it.jar unpacks to more than 1048576 bytes", refused(zip(MANIFEST, "big", new byte[1 << 20])));
        Object[] many = new Object[202];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "e" + i;
            many[i + 1] = new byte[0];
        }
        assertEquals("it.jar has more than 100 entries", refused(zip(MANIFEST, many)));
    }

    @Test
    void theDigest() throws Exception {
        Path file = Files.write(folder.resolve("it.jar"), zip(MANIFEST));
        String sha = check(Files.readAllBytes(file)).sha256();
        check.check(new Jar("it.jar", file, Optional.of(sha.toUpperCase(java.util.Locale.ROOT))));
        assertEquals("it.jar: expected the SHA-256 abc, found " + sha, assertThrows(BadJar.class,
                () -> check.check(new Jar("it.jar", file, Optional.of("abc")))).getMessage());
    }

    @Test
    void aSignedJar() throws Exception {
        Path store = folder.resolve("keys"), file = Files.write(folder.resolve("it.jar"),
                zip(MANIFEST, "a/B.class", bytes("signed content")));
        Path java = Path.of(System.getProperty("java.home"), "bin");
        run(java.resolve("keytool"), "-genkeypair", "-alias", "k", "-keyalg", "EC", "-dname", "CN=t", "-keystore", store,
                "-storepass", "changeit", "-keypass", "changeit");
        run(java.resolve("jarsigner"), "-keystore", store, "-storepass", "changeit", file, "k");
        byte[] signed = Files.readAllBytes(file);
        assertEquals("one", check(signed).symbolicName());
        Path added = folder.resolve("added.jar");
        Files.write(added, signed);
        Files.createDirectories(folder.resolve("a"));
        Files.writeString(folder.resolve("a/C.class"), "unsigned");
        ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "uf", added.toString(), "-C",
                folder.toString(), "a/C.class");
        assertEquals("it.jar is signed, but its entry a/C.class is not", refused(Files.readAllBytes(added)));
    }

    private static void run(Object... command) throws Exception {
        Process process = new ProcessBuilder(Arrays.stream(command).map(Object::toString).toList())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }
}
