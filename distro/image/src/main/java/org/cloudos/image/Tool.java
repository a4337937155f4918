package org.cloudos.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a host program to its end: its output as text, or an error that says what failed and what it said. */
final class Tool {
    private static final int LINES_SHOWN = 12;

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path directory;
    private String input = "";

    Tool(Object... command) {
        add(command);
        // What makes tools write the same bytes everywhere and every time.
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TZ", "UTC");
        environment.put("SOURCE_DATE_EPOCH", Long.toString(Reproducible.EPOCH_SECOND));
        environment.put("E2FSPROGS_FAKE_TIME", Long.toString(Reproducible.EPOCH_SECOND));
    }

    Tool add(Object... words) {
        for (Object word : words) command.add(word.toString());
        return this;
    }

    Tool in(Path where) {
        directory = where;
        return this;
    }

    Tool with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Tool input(String text) {
        input = text;
        return this;
    }

    /** @return what it wrote, errors included */
    String run() throws IOException {
        Result result = attempt();
        if (result.code() != 0) throw failure(result);
        return result.output();
    }

    /** @return its exit code and what it wrote; only a program that can't be started at all throws */
    Result attempt() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (directory != null) builder.directory(directory.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new ImageException("can't run " + command.getFirst() + ": " + e.getMessage()
                    + " (./cloudos installs what is missing; see HostTools)", e);
        }
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading its input: its exit code says why.
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    ImageException failure(Result result) {
        List<String> lines = result.output().strip().lines().toList();
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        String full = result.output().contains("No space left on device") ? " (the disk is full)" : "";
        return new ImageException(Path.of(command.getFirst()).getFileName() + " failed with code " + result.code() + full
                + ":\n  " + String.join("\n  ", last) + "\nThe command was: " + String.join(" ", command));
    }

    record Result(int code, String output) {}
}
