package org.cloudos.cli.home;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoriesTest {
    @TempDir
    Path folder;

    @Test
    void takesTheMirrorOfCentral() throws Exception {
        assertEquals(Optional.of("https://mirror.example/maven"), Repositories.mirror(settings("*")));
        assertEquals(Optional.of("https://mirror.example/maven"), Repositories.mirror(settings("internal, central")));
    }

    @Test
    void passesMirrorsOfOthersBy() throws Exception {
        assertEquals(Optional.empty(), Repositories.mirror(settings("internal")));
        assertEquals(Optional.empty(), Repositories.mirror(settings("*,!central")));
        assertEquals(Optional.empty(), Repositories.mirror(folder.resolve("none.xml")));
    }

    private Path settings(String mirrorOf) throws Exception {
        return Files.writeString(folder.resolve("settings.xml"), """
                <settings><mirrors><mirror><id>m</id><mirrorOf>%s</mirrorOf><url>https://mirror.example/maven</url></mirror></mirrors></settings>
                """.formatted(mirrorOf));
    }
}
