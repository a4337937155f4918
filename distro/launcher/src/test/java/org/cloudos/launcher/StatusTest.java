package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusTest {
    @TempDir
    Path folder;

    @Test
    void writesLinesInOrder() throws Exception {
        Path file = folder.resolve("status");
        Status status = new Status(file.toString());
        status.exec(0, true, "say \"hi\"");
        status.exit(3);
        assertEquals(List.of("{\"event\":\"exec\",\"index\":0,\"ok\":true,\"command\":\"say \\\"hi\\\"\"}",
                "{\"event\":\"exit\",\"code\":3}"), Files.readAllLines(file));
    }

    /** A port whose other end nobody opened: the system must not wait for a listener. */
    @Test
    void nobodyListens() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
            Status status = new Status(pipe.toString());
            status.exec(0, true, "echo");
            status.exit(0);
        });
    }
}
