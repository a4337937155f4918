package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The JDK of another architecture: Debian's package, of which jlink here takes the modules. */
final class ForeignJdk {
    /** Must be of the JDK that runs this: jlink links modules of its own feature release alone. */
    private static final String PACKAGE = "openjdk-25-jdk-headless";

    private ForeignJdk() {}

    /** The package, fetched if it is not in the cache. */
    static Deb fetch(AptRoot apt) throws IOException {
        return apt.single(PACKAGE);
    }

    /** The folder of its .jmod files, unpacked in the cache. */
    static Path modules(StepCache steps, Deb jdk, Progress progress) throws IOException {
        return steps.get("jdk", new Digest().text(jdk.sha256()).hex(), into -> {
            progress.step("unpacking " + jdk.name() + " for " + jdk.arch());
            Path extracted = into.resolve("extracted");
            jdk.extract(extracted);
            Files.move(jmods(extracted), into.resolve("jmods"));
            Trees.delete(extracted);
        }).resolve("jmods");
    }

    private static Path jmods(Path extracted) throws IOException {
        try (Stream<Path> jdks = Files.list(extracted.resolve("usr/lib/jvm"))) {
            return jdks.map(j -> j.resolve("jmods")).filter(Files::isDirectory).findFirst()
                    .orElseThrow(() -> new ImageException(PACKAGE + " has no jmods"));
        }
    }
}
