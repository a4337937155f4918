package org.cloudos.fs.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people write, and what they see. */
class WordsTest {
    @Test void mountsAreLines() {
        List<LinuxMounts.Wanted> all = LinuxMounts.Wanted.parse("nvme0n1 /srv; a,b /mirror ro,memory=32m ;");
        assertEquals(List.of(new LinuxMounts.Wanted(List.of("nvme0n1"), Path.of("/srv"), Map.of()),
                new LinuxMounts.Wanted(List.of("a", "b"), Path.of("/mirror"), Map.of("ro", "true", "memory", "32m"))), all);
        assertThrows(IllegalArgumentException.class, () -> LinuxMounts.Wanted.parse("nvme0n1"));
    }

    @Test void sizesHaveUnits() {
        assertEquals(64L << 20, Arguments.bytes("64M"));
        assertEquals(16L << 40, Arguments.bytes("16t"));
        for (String wrong : List.of("", "x", "-1", "9000000P", "1.5G")) {
            assertThrows(IllegalArgumentException.class, () -> Arguments.bytes(wrong));
        }
    }

    @Test void aBarHasABeginningAndAnEnd() {
        assertEquals("[############------------]  50.0 % data", Bar.line("data", 5, 10));
        assertEquals("[########################] 100.0 % data", Bar.line("data", 11, 10));
        assertEquals("data 7", Bar.line("data", 7, 0));
    }
}
