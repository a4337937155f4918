package org.cloudos.cli.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.cloudos.cli.Failure;

/** Private keys to log in with. */
public final class Identity {
    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private Identity() { }

    /**
     * The key in this file.
     *
     * @param passphrase asked for when the key has one; null when nobody can be asked
     */
    public static KeyPair load(Path file, FilePasswordProvider passphrase) {
        check(file);
        try (var in = Files.newInputStream(file)) {
            FilePasswordProvider provider = passphrase != null ? passphrase : (session, name, retry) -> {
                throw new Failure("The key " + file + " has a passphrase, and there is no terminal to ask for it at",
                        "Start it in a terminal, or make a key without a passphrase for this use");
            };
            var keys = SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName(file.toString()), in, provider);
            if (keys != null) {
                for (KeyPair key : keys) {
                    return key;
                }
            }
            throw bad(file, null);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            if (e instanceof Failure failure) {
                throw failure;
            }
            throw bad(file, e);
        }
    }

    /** The user's keys in this folder that need no passphrase; others are passed over. */
    public static List<KeyPair> usual(Path folder) {
        List<KeyPair> keys = new ArrayList<>();
        for (String name : USUAL) {
            Path file = folder.resolve(name);
            if (Files.isReadable(file)) {
                try {
                    keys.add(load(file, null));
                } catch (Failure e) {
                    // A key that can't be used without asking is one that --identity can name.
                }
            }
        }
        return keys;
    }

    private static void check(Path file) {
        if (!Files.exists(file)) {
            throw Failure.usage("There is no key file " + file);
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new Failure("The key " + file + " can't be read", "Is it yours? ls -l " + file);
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            String text = PosixFilePermissions.toString(permissions);
            if (!text.endsWith("------")) {
                throw new Failure("The key " + file + " can be read by others (" + text + ")", "chmod 600 " + file);
            }
        } catch (IOException e) {
            throw new Failure("Can't look at the key " + file, e);
        } catch (UnsupportedOperationException e) {
            // a file system without permissions
        }
    }

    private static Failure bad(Path file, Exception cause) {
        String hint = file.toString().endsWith(".pub") ? "That is the public key; give the private one"
                : "A private key in OpenSSH's or PEM format is expected; a wrong passphrase looks the same";
        return cause == null || cause.getMessage() == null ? new Failure(file + " is not a private key", hint)
                : new Failure("Can't use the key " + file, cause, hint);
    }
}
