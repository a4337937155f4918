package org.cloudos.cli.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.cloudos.cli.Failure;

/**
 * The host keys that were seen: lines {@code [HOST]:PORT KEYTYPE BASE64}, as OpenSSH writes and reads them.
 *
 * @param file may be missing
 */
public record KnownHosts(Path file) {
    /** What is known of a host's key. */
    public enum Known { SAME, OTHER, NEVER_SEEN }

    /** Compares with what is remembered. */
    public Known check(Target target, String key) {
        List<String> seen = lines().stream().filter(line -> line.startsWith(name(target) + " "))
                .map(line -> line.substring(line.indexOf(' ') + 1)).toList();
        return seen.isEmpty() ? Known.NEVER_SEEN : seen.contains(key) ? Known.SAME : Known.OTHER;
    }

    /** Remembers this key of the host, and no other. */
    public void remember(Target target, String key) {
        Predicate<String> others = line -> !line.startsWith(name(target) + " ");
        List<String> lines = new ArrayList<>(lines().stream().filter(others).toList());
        lines.add(name(target) + " " + key);
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new Failure("Can't remember the host key in " + file, e);
        }
    }

    private static String name(Target target) {
        return "[" + target.host() + "]:" + target.port();
    }

    private List<String> lines() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new Failure("Can't read the known host keys in " + file, e);
        }
    }
}
