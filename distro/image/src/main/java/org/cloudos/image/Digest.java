package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 over parts, each with its length, so that no two different lists give the same input. */
final class Digest {
    private final MessageDigest sha = sha256();

    static String of(Path file) throws IOException {
        MessageDigest sha = sha256();
        update(sha, file);
        return HexFormat.of().formatHex(sha.digest());
    }

    Digest text(Object value) {
        byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
        sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        sha.update(bytes);
        return this;
    }

    Digest file(Path file) throws IOException {
        text(Files.size(file));
        update(sha, file);
        return this;
    }

    /** Names and contents of all files below, in order of name; {@code skip} are relative names left out, folders with / at their end. */
    Digest tree(Path root, List<String> skip) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
        for (Path f : files) {
            String name = root.relativize(f).toString();
            if (skip.stream().anyMatch(s -> s.endsWith("/") ? name.startsWith(s) : name.equals(s))) continue;
            text(name);
            if (Files.isSymbolicLink(f)) text(Files.readSymbolicLink(f));
            else file(f);
        }
        return this;
    }

    String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }

    private static void update(MessageDigest sha, Path file) throws IOException {
        byte[] block = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n; (n = in.read(block)) > 0;) sha.update(block, 0, n);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
