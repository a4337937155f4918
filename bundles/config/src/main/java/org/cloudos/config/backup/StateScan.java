package org.cloudos.config.backup;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of the data folder that belong into a backup, by their names below it. */
final class StateScan {
    /** Ours; other bundles name theirs with {@link org.cloudos.config.StateFiles}. */
    private static final List<String> OWN = List.of("config/machine.yaml", "config/conf.d/*.yaml", "config/conf.d/*.yml", "ssh/authorized_keys");
    /** Private keys, passwords, and what is made anew. Stronger than what any bundle names. */
    private static final List<String> NEVER = List.of("config/keys/**", "config/history/**", "config/edit/**", "ssh/host_key*", "web/**", "cache/**",
            "store/**", "sets/**", "boot/**", "**.key", "**/.*");
    private static final long MAX_FILE = 64L << 20;

    private final Path data;
    private final List<PathMatcher> wanted;
    private final List<PathMatcher> never;
    private final Set<Path> secrets;

    /** @param secrets files that the configuration refers to */
    StateScan(Path data, List<String> globs, Set<Path> secrets) {
        this.data = data;
        List<String> all = new ArrayList<>(OWN);
        all.addAll(globs);
        this.wanted = matchers(data, all);
        this.never = matchers(data, NEVER);
        this.secrets = secrets;
    }

    private static List<PathMatcher> matchers(Path data, List<String> globs) {
        return globs.stream().map(g -> data.getFileSystem().getPathMatcher("glob:" + g)).toList();
    }

    /** Whether a file of this name is saved and may be restored. */
    boolean takes(String name) {
        Path relative = Path.of(name);
        Path file = data.resolve(relative).normalize();
        return !relative.isAbsolute() && file.startsWith(data) && data.relativize(file).equals(relative)
                && wanted.stream().anyMatch(m -> m.matches(relative)) && never.stream().noneMatch(m -> m.matches(relative))
                && !secrets.contains(file);
    }

    /** The files that are there; links are not followed. */
    SortedMap<String, Path> files(List<String> notes) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = data.relativize(file).toString();
                if (takes(name) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (attributes.size() > MAX_FILE) {
                        notes.add(name + " is left out: larger than " + MAX_FILE + " bytes");
                    } else {
                        files.put(name, file);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override public FileVisitResult visitFileFailed(Path file, IOException e) {
                notes.add(data.relativize(file) + " can't be read");
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
