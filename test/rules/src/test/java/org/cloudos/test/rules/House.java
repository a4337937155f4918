package org.cloudos.test.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The modules and sources that the rules are about. */
final class House {
    static final Path ROOT = Path.of(System.getProperty("cloudos.root", "../..")).toAbsolutePath().normalize();

    /** A module in the root pom. */
    record Module(String path) {
        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        Path folder() {
            return ROOT.resolve(path);
        }

        boolean isApi() {
            return name().endsWith(".api");
        }

        boolean isBundle() {
            return Files.exists(folder().resolve("bnd.bnd"));
        }

        /** What the build made; it was built before these tests. */
        Path jar() throws IOException {
            try (Stream<Path> files = Files.list(folder().resolve("target"))) {
                return files.filter(f -> f.getFileName().toString().matches(Pattern.quote(name()) + "-\\d+\\.\\d+\\.\\d+\\.jar"))
                        .findFirst().orElseThrow(() -> new IOException(path + " is not built"));
            }
        }
    }

    private House() { }

    static List<Module> modules() throws IOException {
        return Pattern.compile("<module>([^<]+)</module>").matcher(Files.readString(ROOT.resolve("pom.xml"))).results()
                .map(m -> new Module(m.group(1))).filter(m -> !m.path.equals("cnf")).toList();
    }

    static List<Module> bundles() throws IOException {
        return modules().stream().filter(Module::isBundle).toList();
    }

    /** Sources under version control's roof, by the end of their name. */
    static List<Path> sources(String... endings) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(f -> Stream.of(endings).anyMatch(e -> f.toString().endsWith(e)))
                    .filter(f -> !f.toString().contains("/target/") && !f.toString().contains("/.")).toList();
        }
    }

    static String name(Path file) {
        return ROOT.relativize(file).toString();
    }
}
