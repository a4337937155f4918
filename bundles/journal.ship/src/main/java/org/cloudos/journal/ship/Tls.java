package org.cloudos.journal.ship;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS from PEM files (RFC 7468).
 *
 * @param ca          certificates that are trusted; empty takes the JVM's
 * @param certificate the own one and what leads to it; empty for none
 * @param key         its key, PKCS #8, not encrypted
 */
record Tls(String ca, String certificate, String key) {
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final char[] NO_PASSWORD = {};

    SSLContext context() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            keys.init(own(), NO_PASSWORD);
            trust.init(ca.isEmpty() ? null : trusted());
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS can't be set up: " + e.getMessage(), e);
        }
    }

    private KeyStore trusted() throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        int n = 0;
        for (Certificate one : certificates(ca)) {
            store.setCertificateEntry("ca" + n++, one);
        }
        return store;
    }

    private KeyStore own() throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        if (!certificate.isEmpty()) {
            List<Certificate> chain = certificates(certificate);
            store.setKeyEntry("own", key(chain.getFirst()), NO_PASSWORD, chain.toArray(Certificate[]::new));
        }
        return store;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(String file) throws IOException, GeneralSecurityException {
        List<Certificate> found = new ArrayList<>(CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(Path.of(file)))));
        if (found.isEmpty()) {
            throw new IOException(file + ": expected certificates in PEM, found none");
        }
        return found;
    }

    private PrivateKey key(Certificate of) throws IOException, GeneralSecurityException {
        Matcher pem = KEY.matcher(Files.readString(Path.of(key), StandardCharsets.US_ASCII));
        if (!pem.find()) {
            throw new IOException(key + ": expected a key in PKCS #8 (BEGIN PRIVATE KEY), not encrypted; openssl pkcs8 -topk8 -nocrypt makes one");
        }
        byte[] bytes = Base64.getMimeDecoder().decode(pem.group(1));
        return KeyFactory.getInstance(of.getPublicKey().getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(bytes));
    }
}
