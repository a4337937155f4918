package org.cloudos.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    @TempDir
    private Path folder;
    private final List<String> warnings = new ArrayList<>();

    @BeforeAll
    static void ed25519() {
        JdkEd25519.register();
    }

    private static PublicKey make(String algorithm, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (size > 0) {
            generator.initialize(size);
        }
        return generator.generateKeyPair().getPublic();
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void goodLinesCountBadOnesAreToldByTheirNumber() throws Exception {
        PublicKey ed = make("Ed25519", 0);
        PublicKey ec = make("EC", 256);
        PublicKey rsa = make("RSA", 3072);
        Path file = folder.resolve("authorized_keys");
        write(file, "# comment\n\n" + PublicKeyEntry.toString(ed) + " me@there\nnonsense\n" + PublicKeyEntry.toString(ec) + "\n"
                + PublicKeyEntry.toString(make("RSA", 2048)) + "\n" + PublicKeyEntry.toString(rsa) + "\nssh-ed25519 AAAA\n"
                + "command=\"x\" " + PublicKeyEntry.toString(ed) + "\n");
        AuthorizedKeys keys = new AuthorizedKeys(List.of(file, folder.resolve("absent")), warnings::add);
        assertTrue(keys.contains(ed) && keys.contains(ec) && keys.contains(rsa));
        assertFalse(keys.contains(make("Ed25519", 0)));
        assertEquals(3, keys.keys().size());
        assertEquals(4, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("line 4 is ignored"), warnings.toString());
        assertTrue(warnings.get(1).contains("2048 bits"), warnings.toString());
    }

    @Test
    void readAgainWhenChanged() throws Exception {
        PublicKey key = make("Ed25519", 0);
        Path file = folder.resolve("authorized_keys");
        AuthorizedKeys keys = new AuthorizedKeys(List.of(file), warnings::add);
        assertTrue(keys.isEmpty());
        write(file, PublicKeyEntry.toString(key) + "\n");
        assertTrue(keys.contains(key));
        write(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1)));
        assertFalse(keys.contains(key));
    }

    @Test
    void aFileThatOthersMayWriteIsIgnored() throws Exception {
        PublicKey key = make("Ed25519", 0);
        Path file = folder.resolve("authorized_keys");
        write(file, PublicKeyEntry.toString(key) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertFalse(new AuthorizedKeys(List.of(file), warnings::add).contains(key));
        assertTrue(warnings.getFirst().contains("others may write"), warnings.toString());
    }

    @Test
    void theHostKeyStaysTheSameAndIsPrivate() throws Exception {
        Path file = folder.resolve("ssh").resolve("host_key");
        KeyPair made = HostKey.loadOrMake(file);
        KeyPair loaded = HostKey.loadOrMake(file);
        assertEquals(made.getPublic(), loaded.getPublic());
        assertArrayEquals(made.getPrivate().getEncoded(), loaded.getPrivate().getEncoded());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(Files.readString(file).startsWith("-----BEGIN OPENSSH PRIVATE KEY-----"));
    }

    @Test
    void aDamagedHostKeyIsNotReplaced() throws Exception {
        Path file = folder.resolve("host_key");
        Files.writeString(file, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
        assertTrue(assertThrows(IOException.class, () -> HostKey.loadOrMake(file)).getMessage().contains("host_key"));
        assertTrue(Files.exists(file));
    }

    @Test
    void thePublicKeyIsRecoveredFromThePrivateOne() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        JdkEd25519 support = new JdkEd25519();
        assertEquals(pair.getPublic(), support.recoverEDDSAPublicKey(pair.getPrivate()));
        assertEquals(32, support.getPublicKeyData((java.security.interfaces.EdECPublicKey) pair.getPublic()).length);
        assertTrue(SecurityUtils.isEDDSACurveSupported());
    }
}
