package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** SHA256SUMS beside an image, for sha256sum -c. */
final class Sums {
    static final String FILE = "SHA256SUMS";

    private Sums() {}

    static void write(Path folder) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.endsWith(FILE)) continue;
                text.append(Digest.of(file)).append("  ").append(file.getFileName()).append('\n');
            }
        }
        Files.writeString(folder.resolve(FILE), text);
    }
}
