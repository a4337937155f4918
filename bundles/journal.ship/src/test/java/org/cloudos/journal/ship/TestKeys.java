package org.cloudos.journal.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/** {@code cert.pem} and {@code key.pem}, signed by itself. RSA: GnuTLS reads no EC key in the form that Java writes. */
final class TestKeys {
    private TestKeys() { }

    static void make(Path dir, String name) throws Exception {
        Path store = dir.resolve("store.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/keytool").toString(), "-genkeypair", "-alias", "a",
                "-keyalg", "RSA", "-dname", "CN=" + name, "-ext", "san=dns:" + name, "-validity", "3650", "-keystore", store.toString(),
                "-storepass", "secret", "-storetype", "PKCS12").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
        Base64.Encoder mime = Base64.getMimeEncoder(64, new byte[] {'\n'});
        Files.writeString(dir.resolve("cert.pem"), "-----BEGIN CERTIFICATE-----\n" + mime.encodeToString(keys.getCertificate("a").getEncoded())
                + "\n-----END CERTIFICATE-----\n");
        Files.writeString(dir.resolve("key.pem"), "-----BEGIN PRIVATE KEY-----\n"
                + mime.encodeToString(keys.getKey("a", "secret".toCharArray()).getEncoded()) + "\n-----END PRIVATE KEY-----\n");
    }
}
