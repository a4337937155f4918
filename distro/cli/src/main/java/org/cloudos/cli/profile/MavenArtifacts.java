package org.cloudos.cli.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Progress;

/** Fetches artifacts through the user's own Maven: its settings, its mirrors, its local repository. */
public final class MavenArtifacts {
    private static final String LIST_GOAL = "dependency:list";

    private final Checkout checkout;
    private final Path dir;
    private final Console console;

    /**
     * @param dir where the list of what was fetched is kept
     */
    public MavenArtifacts(Checkout checkout, Path dir, Console console) {
        this.checkout = checkout;
        this.dir = dir;
        this.console = console;
    }

    /**
     * Fetches these and what they depend on.
     *
     * @param coordinates {@code group:artifact:version} each
     * @return Maven's list of the files
     */
    Path fetch(List<String> coordinates) {
        coordinates.forEach(MavenArtifacts::check);
        Path pom = dir.resolve("artifacts.xml");
        Path list = dir.resolve("artifacts.list");
        try {
            String text = pom(coordinates);
            if (Files.exists(pom) && Files.readString(pom).equals(text) && complete(list)) {
                return list;
            }
            Files.deleteIfExists(list);
            Files.writeString(pom, text);
            try (Progress progress = console.progress("Fetching " + String.join(", ", coordinates))) {
                run(pom, list);
                progress.done("");
            }
            return list;
        } catch (IOException e) {
            throw new Failure("Can't fetch " + String.join(", ", coordinates), e);
        }
    }

    private static void check(String coordinates) {
        if (!coordinates.matches("[\\w.-]+:[\\w.-]+:[\\w.-]+")) {
            throw new Failure(Profile.MAVEN + ": expected group:artifact:version, found '" + coordinates + "'");
        }
    }

    private static boolean complete(Path list) throws IOException {
        if (!Files.exists(list)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(list)) {
            return lines.map(line -> line.replaceFirst(" -- .*", "")).filter(line -> line.endsWith(".jar"))
                    .allMatch(line -> Files.exists(Path.of(line.substring(line.indexOf(":/") + 1))));
        }
    }

    /** With cnf as the parent, so that plugins, and what is shared with CloudOS, have its versions. */
    private String pom(List<String> coordinates) {
        StringBuilder text = new StringBuilder("""
                <project><modelVersion>4.0.0</modelVersion>
                <parent><groupId>org.cloudos</groupId><artifactId>cnf</artifactId><version>%s</version>
                <relativePath>%s</relativePath></parent>
                <artifactId>profile-artifacts</artifactId><packaging>pom</packaging>
                <dependencies>
                """.formatted(checkout.version(), dir.toAbsolutePath().relativize(checkout.root().resolve("cnf/pom.xml"))));
        for (String one : coordinates) {
            String[] parts = one.split(":");
            text.append("<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>%n"
                    .formatted(parts[0], parts[1], parts[2]));
        }
        return text.append("</dependencies></project>\n").toString();
    }

    private void run(Path pom, Path list) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("cloudos.mvn", "mvn"), "-B", "-q", "-f",
                pom.toString(), LIST_GOAL,
                "-DoutputFile=" + list, "-DoutputAbsoluteArtifactFilename=true", "-DincludeTypes=jar"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                console.detail(output);
                throw new Failure("Maven can't fetch it: " + reason(output),
                        "Are the coordinates right, and is there a network?");
            }
        } catch (InterruptedException e) {
            process.destroy();
            throw new Failure("Interrupted while Maven was fetching");
        }
    }

    private static String reason(String output) {
        return output.lines().filter(line -> line.contains("[ERROR]") && !line.contains("problems were encountered"))
                .map(line -> line.replaceFirst(".*\\[ERROR]\\s*", ""))
                .map(line -> line.replaceFirst(" -> \\[Help.*", ""))
                .map(line -> line.replaceFirst(".*: (Could not find|Failure to find|Could not transfer)", "$1"))
                .findFirst().orElse(output.lines().findFirst().orElse("it gave no reason"));
    }
}
