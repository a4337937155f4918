package org.cloudos.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Progress;

/** Makes a home's CDS archive: runs the profile once to learn which classes it loads, and dumps those. */
final class CdsTraining {
    private static final long LIMIT_S = 60;

    private final Console console;

    CdsTraining(Console console) {
        this.console = console;
    }

    /** Makes {@code cds.jsa}; a profile that does not start gets none, and will say so itself when it is run. */
    void train(Path home) throws IOException {
        Path scratch = Files.createTempDirectory("cloudos-training");
        Path classes = scratch.resolve("classes");
        try (Progress progress = console.progress("Making the class archive")) {
            progress.step("a first start");
            run(home, scratch, List.of("-Xshare:auto", "-XX:DumpLoadedClassList=" + classes, "-Dcloudos.ssh.port=0"),
                    List.of(ProfileHome.MAIN, "--data", scratch.resolve("data").toString(), "--exec", "help"));
            if (!Files.exists(classes) || Files.size(classes) == 0) {
                progress.done("skipped, the profile does not start");
                return;
            }
            progress.step("dumping");
            run(home, scratch, List.of("-Xshare:dump", "-XX:SharedClassListFile=" + classes,
                    "-XX:SharedArchiveFile=cds.jsa", "-XX:+AOTClassLinking"), List.of());
            progress.done(Files.exists(home.resolve("cds.jsa"))
                    ? Files.size(home.resolve("cds.jsa")) / 1_000_000 + " MB" : "skipped, the JVM made none");
        } finally {
            ProfileHome.delete(scratch);
        }
    }

    private void run(Path home, Path scratch, List<String> options, List<String> main) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "@jvm.args"));
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(":", Files.readAllLines(home.resolve("classpath")))));
        command.addAll(main);
        Path log = scratch.resolve("log");
        Process process = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new Failure("Interrupted");
        }
        console.detail(Files.readString(log));
    }
}
