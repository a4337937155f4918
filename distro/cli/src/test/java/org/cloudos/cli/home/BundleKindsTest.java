package org.cloudos.cli.home;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.cloudos.cli.profile.BundleFile;
import org.cloudos.cli.profile.Jars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleKindsTest {
    @TempDir Path dir;

    private BundleFile bundle(String name, String pkg, String... headers) throws IOException {
        return Jars.bundle(dir, name, "1.0.0", new String[] {pkg + "/A.class", "META-INF/services/x.Y", "OSGI-INF/c.xml"}, headers);
    }

    @Test void theClassPathTakesWhatItCan() throws IOException {
        BundleFile a = bundle("a", "a");
        BundleFile b = bundle("b", "b");
        assertEquals(Set.of(BundleKinds.Kind.CONNECT), Set.copyOf(BundleKinds.of(List.of(a, b), Set.of("framework")).values()));
    }

    @Test void ofTwoWithOnePackageTheSecondHasItsOwnLoader() throws IOException {
        BundleFile a = bundle("a", "shared");
        BundleFile b = bundle("b", "shared");
        var kinds = BundleKinds.of(List.of(a, b), Set.of());
        assertTrue(kinds.get(a).connect());
        assertEquals("has package shared as a has", kinds.get(b).reason());
    }

    @Test void whatTheFrameworkHasIsTaken() throws IOException {
        BundleFile a = bundle("a", "framework");
        assertEquals("jar", BundleKinds.of(List.of(a), Set.of("framework")).get(a).word());
    }

    @Test void importersOfWhatIsOffThePathFollow() throws IOException {
        BundleFile first = bundle("first", "shared");
        BundleFile off = Jars.bundle(dir, "off", "1.0.0", new String[] {"shared/A.class", "off/A.class"}, "Export-Package: off");
        BundleFile user = bundle("user", "user", "Import-Package: off", "Export-Package: user");
        BundleFile userOfUser = bundle("user2", "user2", "Import-Package: user");
        var kinds = BundleKinds.of(List.of(first, off, user, userOfUser), Set.of());
        assertTrue(kinds.get(first).connect());
        assertEquals("imports off from off, which is not on the class path", kinds.get(user).reason());
        assertEquals("imports user from user, which is not on the class path", kinds.get(userOfUser).reason());
    }

    @Test void fragmentsEmbeddedJarsAndNativeCodeHaveTheirOwnLoader() throws IOException {
        List<BundleFile> all = List.of(bundle("f", "f", "Fragment-Host: a"), bundle("e", "e", "Bundle-ClassPath: .,lib/x.jar"),
                bundle("n", "n", "Bundle-NativeCode: x.so;osname=linux"));
        assertTrue(BundleKinds.of(all, Set.of()).values().stream().noneMatch(BundleKinds.Kind::connect));
    }

    @Test void shellQuotes() {
        assertEquals("'a'\\''b'", LaunchFile.quote("a'b"));
    }
}
