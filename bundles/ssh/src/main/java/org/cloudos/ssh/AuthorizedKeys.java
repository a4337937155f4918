package org.cloudos.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/** The public keys that may come in, read again when their files change. Thread-safe. */
final class AuthorizedKeys {
    private static final int MIN_RSA_BITS = 3072;
    private static final int MAX_BYTES = 1 << 20;
    private static final Set<String> TYPES = Set.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521", "ssh-rsa");
    private static final Stamp ABSENT = new Stamp(FileTime.fromMillis(0), -1, null);

    private record Stamp(FileTime modified, long size, Object file) { }

    private record Content(Stamp stamp, List<PublicKey> keys) { }

    private final List<Path> files;
    private final Consumer<String> warn;
    private final Map<Path, Content> contents = new HashMap<>(); // guarded by this

    /** @param warn told of lines that are ignored */
    AuthorizedKeys(List<Path> files, Consumer<String> warn) {
        this.files = List.copyOf(files);
        this.warn = warn;
    }

    boolean isEmpty() {
        return keys().isEmpty();
    }

    boolean contains(PublicKey key) {
        return keys().stream().anyMatch(k -> KeyUtils.compareKeys(k, key));
    }

    synchronized List<PublicKey> keys() {
        List<PublicKey> all = new ArrayList<>();
        for (Path file : files) {
            Stamp now = stamp(file);
            Content known = contents.get(file);
            if (known == null || !known.stamp().equals(now)) {
                known = new Content(now, now.equals(ABSENT) ? List.of() : read(file));
                contents.put(file, known);
            }
            all.addAll(known.keys());
        }
        return all;
    }

    private static Stamp stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException e) {
            return ABSENT;
        }
    }

    private List<PublicKey> read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IOException("larger than 1 MiB");
            }
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException("others may write it; `chmod go-w` it");
            }
            return parse(file, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            warn.accept(file + " is ignored: " + e.getMessage());
            return List.of();
        }
    }

    List<PublicKey> parse(Path file, String text) {
        List<PublicKey> keys = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                keys.add(key(line));
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                warn.accept(file + ", line " + (i + 1) + " is ignored: " + e.getMessage());
            }
        }
        return List.copyOf(keys);
    }

    private static PublicKey key(String line) throws IOException, GeneralSecurityException {
        String type = line.split("\\s", 2)[0];
        if (!TYPES.contains(type)) {
            throw new IOException("expected one of " + String.join(", ", TYPES.stream().sorted().toList())
                    + " at its start; options are not supported");
        }
        PublicKeyEntry entry = PublicKeyEntry.parsePublicKeyEntry(line);
        PublicKey key = entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
        if (type.equals("ssh-rsa") && KeyUtils.getKeySize(key) < MIN_RSA_BITS) {
            throw new IOException("an RSA key of " + KeyUtils.getKeySize(key) + " bits, expected " + MIN_RSA_BITS + " or more");
        }
        return key;
    }
}
