package org.cloudos.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir Path dir;

    @Test
    void filesAreBoundedInSizeAndNumber() throws Exception {
        Path file = dir.resolve("log/x.log");
        LogFile log = new LogFile(file, 100, 3);
        for (int i = 0; i < 100; i++) {
            log.write("line " + i + "\n");
        }
        log.close();
        assertTrue(Files.readString(file).endsWith("line 99\n"));
        try (var all = Files.list(file.getParent())) {
            assertEquals(List.of("x.log", "x.log.1", "x.log.2"), all.map(p -> p.getFileName().toString()).sorted().toList());
        }
        assertTrue(Files.size(dir.resolve("log/x.log.2")) <= 100);
    }

    @Test
    void goesOnWhereItWas() throws Exception {
        Path file = dir.resolve("x.log");
        new LogFile(file, 100, 3).write("one\n");
        new LogFile(file, 100, 3).write("two\n");
        assertEquals("one\ntwo\n", Files.readString(file));
    }

    @Test
    void whatCantBeWrittenIsCounted() throws Exception {
        Path file = dir.resolve("x.log");
        Files.createDirectory(file);
        LogFile log = new LogFile(file, 1000, 3);
        log.write("one\n");
        log.write("two\n");
        Files.delete(file);
        log.write("three\n");
        assertEquals("2 entries were lost: the file could not be written\nthree\n", Files.readString(file));
    }

    @Test
    void nothingLoggedCanForgeALine() {
        String line = LogLine.of(Instant.EPOCH, "INFO", "a", "b.C", "x\n1970-01-01T00:00:00Z ERROR [y] \u001b[31m\u2028\t", null);
        assertEquals("1970-01-01T00:00:00Z INFO  [a] b.C: x\\n1970-01-01T00:00:00Z ERROR [y] \\u001b[31m\\u2028\\t\n", line);
    }

    @Test
    void anExceptionFollowsWithItsCauses() {
        Exception outer = new IllegalStateException("outer\nline", new RuntimeException("inner"));
        String text = LogLine.of(Instant.EPOCH, "ERROR", "a", "b", "m", outer);
        List<String> lines = text.lines().toList();
        assertEquals("\tjava.lang.IllegalStateException: outer\\nline", lines.get(1));
        assertTrue(lines.contains("\tCaused by: java.lang.RuntimeException: inner"), text);
        assertEquals(1, lines.stream().filter(l -> !l.startsWith("\t")).count());
        assertFalse(LogLine.of(Instant.EPOCH, "INFO", "a", "b", "x".repeat(100_000), null).length() > 9000);
    }
}
