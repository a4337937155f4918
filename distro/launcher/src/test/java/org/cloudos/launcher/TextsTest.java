package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher reads: options, a profile's files, headers. */
class TextsTest {
    @TempDir Path dir;

    @Test
    void packagesOfAHeader() {
        assertEquals(Set.of("a.b", "c", "d.e", "f"), Packages.of(
                "a.b;c;version=\"[1,2)\";uses:=\"x.y,z;q\",d.e , f;resolution:=optional"));
        assertEquals(Set.of(), Packages.of(null));
        assertEquals(Set.of(), Packages.of(""));
    }

    @Test
    void options() throws Exception {
        Path file = Files.writeString(dir.resolve("exec"), "os:status\n\n# no\nlb -s\n");
        Options options = Options.parse(new String[] {"--data", "d", "--exec", "a b", "--exec-file", file.toString()});
        assertEquals(List.of("a b", "os:status", "lb -s"), options.exec());
        assertTrue(options.data().isAbsolute());
    }

    @Test
    void wrongOptionsAreNamed() {
        assertMessage("--datta: unknown option", "--datta", "x");
        assertMessage("--data: a value is missing", "--data");
        assertMessage("--data DIR is missing");
    }

    private static void assertMessage(String expected, String... args) {
        assertEquals(expected, assertThrows(Options.Wrong.class, () -> Options.parse(args)).getMessage());
    }

    @Test
    void profile() throws Exception {
        Files.writeString(dir.resolve("bundles.list"), "1\tconnect\tlib/a.jar\ta\t1.0\r\n# no\n2\tjar\tlib/b.jar\tb\t2.0");
        Files.writeString(dir.resolve("framework.properties"), "# no\na=1=2\n b = c \n");
        Profile profile = Profile.read(dir.toFile());
        assertEquals(List.of("a", "b"), profile.bundles().stream().map(Profile.Item::bsn).toList());
        assertEquals("2.0", profile.bundles().get(1).version());
        assertEquals("1=2", profile.properties().get("a"));
        assertEquals("c", profile.properties().get("b"));
    }

    @Test
    void damagedListNamesTheLine() throws Exception {
        for (String line : List.of("1\tconnect\tlib/a.jar\ta", "x\tjar\tf\ta\t1", "1\tother\tf\ta\t1", "1\tjar\tf\ta\t1\tx")) {
            Files.writeString(dir.resolve("bundles.list"), "\n" + line + "\n");
            IOException e = assertThrows(IOException.class, () -> Profile.read(dir.toFile()));
            assertTrue(e.getMessage().startsWith("bundles.list, line 2: expected level"), e.getMessage());
        }
    }
}
