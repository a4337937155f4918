package org.cloudos.ssh;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/** The key by which clients recognise this system: made once, kept in OpenSSH's format. */
final class HostKey {
    private HostKey() { }

    static KeyPair loadOrMake(Path file) throws IOException, GeneralSecurityException {
        if (Files.exists(file)) {
            return load(file);
        }
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Files.createDirectories(file.getParent());
        Path part = Files.createTempFile(file.getParent(), "host_key-", ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                new OpenSSHKeyPairResourceWriter().writePrivateKey(key, "cloudos", null, out);
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE); // whole, or not there
        } finally {
            Files.deleteIfExists(part);
        }
        return key;
    }

    private static KeyPair load(Path file) throws IOException, GeneralSecurityException {
        try {
            for (KeyPair pair : new FileKeyPairProvider(file).loadKeys(null)) {
                return pair;
            }
        } catch (RuntimeException e) {
            throw new IOException(damaged(file), e);
        }
        throw new IOException(damaged(file));
    }

    /** Not replaced by itself: a new host key makes every client warn of an attack. */
    private static String damaged(Path file) {
        return file + " holds no private key in OpenSSH's format. Remove it to have a new one made; clients will then"
                + " warn of a changed " + KeyPairProvider.SSH_ED25519 + " host key";
    }
}
