package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** SHA256SUMS beside an image, for sha256sum -c. Images of two formats may share a folder, so their lines do. */
final class Sums {
    static final String FILE = "SHA256SUMS";

    private Sums() {}

    static void write(Path folder) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> !f.endsWith(FILE)).toList()) sums.put(file.getFileName().toString(), Digest.of(file));
        }
        Files.writeString(folder.resolve(FILE), text(sums));
    }

    /** The sums of what was just made, and those that the folder's own file has of files that are still there. */
    static String merge(Path made, Path folder) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        Path existing = folder.resolve(FILE);
        if (Files.exists(existing)) sums.putAll(parse(existing));
        sums.keySet().removeIf(name -> !Files.exists(folder.resolve(name)));
        sums.putAll(parse(made.resolve(FILE)));
        return text(sums);
    }

    private static Map<String, String> parse(Path file) throws IOException {
        Map<String, String> sums = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split(" [ *]", 2);
            if (parts.length == 2 && !parts[1].contains("/")) sums.put(parts[1], parts[0]);
        }
        return sums;
    }

    private static String text(Map<String, String> sums) {
        StringBuilder text = new StringBuilder();
        sums.forEach((name, sum) -> text.append(sum).append("  ").append(name).append('\n'));
        return text.toString();
    }
}
