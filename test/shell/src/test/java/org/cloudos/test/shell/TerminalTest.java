package org.cloudos.test.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A person at the console; util-linux's {@code script} is the terminal. */
@EnabledIf("scriptIsThere")
class TerminalTest {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    @TempDir
    private Path folder;

    static boolean scriptIsThere() {
        return Files.isExecutable(Path.of("/usr/bin/script"));
    }

    @Test
    void promptCompletionInterruptHistoryAndLogout() throws Exception {
        Home home = new Home(folder.resolve("home"), "cloudos.ssh.port=0\n");
        Path screen = folder.resolve("screen");
        // exec: else a shell between would take the interrupt too, and end with its code instead of ours.
        String java = "exec " + String.join(" ", home.command(folder.resolve("data")));
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qefc", java, "/dev/null").directory(home.folder().toFile())
                .redirectErrorStream(true).redirectOutput(screen.toFile());
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();
        OutputStream keys = process.getOutputStream();
        type(keys, "echo typed-ahead\n"); // before there is an editor
        await(screen, "cloudos> ");
        await(screen, "typed-ahead\r\n", 2); // the terminal's echo, and the answer
        type(keys, "os:status\n"); // waits until the command is there
        await(screen, "profile");
        type(keys, "os:boot\t\n");
        await(screen, "PHASE");
        await(screen, "prompt");
        type(keys, "sleep 60\n");
        Thread.sleep(1000);
        type(keys, "\003");
        await(screen, "Interrupted");
        type(keys, "os:statsu\n");
        await(screen, "Did you mean os:status?");
        type(keys, "echo 'on\n");
        await(screen, "      > "); // the line is not complete
        type(keys, "ward'\n");
        await(screen, "on\r\nward");
        type(keys, "\004");
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "Ctrl-D ends a hosted system");
        assertEquals(0, process.exitValue());
        assertTrue(Files.readString(folder.resolve("data/shell/history")).contains("os:boottime"));
    }

    private static void type(OutputStream keys, String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    private static void await(Path screen, String text) throws Exception {
        await(screen, text, 1);
    }

    private static void await(Path screen, String text, int times) throws Exception {
        long end = System.nanoTime() + LIMIT_NS;
        while (new String(Files.readAllBytes(screen), StandardCharsets.UTF_8).split(Pattern.quote(text), -1).length <= times) {
            assertTrue(System.nanoTime() < end, "waited for " + List.of(text) + " in\n" + Files.readString(screen));
            Thread.sleep(50);
        }
    }
}
