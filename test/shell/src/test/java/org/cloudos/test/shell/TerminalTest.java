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
    /** The editor gives the terminal back to the command that was typed: no more brackets around what is pasted. */
    private static final String EDITOR_LEFT = "\033[?2004l";
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(5);
    @TempDir
    private Path folder;

    static boolean scriptIsThere() {
        return Files.isExecutable(Path.of("/usr/bin/script"));
    }

    @Test
    void promptCompletionInterruptHistoryAndLogout() throws Exception {
        Home home = new Home(folder.resolve("home"), "cloudos.ssh.port=0\n");
        Path screen = folder.resolve("screen");
        // exec: else a shell between would take the interrupt too, and end with its code instead of ours. And who runs the tests in the
        // background of a shell has them ignore interrupts, which programs inherit.
        String java = "exec env --default-signal=INT " + String.join(" ", home.command(folder.resolve("data")));
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
        type(keys, "sleep 600\n");
        awaitAfter(screen, "sleep", EDITOR_LEFT); // before, an interrupt would take the line away
        for (int i = 0; i < 600 && !shown(screen).contains("Interrupted"); i++) {
            type(keys, "\003"); // again where the command had not begun yet
            Thread.sleep(500);
        }
        await(screen, "Interrupted");
        type(keys, "os:statsu\n");
        await(screen, "Did you mean os:status?");
        type(keys, "echo 'on\n");
        await(screen, "      > "); // the line is not complete
        type(keys, "ward'\n");
        awaitAfter(screen, "on\r\nward\r\n", "cloudos> "); // before, the end of the input would be lost with the terminal's mode
        type(keys, "\004");
        assertTrue(process.waitFor(5, TimeUnit.MINUTES), "Ctrl-D ends a hosted system");
        assertEquals(0, process.exitValue());
        assertTrue(Files.readString(folder.resolve("data/shell/history")).contains("os:boottime"));
    }

    private static void type(OutputStream keys, String text) throws IOException {
        keys.write(text.getBytes(StandardCharsets.UTF_8));
        keys.flush();
    }

    /** A character may be half there. */
    private static String shown(Path screen) throws IOException {
        return new String(Files.readAllBytes(screen), StandardCharsets.UTF_8);
    }

    private static void await(Path screen, String text) throws Exception {
        await(screen, text, 1);
    }

    private static void awaitAfter(Path screen, String text, String next) throws Exception {
        await(screen, text);
        long end = System.nanoTime() + LIMIT_NS;
        for (String all = shown(screen); !all.substring(all.indexOf(text)).contains(next); all = shown(screen)) {
            assertTrue(System.nanoTime() < end, "waited for " + List.of(next) + " after " + List.of(text) + " in\n" + all);
            Thread.sleep(50);
        }
    }

    private static void await(Path screen, String text, int times) throws Exception {
        long end = System.nanoTime() + LIMIT_NS;
        while (shown(screen).split(Pattern.quote(text), -1).length <= times) {
            assertTrue(System.nanoTime() < end, "waited for " + List.of(text) + " in\n" + shown(screen));
            Thread.sleep(50);
        }
    }
}
