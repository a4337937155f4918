package org.cloudos.cli.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.cli.Failure;

/** A passphrase from a file. */
public final class Passphrase {
    private Passphrase() { }

    /** The first line; null for no file. */
    public static char[] of(Path file) {
        if (file == null) {
            return null;
        }
        String line;
        try {
            line = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString().lines().findFirst().orElse(""); // as a mount reads it
        } catch (IOException e) {
            throw new Failure(file + ": expected a passphrase in the first line, can't read it (" + e + ")");
        }
        if (line.isEmpty()) {
            throw new Failure(file + ": expected a passphrase in the first line, found nothing");
        }
        return line.toCharArray();
    }
}
