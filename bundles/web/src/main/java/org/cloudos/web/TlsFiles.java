package org.cloudos.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's key and certificate as PEM (RFC 7468), {@code key.pem} and {@code cert.pem} in a folder. Made when they are
 * missing; a certificate that we made is made again for the same key before it ends. One's own can be put there instead.
 */
final class TlsFiles {
    private static final Duration BEFORE_END = Duration.ofDays(30);
    /** A machine without a battery begins in 1970: a certificate must not be younger than its user's clock says it can be. */
    private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");
    private static final Pattern PEM = Pattern.compile("-----BEGIN ([A-Z ]+)-----([^-]+)-----END \\1-----");
    private static final int LINE = 64;

    private final Path keyFile;
    private final Path certificateFile;

    /** A key and the chain of its certificates. */
    record Identity(PrivateKey key, List<X509Certificate> chain) {
        /** SHA-256 of the first certificate, as browsers show it. */
        String fingerprint() throws GeneralSecurityException {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(chain.getFirst().getEncoded());
            return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
        }
    }

    TlsFiles(Path folder) {
        keyFile = folder.resolve("key.pem");
        certificateFile = folder.resolve("cert.pem");
    }

    /**
     * Reads them, and makes what is missing or about to end.
     *
     * @param names for a certificate that is made
     */
    Identity identity(List<String> names, Instant now) throws IOException, GeneralSecurityException {
        if (!Files.exists(keyFile)) {
            Files.createDirectories(keyFile.getParent());
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            write(keyFile, "rw-------", pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            return make(pair, names, now);
        }
        PrivateKey key = key(Files.readString(keyFile));
        if (!Files.exists(certificateFile)) {
            throw new IOException(certificateFile + " is missing, and " + keyFile + " is there: put the key's certificate beside it, or remove"
                    + " the key to have both made");
        }
        List<X509Certificate> chain = chain(Files.readString(certificateFile));
        X509Certificate first = chain.getFirst();
        checkPair(key, first);
        boolean ours = first.getIssuerX500Principal().equals(first.getSubjectX500Principal()) && key.getAlgorithm().equals("EC");
        boolean ends = now.plus(BEFORE_END).isAfter(first.getNotAfter().toInstant());
        return ours && ends ? make(new KeyPair(first.getPublicKey(), key), names, now) : new Identity(key, chain);
    }

    private Identity make(KeyPair pair, List<String> names, Instant now) throws IOException, GeneralSecurityException {
        Instant from = now.isBefore(EARLIEST) ? EARLIEST : now.minus(Duration.ofDays(1));
        X509Certificate made = SelfSigned.make(pair, names, from);
        write(certificateFile, "rw-r--r--", pem("CERTIFICATE", made.getEncoded()));
        return new Identity(pair.getPrivate(), List.of(made));
    }

    /** What tells whether somebody changed the files. */
    List<Object> stamp() throws IOException {
        return List.of(Files.getLastModifiedTime(keyFile), Files.size(keyFile), Files.getLastModifiedTime(certificateFile),
                Files.size(certificateFile));
    }

    private PrivateKey key(String text) throws IOException, GeneralSecurityException {
        Matcher pem = PEM.matcher(text);
        if (!pem.find() || !pem.group(1).equals("PRIVATE KEY")) {
            throw new IOException(keyFile + ": expected -----BEGIN PRIVATE KEY----- (PKCS #8, not encrypted), found "
                    + (text.contains("-----BEGIN") ? text.replaceAll("(?s).*?-----BEGIN ([A-Z ]*)-.*", "$1") : "no PEM"));
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(bytes(pem.group(2), keyFile));
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (GeneralSecurityException e) {
                continue; // of another algorithm
            }
        }
        throw new IOException(keyFile + ": expected an EC, RSA or Ed25519 key");
    }

    private List<X509Certificate> chain(String text) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new java.util.ArrayList<>();
        Matcher pem = PEM.matcher(text);
        while (pem.find()) {
            Certificate one = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(bytes(pem.group(2), certificateFile)));
            chain.add((X509Certificate) one);
        }
        if (chain.isEmpty()) {
            throw new IOException(certificateFile + ": expected -----BEGIN CERTIFICATE-----, found none");
        }
        return List.copyOf(chain);
    }

    private void checkPair(PrivateKey key, X509Certificate certificate) throws IOException, GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> "Ed25519";
        };
        PublicKey published = certificate.getPublicKey();
        byte[] probe = {1, 2, 3};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(published);
            signature.update(probe);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            // Of another algorithm: no pair either.
        }
        throw new IOException(certificateFile + " is not the certificate of the key in " + keyFile);
    }

    private static byte[] bytes(String base64, Path file) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": expected Base64 between BEGIN and END: " + e.getMessage(), e);
        }
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END " + label + "-----\n";
    }

    /** Whole, on the medium, and never readable for others in between. */
    private static void write(Path file, String permissions, String text) throws IOException {
        Path part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString(permissions));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
