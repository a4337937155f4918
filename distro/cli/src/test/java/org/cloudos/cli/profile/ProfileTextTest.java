package org.cloudos.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.cli.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTextTest {
    @TempDir Path dir;
    private Path profiles;

    @BeforeEach void profiles() throws IOException {
        profiles = Files.createDirectories(dir.resolve("distro/profiles"));
        write("distro/profiles/minimal.bndrun", """
                # The least.
                -runrequires: bnd.identity;id='a'
                -runvm: -Xss512k, -XX:+UseSerialGC
                -runproperties: x=1, ready="(objectClass=a),(objectClass=b)"
                -runbundles+: a;startlevel=1
                -runbundles: a;version='[1.0.0,1.0.1)', b;version='[2.0.0,2.0.1)'
                """);
    }

    private Path write(String name, String text) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Profile read(Path file) {
        return Profile.of(ProfileText.read(file, profiles));
    }

    private String failure(Path file) {
        return assertThrows(Failure.class, () -> read(file)).getMessage();
    }

    @Test void saysWhatItRequiresAndHasLocked() {
        Profile profile = read(profiles.resolve("minimal.bndrun"));
        assertEquals("minimal", profile.name());
        assertEquals("The least.", profile.text().about());
        assertEquals(List.of("-Xss512k", "-XX:+UseSerialGC"), profile.vm());
        assertEquals("(objectClass=a),(objectClass=b)", profile.properties().get("ready"));
        assertEquals(List.of(new Profile.LockedBundle("a", "[1.0.0,1.0.1)", 1),
                new Profile.LockedBundle("b", "[2.0.0,2.0.1)", 2)), profile.bundles());
        assertTrue(profile.locked());
        assertTrue(profile.bundles().getFirst().includes("1.0.0.qualifier"));
        assertFalse(profile.bundles().getFirst().includes("1.0.1"));
    }

    @Test void aProfileOfOnesOwnIncludesByName() throws IOException {
        Profile mine = read(write("home/mine.bndrun", """
                -include: minimal
                -runrequires.mine: bnd.identity;id='c'
                -runproperties.mine: x=2
                -cloudos.maven: org.example:thing:1.0
                -cloudos.folder: ./jars
                -cloudos.files: conf/logback.xml
                """));
        assertEquals(List.of(dir.resolve("home/conf/logback.xml")), mine.files());
        assertEquals(2, mine.requires().size());
        assertEquals("2", mine.properties().get("x"));
        assertEquals(List.of("org.example:thing:1.0"), mine.maven());
        assertEquals(List.of(dir.resolve("home/jars")), mine.folders());
        assertFalse(mine.locked(), "the locked list is the included profile's");
        assertEquals(1, mine.startLevelOf("a"), "levels are inherited");
    }

    @Test void whatTheIncludingFileSaysWins() throws IOException {
        Profile mine = read(write("home/mine.bndrun", "-include: ${cloudos}/profiles/minimal.bndrun\n-runvm: -Xss1m\n"));
        assertEquals(List.of("-Xss1m"), mine.vm());
    }

    @Test void aCycleIsToldWithItsWay() throws IOException {
        write("distro/profiles/b.bndrun", "-include: c\n");
        write("distro/profiles/c.bndrun", "-include: b\n");
        assertEquals("Profile a includes itself: b -> c -> b",
                failure(write("distro/profiles/a.bndrun", "-include: b\n")));
        assertEquals("Profile d includes itself: d -> d", failure(write("distro/profiles/d.bndrun", "-include: d\n")));
    }

    @Test void aMissingIncludeIsToldWithItsNeighbour() throws IOException {
        String message = failure(write("home/mine.bndrun", "-include: minmal\n"));
        assertTrue(message.contains("mine includes ") && message.endsWith("Did you mean 'minimal'?"), message);
    }

    @Test void badSyntaxIsToldWithItsLine() throws IOException {
        Path mine = write("home/mine.bndrun", "# ok\n-runvm: -Xss1m\n-runrequires bnd\njust words\nalone\n");
        String message = failure(mine);
        assertTrue(message.startsWith(mine + ", line "), message);
        assertTrue(failure(write("home/a.bndrun", "\n-runreqires: x\n"))
                .endsWith("line 2: a profile has no instruction '-runreqires'. Did you mean '-runrequires'?"));
        assertTrue(failure(write("home/b.bndrun", "-runvm: a\n\n-runvm: b\n"))
                .contains("line 3: -runvm is there twice, first in line 1"));
        assertTrue(failure(write("home/c.bndrun", "-runrequires: \\\n a;b='\n")).contains("line 1"));
    }

    @Test void namesThatAreNotThereGetTheNearest() {
        Failure failure = assertThrows(Failure.class, () -> new Profiles(profiles).find("minimla"));
        assertEquals("There is no profile 'minimla'. Did you mean 'minimal'?", failure.getMessage());
        assertEquals(Failure.USAGE, failure.exitCode());
    }
}
