package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A downloaded Debian package. */
record Deb(String name, String version, String arch, Path file, String sha256) {
    static Deb of(Path file) throws IOException {
        String[] fields = new Tool("dpkg-deb", "--show", "--showformat=${Package}\n${Version}\n${Architecture}\n", file)
                .run().split("\n");
        if (fields.length < 3) throw new ImageException(file + " is not a Debian package");
        return new Deb(fields[0], fields[1], fields[2], file, Digest.of(file));
    }

    void extract(Path into) throws IOException {
        Files.createDirectories(into);
        new Tool("dpkg-deb", "-x", file, into).run();
    }
}
