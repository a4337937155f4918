package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemPackagesTest {
    @TempDir Path dir;

    @Test
    void theListIsTheSameEachTime() throws Exception {
        Path one = dir.resolve("one");
        Path two = dir.resolve("two");
        SystemPackages.main(new String[] {one.toString()});
        SystemPackages.main(new String[] {two.toString()});
        assertEquals(Files.readString(one), Files.readString(two));
        assertTrue(Packages.of(Files.readString(one)).contains("java.util"));
        assertTrue(Packages.of(Files.readString(one)).contains("org.osgi.framework"));
    }

    @Test
    void clausesAreSortedWhole() {
        assertEquals("a;uses:=\"z,y\";version=1,b,c", SystemPackages.sorted(" c, a;uses:=\"z,y\";version=1,b,"));
    }
}
