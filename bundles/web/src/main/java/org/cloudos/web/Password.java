package org.cloudos.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The operator's password: made at the first start, kept in a file that only the system's user can read, read again when
 * the file changes. Thread-safe.
 */
final class Password {
    private static final int RANDOM_BYTES = 18; // 144 bits
    private static final int LONGEST = 1024;

    private final Path file;
    private FileTime read;
    private String text;

    /** Reads it; makes it where there is none. */
    Password(Path file, RandomGenerator random) throws IOException {
        this.file = file;
        if (!Files.exists(file)) {
            byte[] bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            Files.createDirectories(file.getParent());
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, Set.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)), StandardOpenOption.WRITE);
        }
        changed();
    }

    /**
     * Reads the file again if it is another than before.
     *
     * @return whether there is a new password
     * @throws IOException when the file is not one line of text
     */
    synchronized boolean changed() throws IOException {
        FileTime now = Files.getLastModifiedTime(file);
        if (now.equals(read)) {
            return false;
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException(file + ": expected a password of at most " + LONGEST + " bytes, found " + Files.size(file));
        }
        String kept = Files.readString(file).strip();
        if (kept.isEmpty()) {
            throw new IOException(file + " is empty: write a password into it, or remove it and restart to have a new one made");
        }
        boolean other = text != null && !kept.equals(text);
        text = kept;
        read = now;
        return other;
    }

    /** In a time that does not tell how much of it is right. */
    synchronized boolean is(String given) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
    }
}
