package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a profile adds to an image besides its home, as the folder {@code image} of the home says it: {@code packages}, a
 * Debian package a line, with {@code !} for one that is left out; {@code setup}, a folder of files
 * {@code PACKAGE.setup} with lines of sysusers.d and tmpfiles.d; {@code root}, files of the profile's own.
 */
record Additions(List<String> packages, List<String> without, Map<String, List<String>> setup, Path root) {
    static final String FOLDER = "image";

    /** Debian policy §5.6.1. A last + or - would mean something else to apt. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]*[a-z0-9]");

    static Additions of(Path home) throws IOException {
        Path folder = home.resolve(FOLDER);
        List<String> names = lines(folder.resolve("packages"));
        for (String name : names) {
            if (!NAME.matcher(name.replaceFirst("^!", "")).matches()) {
                throw new ImageException("expected the name of a Debian package, found '" + name + "'");
            }
        }
        return new Additions(names.stream().filter(n -> !n.startsWith("!")).distinct().sorted().toList(),
                names.stream().filter(n -> n.startsWith("!")).map(n -> n.substring(1)).distinct().sorted().toList(),
                setup(folder.resolve("setup")), folder.resolve("root"));
    }

    boolean isEmpty() {
        return packages.isEmpty() && setup.isEmpty() && !Files.isDirectory(root);
    }

    /** Names what an image depends on, apart from the packages themselves. */
    String key() throws IOException {
        Digest digest = new Digest().text(packages).text(without).text(setup);
        if (!Files.isDirectory(root)) return digest.hex();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted().toList()) digest.text(root.relativize(file)).text(Files.isExecutable(file));
        }
        return digest.tree(root, List.of()).hex();
    }

    private static Map<String, List<String>> setup(Path folder) throws IOException {
        Map<String, List<String>> setup = new TreeMap<>();
        if (!Files.isDirectory(folder)) return setup;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) setup.put(file.getFileName().toString().replaceFirst("\\.setup$", ""), lines(file));
        }
        return setup;
    }

    private static List<String> lines(Path file) throws IOException {
        if (!Files.exists(file)) return List.of();
        return Files.readAllLines(file).stream().map(String::strip).filter(l -> !l.isEmpty()).toList();
    }
}
