package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/**
 * The user's SSH keys: a key made for CloudOS in {@code ~/.config/cloudos/id_ed25519}, and those in {@code ~/.ssh}.
 *
 * @param dir the user's folder for CloudOS
 */
public record UserKeys(Path dir) {
    /** The private key made for CloudOS; made at first need, readable by the user alone. */
    public Path identity() {
        Path key = dir.resolve("id_ed25519");
        if (Files.exists(key)) {
            return key;
        }
        try {
            Files.createDirectories(dir);
            KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
            Path making = Files.createTempFile(dir, "id", ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var out = Files.newOutputStream(making)) {
                OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "cloudos", null, out);
            }
            Files.writeString(dir.resolve("id_ed25519.pub"), PublicKeyEntry.toString(pair.getPublic()) + " cloudos\n");
            Files.move(making, key);
            return key;
        } catch (IOException | GeneralSecurityException e) {
            throw new Failure("Can't make an SSH key in " + dir, e, "Make one: ssh-keygen -t ed25519 -N '' -f " + key);
        }
    }

    /** Writes all public keys into one file, as {@code authorized_keys}. */
    public Path authorizedKeys() {
        identity();
        Path file = dir.resolve("authorized_keys");
        try {
            String text = String.join("\n", publicKeys()) + "\n";
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.writeString(file, text);
            }
            return file;
        } catch (IOException e) {
            throw new Failure("Can't write " + file, e);
        }
    }

    /** The user's public keys, this folder's first; a file without a key in it is passed over. */
    List<String> publicKeys() throws IOException {
        List<Path> files = new ArrayList<>(List.of(dir.resolve("id_ed25519.pub")));
        Path ssh = Path.of(System.getProperty("user.home"), ".ssh");
        if (Files.isDirectory(ssh)) {
            try (Stream<Path> found = Files.list(ssh)) {
                found.filter(f -> f.toString().endsWith(".pub")).sorted().forEach(files::add);
            }
        }
        List<String> keys = new ArrayList<>();
        for (Path file : files) {
            if (Files.isReadable(file)) {
                Files.readAllLines(file).stream().map(String::strip)
                        .filter(line -> line.matches("(ssh-|ecdsa-)[\\w@.-]+ [A-Za-z0-9+/=]+( .*)?")).forEach(keys::add);
            }
        }
        return keys;
    }
}
