package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Failure;

/**
 * Apache Karaf minimal, the peer of a hosted start, as it comes from Maven's repository. It asks for the Security
 * Manager at start, which JDK 24 removed, so it runs on the newest older JDK of this machine.
 */
record Karaf(Path home, Path jdk) {
    private static final String VERSION = "4.4.8";
    private static final int NEWEST_JDK = 23;

    static Karaf install(Checkout checkout) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(checkout.work().resolve("bench"));
        Path home = folder.resolve("apache-karaf-minimal-" + VERSION);
        if (!Files.isDirectory(home)) {
            run(folder, "mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy",
                    "-Dartifact=org.apache.karaf:apache-karaf-minimal:" + VERSION + ":tar.gz", "-DoutputDirectory=" + folder);
            run(folder, "tar", "-xzf", folder.resolve("apache-karaf-minimal-" + VERSION + ".tar.gz").toString());
        }
        return new Karaf(home, olderJdk().orElseThrow(() -> new Failure("Karaf " + VERSION + " needs a JDK from 11 to "
                + NEWEST_JDK + ", and none is in /usr/lib/jvm", "Install one: apt install openjdk-21-jre-headless (or 17)")));
    }

    /** The JDK's major version. */
    int javaVersion() throws IOException {
        return version(jdk);
    }

    Terminal start() throws IOException {
        return new Terminal(home.resolve("bin/karaf").toString(), home, Map.of("JAVA_HOME", jdk.toString()));
    }

    private static Optional<Path> olderJdk() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/usr/lib/jvm"))) {
            return all.filter(p -> Files.isExecutable(p.resolve("bin/java")) && Files.isRegularFile(p.resolve("release")))
                    .filter(p -> version(p) >= 11 && version(p) <= NEWEST_JDK).max(Comparator.comparingInt(Karaf::version));
        }
    }

    private static int version(Path jdk) {
        try (Stream<String> lines = Files.lines(jdk.resolve("release"))) {
            return lines.filter(l -> l.startsWith("JAVA_VERSION=")).findFirst()
                    .map(l -> Integer.parseInt(l.replaceAll("[^\"]*\"(\\d+).*", "$1"))).orElse(0);
        } catch (IOException e) {
            return 0; // a folder without a readable release file is no JDK for us
        }
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command)).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new Failure("Can't get the peer: " + String.join(" ", command) + " failed");
        }
    }
}
