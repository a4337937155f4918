package org.cloudos.image;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** The files of a profile home, and which of them an image takes. */
final class Home {
    static final String ARCHIVE = "cds.jsa";
    /** The packages of the JVM; like the archive, of one JVM. */
    static final String SYSTEM_PACKAGES = "system.packages";
    /** What the training run recorded; kept with the profile, so that images are the same on every machine. */
    static final String CLASS_LIST = "classlist";

    private static final List<String> NEEDED = List.of("bundles.list", "classpath", "framework.properties", "lib");

    private Home() {}

    /** Whether a file, relative to the home, goes into the image. */
    static boolean part(String name) {
        return !name.equals(ARCHIVE) && !name.equals(SYSTEM_PACKAGES) && !name.equals(CLASS_LIST) && !name.startsWith(".")
                && !name.startsWith(Additions.FOLDER + "/");
    }

    /** Kernel modules that the profile names. */
    static List<String> modules(Path home) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(home.resolve("framework.properties"))) {
            properties.load(in);
        }
        return Stream.of(properties.getProperty("cloudos.modules", "").split("[,\\s]+")).filter(n -> !n.isEmpty()).sorted().toList();
    }

    static void check(Path home) throws ImageException {
        for (String name : NEEDED) {
            if (!Files.exists(home.resolve(name))) throw new ImageException(home + " is no profile home: it has no " + name);
        }
    }

    /** Names what the home's part of an image depends on: all files but the host's archive and packages. */
    static String key(Path home) throws IOException {
        return new Digest().tree(home, List.of(ARCHIVE, SYSTEM_PACKAGES, Additions.FOLDER + "/")).hex();
    }
}
