package org.cloudos.journal.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Who may read: who is logged in, or brings the token of a file (RFC 6750 §2.1), which is read each time. */
final class Readers {
    private static final String BEARER = "Bearer ";
    private static final int LONGEST = 4096;

    private final Path file;

    /** @param file null if no token is taken */
    Readers(Path file) {
        this.file = file;
    }

    /**
     * Whether this one may.
     *
     * @param user          who is logged in, null for nobody
     * @param authorization the header, null if there is none
     */
    boolean admits(String user, String authorization) {
        if (user != null) {
            return true;
        }
        if (file == null || authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return false;
        }
        try {
            if (Files.size(file) > LONGEST) {
                return false;
            }
            byte[] token = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
            return token.length > 0 && MessageDigest.isEqual(token, authorization.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return false; // what can't be read admits nobody
        }
    }
}
