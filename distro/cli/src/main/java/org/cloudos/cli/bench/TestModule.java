package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.cli.Checkout;

/** A module under {@code test/} that a benchmark runs in a JVM of its own; {@code ./cloudos bench} has built it. */
final class TestModule {
    private TestModule() { }

    /** The module's own classes and all that it needs. */
    static String classPath(Checkout checkout, String name) throws IOException {
        Path target = checkout.root().resolve("test").resolve(name).resolve("target");
        return target.resolve("test." + name + "-" + checkout.version() + ".jar") + ":" + Files.readString(target.resolve("classpath"));
    }
}
