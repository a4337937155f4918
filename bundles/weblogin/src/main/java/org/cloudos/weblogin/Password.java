package org.cloudos.weblogin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The operator's password, made at the first start and kept in a file that only the system's user can read. */
record Password(String text) {
    private static final int RANDOM_BYTES = 18; // 144 bits
    private static final String USER = "admin";
    private static final String SCHEME = "Basic ";

    /** Reads it; makes it where there is none. */
    static Password of(Path file, RandomGenerator random) throws IOException {
        if (Files.isRegularFile(file)) {
            String kept = Files.readString(file).strip();
            if (kept.isEmpty()) {
                throw new IOException(file + " is empty: write a password into it, or remove it to have a new one made");
            }
            return new Password(kept);
        }
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String made = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Files.createDirectories(file.getParent());
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, Set.of(made), StandardOpenOption.WRITE);
        return new Password(made);
    }

    /** Whether an {@code Authorization} header (RFC 7617) names the operator and this password. */
    boolean admits(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        try {
            byte[] given = Base64.getDecoder().decode(authorization.substring(SCHEME.length()).strip());
            return MessageDigest.isEqual(given, (USER + ":" + text).getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return false; // not Base64
        }
    }
}
