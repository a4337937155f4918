package org.cloudos.web;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateTest {
    private static final Instant NOW = Instant.parse("2027-03-01T12:00:00Z");
    private static final List<String> NAMES = List.of("box.example", "localhost", "127.0.0.1", "::1");

    @TempDir Path folder;

    @Test void derIsAsTheStandardHasIt() {
        assertEquals("3000", hex(Der.sequence()));
        assertEquals("06082a8648ce3d040302", hex(Der.object("1.2.840.10045.4.3.2")));
        assertEquals("0603551d25", hex(Der.object("2.5.29.37")));
        assertEquals("020200ff", hex(Der.integer(BigInteger.valueOf(255))));
        assertEquals("03020780", hex(Der.flags(0x80, 7)));
        assertEquals("170d3237303330313132303030305a", hex(Der.time(NOW)));
        assertEquals("180f32303530303130313030303030305a", hex(Der.time(Instant.parse("2050-01-01T00:00:00Z"))));
        assertArrayEquals(new byte[] {4, (byte) 0x81, (byte) 0x80}, java.util.Arrays.copyOf(Der.octets(new byte[128]), 3));
        assertArrayEquals(new byte[] {4, (byte) 0x82, 1, 0}, java.util.Arrays.copyOf(Der.octets(new byte[256]), 4));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test void aMadeCertificateIsWhatAJvmExpects() throws Exception {
        TlsFiles.Identity made = new TlsFiles(folder.resolve("tls")).identity(NAMES, NOW);
        X509Certificate certificate = made.chain().getFirst();
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(java.util.Date.from(NOW));
        assertEquals("CN=box.example", certificate.getSubjectX500Principal().getName());
        assertEquals(-1, certificate.getBasicConstraints());
        assertEquals(List.of("1.3.6.1.5.5.7.3.1"), certificate.getExtendedKeyUsage());
        assertEquals(List.of(List.of(2, "box.example"), List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1")),
                List.copyOf(certificate.getSubjectAlternativeNames()));
        assertTrue(certificate.getSerialNumber().signum() > 0 && certificate.getSerialNumber().bitLength() <= 159);
        assertTrue(made.fingerprint().matches("([0-9A-F]{2}:){31}[0-9A-F]{2}"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("tls/key.pem"))));
        assertEquals(2, Files.list(folder.resolve("tls")).count());
    }

    @Test void itStaysUntilItEndsAndKeepsItsKey() throws Exception {
        TlsFiles files = new TlsFiles(folder);
        X509Certificate first = files.identity(NAMES, NOW).chain().getFirst();
        assertEquals(first, files.identity(NAMES, NOW.plus(Duration.ofDays(600))).chain().getFirst());
        X509Certificate second = files.identity(NAMES, NOW.plus(Duration.ofDays(710))).chain().getFirst();
        assertNotEquals(first, second);
        assertEquals(first.getPublicKey(), second.getPublicKey());
        second.checkValidity(java.util.Date.from(NOW.plus(Duration.ofDays(1000))));
    }

    @Test void aClockThatBeganIn1970MakesOneForToday() throws Exception {
        X509Certificate made = new TlsFiles(folder).identity(NAMES, Instant.EPOCH).chain().getFirst();
        assertEquals(Instant.parse("2026-01-01T00:00:00Z"), made.getNotBefore().toInstant());
    }

    @Test void whatSomebodyPutThereIsChecked() throws Exception {
        TlsFiles files = new TlsFiles(folder);
        files.identity(NAMES, NOW);
        String key = Files.readString(folder.resolve("key.pem"));
        String certificate = Files.readString(folder.resolve("cert.pem"));
        new TlsFiles(folder.resolve("other")).identity(NAMES, NOW);
        says(files, "cert.pem", Files.readString(folder.resolve("other/cert.pem")), "is not the certificate of the key");
        says(files, "cert.pem", "hello", "expected -----BEGIN CERTIFICATE-----");
        says(files, "cert.pem", "", "expected -----BEGIN CERTIFICATE-----");
        Files.writeString(folder.resolve("cert.pem"), certificate);
        says(files, "key.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "found ENCRYPTED PRIVATE KEY");
        says(files, "key.pem", key.replace("BEGIN PRIVATE", "BEGIN EC"), "expected -----BEGIN PRIVATE KEY");
        says(files, "key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "expected an EC, RSA or Ed25519 key");
        Files.writeString(folder.resolve("key.pem"), key);
        Files.delete(folder.resolve("cert.pem"));
        assertTrue(assertThrows(IOException.class, () -> files.identity(NAMES, NOW)).getMessage().contains("is missing"));
    }

    private void says(TlsFiles files, String name, String text, String expected) throws IOException {
        Files.writeString(folder.resolve(name), text);
        String message = assertThrows(IOException.class, () -> files.identity(NAMES, NOW)).getMessage();
        assertTrue(message.contains(expected) && message.contains(name), message);
    }
}
