package org.cloudos.cli.fs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.cli.Failure;

/** A passphrase from a file. */
public final class Passphrase {
    private Passphrase() { }

    /** The first line; null for no file. */
    public static char[] of(Path file) throws IOException {
        if (file == null) {
            return null;
        }
        String line = Files.readString(file).lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new Failure(file + ": expected a passphrase in the first line, found nothing");
        }
        return line.toCharArray();
    }
}
