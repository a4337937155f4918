package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountOptionsTest {
    @TempDir Path dir;

    private static MountOptions parse(Map<String, String> options) throws FsException {
        return MountOptions.parse(options, System::nanoTime);
    }

    @Test void whatIsNotGivenHasItsDefault() throws Exception {
        MountOptions o = parse(Map.of());
        assertFalse(o.settings().readOnly() || o.dropLog() || o.force() || o.settings().discard());
        assertEquals(5_000_000_000L, o.settings().commitNanos());
    }

    @Test void whatIsGivenIsTaken() throws Exception {
        Path key = Files.writeString(dir.resolve("key"), "pässword\nsecond line\n");
        MountOptions o = parse(Map.of("ro", "", "commit", "30", "log", "drop", "force", "", "passphrase-file", key.toString()));
        assertTrue(o.settings().readOnly() && o.dropLog() && o.force());
        assertEquals(30_000_000_000L, o.settings().commitNanos());
        assertArrayEquals("pässword".toCharArray(), o.passphrase());
    }

    @Test void whatIsDeniedIsNotTaken() throws Exception {
        MountOptions o = parse(Map.of("ro", "false", "discard", "no", "force", "0"));
        assertFalse(o.settings().readOnly() || o.settings().discard() || o.force());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        memroy          | 64m  | cloudfs has no option "memroy", did you mean "memory"?
        memory          | 1m   | cloudfs option memory: expected 8m to 1t, found "1m"
        memory          | much | cloudfs option memory: expected bytes such as 64m, found "much"
        commit          | 0    | cloudfs option commit: expected 1 to 300 seconds, found "0"
        commit          | -1   | cloudfs option commit: expected a number, found "-1"
        log             | keep | cloudfs option log: expected drop, found "keep"
        """)
    void whatIsWrongIsTold(String name, String value, String message) {
        FsException e = assertThrows(FsException.Refused.class, () -> parse(Map.of(name, value)));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
