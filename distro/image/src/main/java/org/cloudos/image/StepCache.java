package org.cloudos.image;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Results of steps: ROOT/STEP/KEY/..., where KEY is the hash of all that went in. A result appears whole or not at all:
 * it is made in a folder beside and renamed.
 */
final class StepCache {
    private static final int KEPT = 4;

    private final Path root;

    StepCache(Path root) {
        this.root = root;
    }

    /** Makes the result in the empty folder it is given. */
    @FunctionalInterface
    interface Step {
        void run(Path into) throws IOException;
    }

    /** @return the folder with the result, made now or before */
    Path get(String step, String key, Step maker) throws IOException {
        Path folder = root.resolve(step);
        Path done = folder.resolve(key.substring(0, 32));
        if (Files.isDirectory(done)) {
            Files.setLastModifiedTime(done, FileTime.from(Instant.now()));
            return done;
        }
        Files.createDirectories(folder);
        Path work = Files.createTempDirectory(folder, ".making-");
        try {
            maker.run(work);
            place(work, done);
        } catch (IOException e) {
            throw ImageException.explained(e, root);
        } finally {
            Trees.delete(work);
        }
        prune(folder);
        return done;
    }

    private static void place(Path work, Path done) throws IOException {
        try {
            Files.move(work, done, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) { // not always of the kind that says so
            if (!Files.isDirectory(done)) throw e;
            // another build made the same meanwhile
        }
    }

    /** Keeps the results used last: an edit-and-build loop must not fill the disk. */
    private static void prune(Path folder) throws IOException {
        List<Path> old;
        try (Stream<Path> results = Files.list(folder)) {
            old = results.filter(p -> !p.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparingLong((Path p) -> p.toFile().lastModified()).reversed()).skip(KEPT).toList();
        }
        for (Path p : old) Trees.delete(p);
    }
}
