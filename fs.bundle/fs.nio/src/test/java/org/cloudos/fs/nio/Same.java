package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** Two folders, one of the JDK's own provider and one of ours, to which the same is done. */
final class Same {
    /** What is done. */
    @FunctionalInterface
    interface Work {
        Object on(Path folder) throws Exception;
    }

    private final Path theirs, ours;

    Same(Path theirs, Path ours) {
        this.theirs = theirs;
        this.ours = ours;
    }

    /** Does it to both: results, or the exceptions' classes, must be the same. */
    void check(String what, Work work) {
        Exception[] failed = new Exception[2];
        Object expected = outcome(theirs, work, failed, 0), found = outcome(ours, work, failed, 1);
        Assertions.assertEquals(expected, found, () -> what + ": " + failed[0] + " and " + failed[1]);
    }

    private static Object outcome(Path folder, Work work, Exception[] failed, int which) {
        try {
            return plain(work.on(folder), folder);
        } catch (Exception e) {
            failed[which] = e;
            // The JDK tells an error without a class of its own sometimes as the one, sometimes as the other.
            return e.getClass() == FileSystemException.class ? IOException.class : e.getClass();
        }
    }

    /** Paths as text from the folder on, so that they can be compared. */
    private static Object plain(Object result, Path folder) {
        return switch (result) {
            case null -> "null";
            case Path path -> path.startsWith(folder) ? "FOLDER/" + folder.relativize(path) : path.toString();
            case byte[] bytes -> java.util.Arrays.hashCode(bytes);
            case List<?> list -> {
                List<Object> all = new ArrayList<>();
                list.forEach(e -> all.add(plain(e, folder)));
                yield all;
            }
            default -> result;
        };
    }

    /** Everything below, with its kind, size and mode. */
    void checkTrees() {
        check("trees", folder -> {
            List<Object> all = new ArrayList<>();
            try (var walk = Files.walk(folder)) {
                for (Path p : walk.sorted().toList()) {
                    var a = Files.readAttributes(p, java.nio.file.attribute.PosixFileAttributes.class, java.nio.file.LinkOption.NOFOLLOW_LINKS);
                    all.add(p);
                    all.add(a.isDirectory() + " " + a.isSymbolicLink() + " " + a.isRegularFile() + " " + (a.isRegularFile() ? a.size() : 0) + " "
                            + a.permissions());
                    all.add(a.isRegularFile() ? Files.readAllBytes(p) : Paths.get("none"));
                }
            }
            return all;
        });
    }
}
