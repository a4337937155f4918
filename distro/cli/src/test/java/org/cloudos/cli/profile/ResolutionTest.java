package org.cloudos.cli.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.cli.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolutionTest {
    @TempDir Path dir;

    private Profile profile(String text) throws IOException {
        return Profile.of(ProfileText.read(Files.writeString(dir.resolve("p.bndrun"), "-runee: JavaSE-25\n" + text), dir));
    }

    private List<String> why(Profile profile, BundleFile... known) {
        Failure failure = assertThrows(Failure.class,
                () -> new Resolution(profile, new Repository(List.of(known)), dir.resolve("build")).bundles());
        return failure.advice();
    }

    @Test void completesTheSet() throws IOException {
        BundleFile api = Jars.bundle(dir, "api", "1.2.3", "Export-Package: api;version=1.2");
        BundleFile newer = Jars.bundle(dir, "api", "2.0.0", "Export-Package: api;version=2.0");
        BundleFile app = Jars.bundle(dir, "app", "1.0.0.q", "Import-Package: api;version=\"[1.2,2)\"");
        Profile profile = profile("-runrequires: bnd.identity;id='app'\n-runbundles+: app;startlevel=1\n");
        assertEquals(List.of(new Profile.LockedBundle("app", "[1.0.0,1.0.1)", 1), new Profile.LockedBundle("api", "[1.2.3,1.2.4)", 2)),
                new Resolution(profile, new Repository(List.of(api, newer, app)), dir.resolve("build")).bundles());
    }

    @Test void whatIsMissingIsToldInASentence() throws IOException {
        BundleFile app = Jars.bundle(dir, "app", "1.0.0", "Import-Package: middle");
        BundleFile middle = Jars.bundle(dir, "middle", "1.0.0", "Export-Package: middle", "Import-Package: api;version=\"[2,3)\"");
        BundleFile api = Jars.bundle(dir, "api", "1.2.3", "Export-Package: api;version=1.2");
        assertEquals(List.of("Bundle middle 1.0.0 needs package api in version [2.0.0,3.0.0); api 1.2.3 has it in version 1.2.0."),
                why(profile("-runrequires: bnd.identity;id='app'\n"), app, middle, api));
    }

    @Test void whatNobodyProvidesGetsTheNearestName() throws IOException {
        BundleFile app = Jars.bundle(dir, "app", "1.0.0", "Import-Package: org.example.apt");
        BundleFile api = Jars.bundle(dir, "api", "1.0.0", "Export-Package: org.example.api");
        assertEquals(List.of("Bundle app 1.0.0 needs package org.example.apt; no known bundle provides it."
                + " Did you mean 'org.example.api'?"), why(profile("-runrequires: bnd.identity;id='app'\n"), app, api));
    }

    @Test void aBundleThatNeedsANewerJavaIsTold() throws IOException {
        BundleFile app = Jars.bundle(dir, "app", "1.0.0", "Require-Capability: osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"");
        assertEquals(1, why(profile("-runrequires: bnd.identity;id='app'\n"), app).size());
    }

    @Test void aMissingBundleIsNamed() throws IOException {
        BundleFile app = Jars.bundle(dir, "application", "1.0.0");
        Profile profile = profile("-runrequires: bnd.identity;id='aplication'\n");
        Failure failure = assertThrows(Failure.class,
                () -> new Resolution(profile, new Repository(List.of(app)), dir.resolve("build")).bundles());
        assertEquals("The profile p requires the bundle aplication, and no bundle of that name is known."
                + " Did you mean 'application'?", failure.getMessage());
    }

    @Test void levelOneMustDoAlone() throws IOException {
        BundleFile app = Jars.bundle(dir, "app", "1.0.0", "Import-Package: api");
        BundleFile api = Jars.bundle(dir, "api", "1.0.0", "Export-Package: api");
        Profile profile = profile("-runbundles: app;version='[1,2)';startlevel=1,api;version='[1,2)'\n");
        Failure failure = assertThrows(Failure.class, () -> Resolution.check(profile, new Repository(List.of(app, api))));
        assertEquals("The bundles of start level 1 in profile p need others that start later.", failure.getMessage());
    }

    @Test void aFolderOfJarsIsTakenWhole() throws IOException {
        Path jars = Files.createDirectories(dir.resolve("jars"));
        BundleFile mine = Jars.bundle(jars, "mine", "1.0.0");
        Profile profile = profile("-cloudos.folder: jars\n");
        assertEquals("mine", new Resolution(profile, new Repository(List.of(mine)), dir.resolve("build")).bundles()
                .getFirst().symbolicName());
        Files.writeString(jars.resolve("bad.jar"), "no zip");
        assertThrows(Failure.class, () -> Repository.folder(jars));
    }

    @Test void differencesAreListed() {
        var before = List.of(new Profile.LockedBundle("a", "[1.0.0,1.0.1)", 2), new Profile.LockedBundle("b", "[1.0.0,1.0.1)", 2));
        var after = List.of(new Profile.LockedBundle("a", "[1.1.0,1.1.1)", 1), new Profile.LockedBundle("c", "[1.0.0,1.0.1)", 2));
        assertEquals(List.of("~ a 1.0.0 -> 1.1.0 (level 1)", "- b 1.0.0", "+ c 1.0.0"),
                ProfileDifference.bundles(before, after).stream().map(Object::toString).toList());
    }
}
