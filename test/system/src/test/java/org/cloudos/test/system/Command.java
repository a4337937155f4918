package org.cloudos.test.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs to its end: what it printed and how it ended. */
record Command(String line, int status, String out, String err) {
    static final Path ROOT = Path.of(System.getProperty("cloudos.root"));

    /** The host command. Every test gets its own configuration and state, so that nothing of the user's is touched. */
    static Command cloudos(Path home, Duration limit, String... args) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(ROOT.resolve("cloudos").toString()));
        line.addAll(List.of(args));
        return run(home, limit, line);
    }

    static Command run(Path home, Duration limit, List<String> line) throws IOException, InterruptedException {
        Path out = Files.createTempFile(home, "out", ".txt");
        Path err = Files.createTempFile(home, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(line).redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment(home));
        Process process = builder.start();
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new AssertionError("still running after " + limit + ": " + line + "\n" + text(out)
                    + text(err));
        }
        return new Command(String.join(" ", line), process.exitValue(), text(out), text(err));
    }

    /** Bytes that are no text are shown as such, and fail nothing. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    static Map<String, String> environment(Path home) {
        return Map.of("XDG_CONFIG_HOME", home.resolve("config").toString(), "XDG_STATE_HOME",
                home.resolve("state").toString(), "CLOUDOS_BUILT", "1");
    }

    /** Fails the test unless it ended with this status. */
    Command expect(int expected) {
        if (status != expected) {
            throw new AssertionError("expected exit status " + expected + ", found " + status + ": " + this);
        }
        return this;
    }

    /** Both outputs, for messages that may be on either. */
    String all() {
        return out + err;
    }

    @Override
    public String toString() {
        return line + "\n[status " + status + "]\n" + out + err;
    }
}
