package org.cloudos.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.UUID;
import java.util.stream.Stream;

/** What stands in for the moment and the dice, so that the same inputs give the same bytes. */
final class Reproducible {
    /** 2026-01-01T00:00:00Z, the time of every file in jars and images. */
    static final long EPOCH_SECOND = 1_767_225_600L;

    static final FileTime TIME = FileTime.fromMillis(EPOCH_SECOND * 1000);

    private Reproducible() {}

    /** An identifier that is always the same for one purpose. */
    static UUID id(String purpose) {
        return UUID.nameUUIDFromBytes(("org.cloudos.image/" + purpose).getBytes(StandardCharsets.UTF_8));
    }

    /** Gives every file below (and the folder itself) the one time; the CDS archive compares the times of jars. */
    static void fixTimes(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : (Iterable<Path>) all.sorted(java.util.Comparator.reverseOrder())::iterator) {
                Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).setTimes(TIME, null, null);
            }
        }
    }
}
