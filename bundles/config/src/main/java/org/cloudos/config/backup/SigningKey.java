package org.cloudos.config.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.cloudos.config.store.Durable;

/** The system's own key for backups, made at first use; only the system's user can read it. */
final class SigningKey {
    private static final String ALGORITHM = "Ed25519";
    private final PrivateKey secret;
    private final PublicKey open;

    private SigningKey(PrivateKey secret, PublicKey open) {
        this.secret = secret;
        this.open = open;
    }

    static SigningKey of(Path folder) throws IOException, GeneralSecurityException {
        Path secretFile = folder.resolve("backup.key");
        Path openFile = folder.resolve("backup.pub");
        if (Files.isRegularFile(secretFile) && Files.isRegularFile(openFile)) {
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            try {
                return new SigningKey(factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(Files.readString(secretFile)))),
                        parse(Files.readString(openFile).strip()));
            } catch (GeneralSecurityException | IllegalArgumentException e) {
                throw new IOException(secretFile + " is damaged; without the file a new key is made, and older backups need --trust", e);
            }
        }
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        Durable.write(secretFile, Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()) + "\n");
        Durable.write(openFile, text(pair.getPublic()) + "\n");
        return new SigningKey(pair.getPrivate(), pair.getPublic());
    }

    PublicKey open() {
        return open;
    }

    byte[] sign(byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(secret);
        signature.update(message);
        return signature.sign();
    }

    static boolean verifies(PublicKey key, byte[] message, byte[] signed) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initVerify(key);
        signature.update(message);
        return signed.length == 64 && signature.verify(signed);
    }

    /** X.509 in Base64. */
    static String text(PublicKey key) {
        return Base64.getEncoder().encodeToString(key.getEncoded());
    }

    static PublicKey parse(String text) throws GeneralSecurityException {
        return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    /** As SSH writes them. */
    static String fingerprint(PublicKey key) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
    }
}
