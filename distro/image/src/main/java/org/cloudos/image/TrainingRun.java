package org.cloudos.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A run of a profile as a person would run it: on a terminal, commands typed at the prompt once the system is ready, then
 * powered off. So the classes of prompt, line editor and completion are seen too, which a run with commands alone lacks.
 */
final class TrainingRun {
    private static final int READY_SECONDS = 60;
    private static final int END_SECONDS = 60;
    private static final int STEP_MS = 50;
    private static final int TYPING_MS = 300;

    private final List<String> words;
    private final Path home;
    private final Path status;
    private final Path output;

    /** @param words start the launcher, without --status */
    TrainingRun(List<String> words, Path home, Path scratch) {
        this.words = words;
        this.home = home;
        this.status = scratch.resolve("status");
        this.output = scratch.resolve("output");
    }

    /** @return what was on the terminal */
    String run(List<String> commands) throws IOException {
        Files.createFile(status); // a launcher that appends to it needs no more
        String line = words.stream().map(w -> "'" + w.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
        // script(1), which every Debian has, makes the terminal.
        ProcessBuilder builder = new ProcessBuilder("script", "-qefc", "stty rows 24 cols 80; exec " + line + " --status '" + status + "'", "/dev/null");
        builder.environment().put("TERM", "xterm");
        Process process = builder.directory(home.toFile()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try (OutputStream keyboard = process.getOutputStream()) {
            boolean ready = awaitReady(process);
            if (ready) {
                for (String command : commands) type(keyboard, command + "\n");
            }
            type(keyboard, "os:poweroff\n");
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) throw new ImageException("the training run of " + home + " didn't end:\n" + terminal());
            if (!ready) throw new ImageException("the training run of " + home + " wasn't ready within " + READY_SECONDS + " s:\n" + terminal());
            return terminal();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted during the training run", e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private boolean awaitReady(Process process) throws IOException, InterruptedException {
        for (int waited = 0; waited < READY_SECONDS * 1000; waited += STEP_MS) {
            if (Files.readString(status).contains("\"ready\"")) return true;
            if (process.waitFor(STEP_MS, TimeUnit.MILLISECONDS)) throw new ImageException("the profile in " + home + " doesn't start:\n" + terminal());
        }
        return false;
    }

    private static void type(OutputStream keyboard, String text) throws InterruptedException {
        try {
            keyboard.write(text.getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        } catch (IOException e) {
            return; // it has ended; how, is seen by waiting
        }
        Thread.sleep(TYPING_MS);
    }

    private String terminal() throws IOException {
        return Files.readString(output, StandardCharsets.ISO_8859_1).replace("\r", "");
    }
}
